"""Window, matrix, severity, once verified, adjustments, re-derivation, units, leaders (accountability.md 3)."""

import pytest

from rules.accountability import SHIPPED_MATRIX
from tests.rules.proceedings import confirm, decided, late, of, one, refused, the
from tests.rules.worlds import World, a_case, days, item

# -- the window ---------------------------------------------------------------------------------------------------------


def counts(*on, **rules):
    return [p["count_in_window"] for p in of(late(*on, **rules).until("2029-01-01 09:00"))]


def test_the_same_date_last_year_no_longer_counts_and_the_day_after_does():
    assert counts("2025-04-15", "2026-04-15") == [1, 1]
    assert counts("2025-04-16", "2026-04-15") == [1, 2]


def test_29_february_less_a_year_is_28_february():
    assert counts("2023-03-01", "2024-02-29") == [1, 2]
    assert counts("2023-02-28", "2024-02-29") == [1, 1]


def test_29_february_itself_lies_inside_the_year_that_ends_on_the_next_28_february():
    assert counts("2024-02-29", "2025-02-28") == [1, 2]


def test_the_window_is_a_parameter():
    assert counts("2026-03-03", "2026-05-06", window=days(1, "months")) == [1, 1]


def test_a_later_breach_is_not_counted_for_an_earlier_one():
    world = late("2026-05-06")
    late("2026-03-03", world=world)
    assert sorted(p["count_in_window"] for p in of(world.until("2026-06-01 09:00"))) == [1, 2]


def test_a_delay_that_broke_promise_and_law_counts_once():
    world = confirm(a_case(1, 1).accepted("03-02 09:00"), "03-05 10:00")
    assert len(of(world.until("03-20 09:00"))) == 1


def test_the_same_breach_confirmed_twice_counts_once():
    world = confirm(one(), "03-10 10:00", id="again")
    assert the(world.until("03-20 09:00"))["count_in_window"] == 1


# -- grade and matrix ---------------------------------------------------------------------------------------------------

FIVE = ("2026-03-03", "2026-04-15", "2026-05-06", "2026-06-03", "2026-07-08")


@pytest.mark.parametrize("grade", SHIPPED_MATRIX)
def test_the_shipped_matrix(grade):
    out = late(*FIVE, grade=grade).until("2026-08-01 09:00")
    assert [p["proposed_level"] for p in of(out)] == [*SHIPPED_MATRIX[grade], SHIPPED_MATRIX[grade][-1]]


def test_a_unit_has_its_own_matrix():
    own = {**{g: list(row) for g, row in SHIPPED_MATRIX.items()}, "ordinary": [1, 1, 2, 3]}
    assert the(one(matrix=own).until("03-20 09:00"))["proposed_level"] == 1


def test_rules_are_those_of_the_unit_in_force_on_the_day_of_the_breach():
    matrix = {g: list(row) for g, row in SHIPPED_MATRIX.items()}
    sets = [
        {"unit": "planning", "version": 1, "effective_from": "2020-01-01", "matrix": {**matrix, "ordinary": [3, 3, 3, 4]}},
        {"unit": "planning", "version": 2, "effective_from": "2026-03-06", "matrix": {**matrix, "ordinary": [7, 7, 7, 7]}},
        {"unit": "county", "version": 1, "effective_from": "2020-01-01", "matrix": {**matrix, "ordinary": [1, 1, 1, 1]}},
    ]  # fmt: skip

    def level(unit_sets):
        return the(one().with_(accountability=unit_sets).until("03-20 09:00"))["proposed_level"]

    assert (level(sets), level(sets[2:])) == (3, 1)


def test_ratings_of_the_four_aspects_make_the_grade():
    words = dict.fromkeys(("nature", "circumstances", "consequences", "impact"), "理由")

    def graded(*ratings, **rules):
        world = a_case(2).with_(accountability=rules).accepted("03-02 09:00")
        rated = dict(zip(words, ratings, strict=True))
        return the(confirm(world, "03-09 10:00", None, ratings=rated, **words).until("03-20 09:00"))["grade"]

    assert graded("minor", "minor", "minor", "minor") == "minor"
    assert graded("ordinary", "ordinary", "ordinary", "minor") == "ordinary"
    assert graded("serious", "serious", "ordinary", "ordinary") == "serious"
    assert graded("grave", "grave", "serious", "ordinary") == "grave"
    heavier = {"severity_grid": {"weights": {"nature": 4, "circumstances": 1, "consequences": 1, "impact": 1}}}
    assert graded("serious", "minor", "minor", "minor", **heavier) == "grave"


def test_each_rating_needs_its_reason_in_writing():
    world = a_case(2).accepted("03-02 09:00")
    rated = {"nature": "grave", "impact": "grave"}
    out = confirm(world, "03-09 10:00", None, ratings=rated, nature="理由", id="word").until("03-20 09:00")
    assert refused(out) == {"word": "reason_missing"} and of(out) == []


def test_bands_of_lateness_suggest_the_grade_where_nobody_named_one():
    bands = [{"grade": "minor", "working_days": 1}, {"grade": "serious", "working_days": 4, "share_of_limit": 300}]

    def graded(confirmed, limit=5):
        world = a_case(limit).with_(accountability={"bands": bands}).accepted("03-02 09:00")
        return the(confirm(world, confirmed, None).until("04-20 09:00"))["grade"]

    assert graded("03-11 10:00") == "minor"  # two working days late
    assert graded("03-13 10:00") == "serious"  # four
    assert graded("03-06 10:00", 1) == "serious"  # three days over a limit of one


def test_without_a_word_on_it_a_breach_is_ordinary():
    world = confirm(a_case(2).accepted("03-02 09:00"), "03-09 10:00", None)
    assert the(world.until("03-20 09:00"))["grade"] == "ordinary"


# -- kinds, adjustments, leaders ----------------------------------------------------------------------------------------


def verified(kind, **rules):
    world = a_case(9).with_(accountability=rules).accepted("03-02 09:00")
    world.fact("finding.reported", "03-04 09:00", finding=kind, person="zhang", text="举报属实", actor="sun")
    return the(confirm(world, "03-05 09:00", "minor", finding=kind).until("03-20 09:00"))["proposed_level"]


@pytest.mark.parametrize("kind", ["false_disclosure", "demanding_favours", "wilful_refusal"])
def test_once_verified_is_off_the_post(kind):
    assert verified(kind) == 6


def test_which_kinds_are_is_a_parameter():
    assert verified("demanding_favours", once_verified=["off_system"]) == 1
    assert verified("off_system", once_verified=["off_system"]) == 6


def test_once_verified_never_makes_it_lighter():
    out = late("2026-03-03", "2026-04-15", grade="grave", once_verified=["limit_expired"]).until("2026-06-01 09:00")
    assert [p["proposed_level"] for p in of(out)] == [6, 7]


def test_mitigating_and_aggravating_facts_move_the_proposal_where_the_rules_say_so():
    def level(*facts, **rules):
        world = a_case(2).with_(accountability=rules).accepted("03-02 09:00")
        return the(confirm(world, "03-09 10:00", "serious", mitigating=facts).until("03-20 09:00"))["proposed_level"]

    adjust = {"adjustments": [{"fact": "prompt_remedy", "lighter": 1}, {"fact": "concealed", "lighter": -2}]}
    assert (level("prompt_remedy"), level("prompt_remedy", **adjust), level("concealed", **adjust)) == (4, 3, 6)
    assert level(*["prompt_remedy"], adjustments=[{"fact": "prompt_remedy", "lighter": 9}]) == 1


def test_leaders_share_as_the_rules_say_and_a_person_decides_whether_they_do():
    world = confirm(a_case(2).accepted("03-02 09:00"), "03-09 10:00", "grave")
    world.spec["people"].append({"id": "ke", "unit": "planning", "post": "section_head", "from": "2010-01-01"})
    out = world.until("03-20 09:00")
    assert the(out)["leaders"] == [
        {"person": "ke", "post": "section_head", "level": 5}, {"person": "wang", "post": "deputy_in_charge", "level": 4}
    ]  # fmt: skip
    assert of(out, "ke") == []
    none = confirm(
        a_case(2).with_(accountability={"leader_shares": []}).accepted("03-02 09:00"), "03-09 10:00", "grave"
    )
    assert the(none.until("03-20 09:00"))["leaders"] == []


def test_a_leader_named_at_the_confirmation_answers_in_a_proceeding_of_his_own():
    world = confirm(a_case(2).accepted("03-02 09:00"), "03-09 10:00", "grave", leaders=["wang"])
    out = world.until("03-20 09:00")
    assert (the(out, "wang")["role"], the(out, "wang")["proposed_level"], the(out)["proposed_level"]) == (
        "leader",
        4,
        6,
    )


def test_the_terms_of_a_measure_say_how_long_it_counts():
    terms = {"circulated_criticism": {"counts_for": days(6, "months"), "amount": "—"}}
    assert the(decided(one()).until("04-01 09:00"))["record_until"] == "2027-03-05"
    assert the(decided(one(terms=terms)).until("04-01 09:00"))["record_until"] == "2026-09-20"


# -- a confirmed finding of another kind --------------------------------------------------------------------------------


def test_harm_after_consent_is_pursued_once_it_is_confirmed():
    world = a_case(5, silence="approve").accepted("03-02 09:00").fact("harm.reported", "03-20 09:00", text="损害")
    before = world.until("03-25 09:00")
    assert [b["kind"] for b in before.breaches()] == ["limit_expired"] and of(before) == []
    out = confirm(world, "03-26 09:00", "serious", finding="harm_after_consent").until("04-01 09:00")
    assert the(out)["finding"] == "harm_after_consent" and the(out)["proposed_level"] == 4


def test_a_late_delivery_stays_a_finding():
    world = a_case(5).accepted("03-02 09:00").fact("decision.made", "03-04 09:00", result="approved")
    out = confirm(world, "04-01 09:00", finding="delivery_late").until("04-10 09:00")
    assert out.findings("delivery_late", status="confirmed") and of(out) == [] and "delivery" not in out.broken()


# -- reversal -----------------------------------------------------------------------------------------------------------


def three(**first):
    """Three breaches; the first two decided, and the first reversed in review."""
    world = late("2026-03-03", "2026-04-15", "2026-05-06")
    for number, (broken, at, level) in enumerate((("2026-03-03", "03-25 09:00", 2), ("2026-04-15", "04-30 09:00", 3))):
        world.case(f"zhang{number}-{broken}")
        world.fact(
            "measure.decided", at, person="zhang", **{"level": level, "reason": "理由", **(first if number else {})}
        )
    world.case("zhang0-2026-03-03").fact("review.requested", "04-10 09:00", person="zhang")
    return world


def test_a_reversal_derives_every_later_proposal_anew_and_asks_for_restoration():
    world = three()
    before = of(world.until("2026-06-01 09:00"))
    assert [(p["count_in_window"], p["proposed_level"], p["restoration_due"]) for p in before] == [
        (1, 2, False), (2, 3, False), (3, 4, False)
    ]  # fmt: skip
    world.fact("review.decided", "05-20 09:00", person="zhang", result="reversed", actor="office")
    out = world.until("2026-06-01 09:00")
    assert [(p["count_in_window"], p["proposed_level"], p["decided_level"], p["restoration_due"]) for p in of(out)[1:]] == [
        (1, 2, 3, True), (2, 3, None, False)
    ]  # fmt: skip
    assert (of(out)[0]["restoration_due"], of(out)[0]["phase"]) == (True, "closed")
    assert [b["status"] for b in out.out["breaches"]] == ["withdrawn", "standing", "standing"]
    assert [n["to"] for n in out.out["notices"] if n["kind"] == "restoration_due"] == ["li", "li"]


def test_a_measure_chosen_heavier_than_proposed_is_too_heavy_once_its_ground_became_lighter():
    world = three(level=4, reason="情节恶劣")
    assert [p["restoration_due"] for p in of(world.until("2026-06-01 09:00"))] == [False, False, False]
    world.fact("review.decided", "05-20 09:00", person="zhang", result="reversed", actor="office")
    assert [p["restoration_due"] for p in of(world.until("2026-06-01 09:00"))] == [True, True, False]


def test_a_restoration_is_a_task_with_a_clock_until_it_is_done():
    world = three().fact("review.decided", "05-20 09:00", person="zhang", result="reversed", actor="office")
    late_ = [a["to"] for a in world.until("2026-06-30 09:00").out["alerts"] if a["cause"].endswith(":restoration")]
    assert late_.count(["li"]) == 2
    world.fact("restoration.completed", "05-25 09:00", person="zhang")
    out = world.until("2026-06-30 09:00")
    assert of(out)[0]["restoration_due"] is False and of(out)[1]["restoration_due"] is True


# -- units --------------------------------------------------------------------------------------------------------------


def test_a_units_breaches_over_the_threshold_open_a_proceeding_against_it():
    world = late("2026-03-03", "2026-04-15", unit_threshold=3)
    assert of(world.until("2026-06-01 09:00"), None) == []
    late("2026-05-06", world=world, holder="liu")
    out = world.until("2026-06-01 09:00")
    found = the(out, None)
    assert (found["unit"], found["role"], found["proposed_measure"], found["count_in_window"]) == (
        "planning", "unit", "urge", 1
    )  # fmt: skip
    told = [n["to"] for n in out.out["notices"] if n["kind"] == "proceeding_opened" and n["to"] in {"li", "wang"}]
    assert told == ["li", "wang"]


def test_a_breach_is_counted_for_one_proceeding_of_the_unit_only():
    world = late("2026-03-03", "2026-04-15", "2026-05-06", unit_threshold=2)
    assert len(of(world.until("2026-06-01 09:00"), None)) == 1
    late("2026-06-03", world=world, holder="liu")
    assert [p["count_in_window"] for p in of(world.until("2026-07-01 09:00"), None)] == [1, 2]


def test_two_clocks_of_one_delay_are_one_matter_of_the_unit():
    world = World(item(1, 1)).with_(accountability={"unit_threshold": 2})
    assert of(late("2026-03-03", world=world).until("2026-06-01 09:00"), None) == []


def test_a_breach_withdrawn_takes_the_units_proceeding_below_its_threshold():
    world = late("2026-03-03", "2026-04-15", unit_threshold=2)
    world.fact("finding.dismissed", "05-01 09:00", finding="limit_expired", reason="查无实据")
    assert the(world.until("2026-06-01 09:00"), None)["phase"] == "closed"


@pytest.mark.parametrize("kind", ["slow_progress", "formalism", "disclosure_refused", "false_disclosure"])
def test_some_kinds_open_one_by_themselves(kind):
    world = a_case(9).accepted("03-02 09:00").fact("finding.reported", "03-04 09:00", finding=kind, text="督查发现")
    out = confirm(world, "03-05 09:00", finding=kind).until("03-20 09:00")
    assert (the(out, None)["finding"], of(out)) == (kind, [])


def test_a_decision_names_the_unit_and_comes_from_above():
    world = late("2026-03-03", unit_threshold=1).fact(
        "statement.filed", "03-06 09:00", unit="planning", text="说明", actor="li"
    )
    world.fact("measure.decided", "03-09 09:00", unit="planning", level=1, actor="li", id="own")
    world.fact("measure.decided", "03-09 10:00", unit="planning", level=1, actor="office", id="above")
    out = world.until("2026-06-01 09:00")
    assert refused(out) == {"own": "not_competent"} and the(out, None)["decided_level"] == 1
    assert the(out)["decided_level"] is None


def test_a_word_that_names_nobody_is_for_the_person():
    world = late("2026-03-03", unit_threshold=1).fact("measure.decided", "03-20 09:00", level=2)
    out = world.until("2026-06-01 09:00")
    assert (the(out)["decided_level"], the(out, None)["decided_level"]) == (2, None)
