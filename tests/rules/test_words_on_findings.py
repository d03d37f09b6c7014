"""What a person makes of a finding: confirmed, dismissed, excused, withdrawn; each a new entry, and the last word holds."""

import pytest

from tests.rules.worlds import World, a_case, item


def late():
    """A limit broken at the end of 03-09, and a fee nobody published."""
    return a_case(5).accepted("03-02 09:00").fact("fee.charged", "03-03 10:00", code="X", amount=1, id="f")


def said(world, *words, finding="limit_expired"):
    needs = {"confirmed": {"grade": "ordinary"}, "excused": {"code": "pilot_reform"}}
    for n, word in enumerate(words):
        world.fact(
            f"finding.{word}",
            f"03-{10 + n} 10:00",
            id=f"w{n}",
            finding=finding,
            reason="经核实",
            actor="sun",
            **needs.get(word, {}),
        )
    return world.until("03-20 09:00")


def standing(out, kind="limit_expired"):
    return [f["status"] for f in out.findings(kind)], [b["status"] for b in out.breaches(kind=kind)]


@pytest.mark.parametrize(
    ("words", "finding", "breach"),
    [
        (("confirmed",), "confirmed", "standing"),
        (("dismissed",), "dismissed", "withdrawn"),
        (("excused",), "excused", "excused"),
        (("confirmed", "excused"), "excused", "excused"),
        (("confirmed", "withdrawn"), "withdrawn", "withdrawn"),
        (("withdrawn", "confirmed"), "confirmed", "standing"),
        (("excused", "confirmed"), "confirmed", "standing"),
    ],
)
def test_the_last_word_holds_for_the_finding_and_its_breach(words, finding, breach):
    assert standing(said(late(), *words)) == ([finding], [breach])


@pytest.mark.parametrize(
    ("last", "left"), [("excused", "excused"), ("withdrawn", "withdrawn"), ("dismissed", "withdrawn")]
)
def test_a_breach_that_came_by_confirmation_goes_by_the_next_word(last, left):
    assert standing(said(late(), "confirmed", finding="wrong_fee"), "wrong_fee") == (["confirmed"], ["standing"])
    out = said(late(), "confirmed", last, finding="wrong_fee")
    assert standing(out, "wrong_fee") == ([last], [left])
    assert [b["proposed_against"] for b in out.breaches(kind="wrong_fee")] == [["zhang"]]


def test_what_is_excused_or_withdrawn_counts_no_more_in_a_proceeding():
    assert said(late(), "confirmed").proceedings()[0]["count_in_window"] == 1
    for last in ("excused", "withdrawn"):
        [proceeding] = said(late(), "confirmed", last).proceedings()
        assert proceeding["phase"] == "closed"


def test_an_excuse_keeps_its_code_and_the_ledger_keeps_both_words():
    out = said(late(), "confirmed", "excused")
    [entry] = out.ledger("breach_excused")
    assert entry["data"]["code"] == "pilot_reform" and out.ledger("finding_confirmed") and out.ledger("finding_excused")


def test_an_exemption_that_the_rules_do_not_know_is_refused():
    out = said(late().with_(accountability={"exemptions": ["force_majeure"]}), "excused")
    assert out.refusals() == {"w0": "unknown_exemption"} and standing(out) == (["open"], ["standing"])


def test_nobody_excuses_or_withdraws_in_his_own_matter():
    for word, more in (("excused", {"code": "pilot_reform"}), ("withdrawn", {})):
        world = late().fact(
            f"finding.{word}", "03-10 10:00", id="w", finding="limit_expired", reason="x", actor="zhang", **more
        )
        out = world.until("03-20 09:00")
        assert out.refusals() == {"w": "not_competent"} and standing(out) == (["open"], ["standing"])


def unknown_item():
    return (
        World()
        .fact("application.accepted", "03-02 09:00", item="Z", id="a")
        .fact("application.received", "03-02 10:00", item="Z", id="b")
    )


@pytest.mark.parametrize("word", ["confirmed", "dismissed", "excused", "withdrawn"])
def test_what_is_said_of_a_case_that_no_catalogue_holds_is_heard(word):
    out = said(unknown_item(), word, finding="off_catalogue")
    assert [f["status"] for f in out.findings("off_catalogue")] == [word]
    assert out.parked == set() and out.quarantined == {"a", "b"} and out.out["cases"] == {}


def test_a_word_about_a_case_that_nobody_found_waits():
    assert said(World(), "dismissed", finding="off_catalogue").parked == {"w0"}


def test_what_a_statute_commands_is_no_off_catalogue_exercise():
    for duty in (False, True):
        world = World(item(5, published_on="2026-06-01", statutory_duty=duty)).accepted("03-02 09:00")
        assert bool(world.until("03-03 09:00").findings("off_catalogue")) is not duty
