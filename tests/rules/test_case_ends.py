"""Every way in which a case ends, and what the ledger calls it."""

import pytest

from tests.rules.worlds import a_case, instant


@pytest.mark.parametrize("result", ["approved", "approved_in_part", "refused", "not_needed"])
def test_a_decision_served_in_time_is_the_outcome(result):
    out = a_case(5, silence="approve").accepted("03-02 09:00").served("03-04 10:00", result).until("03-20 09:00")
    assert (out.status, out.outcome["kind"], out.outcome["status"]) == ("concluded", result, "in_force")
    assert out.broken() == {}


@pytest.mark.parametrize(
    ("type_", "data", "status"),
    [
        ("application.returned", {"reason": "材料不属本机关"}, "returned"),
        ("case.forwarded", {"to": "water", "received_on": "2026-03-04"}, "forwarded"),
        ("case.terminated", {"reason": "申请人死亡"}, "terminated"),
        ("application.withdrawn", {}, "withdrawn"),
    ],
)
def test_an_end_without_a_decision_before_the_limit_ends_leaves_neither_effect_nor_breach(type_, data, status):
    world = a_case(5, silence="approve").accepted("03-02 09:00")
    out = world.fact(type_, "03-09 23:59", recorded="03-10 00:05", **data).until("03-20 09:00")
    assert (out.status, out.outcome["kind"]) == (status, status)
    assert out.broken() == {}
    assert out.certificates == []
    world = a_case(5, silence="approve").accepted("03-02 09:00").fact(type_, "03-10 00:00", id="late", **data)
    out = world.until("03-20 09:00")
    assert (out.outcome["kind"], out.refusals()) == ("implied_consent", {"late": "case_closed"})


def test_silence_that_refuses_is_on_the_ledger_under_its_own_name_with_a_breach_and_without_a_certificate():
    out = a_case(5, silence="refuse").accepted("03-02 09:00").until("03-20 09:00")
    assert [line["legal_at"] for line in out.ledger("refusal_implied")] == [instant("03-10")]
    assert out.broken() == {"committed": instant("03-10")}
    assert out.certificates == []
    assert not out.notices("decision_reminder")


def test_a_confirmed_consent_and_an_excused_breach_are_entries_of_their_own():
    world = a_case(5, silence="approve").accepted("03-02 09:00").served("03-12 10:00")
    world.fact(
        "finding.dismissed", "03-13 10:00", finding="limit_expired", code="force_majeure", reason="水灾", actor="sun"
    )
    out = world.until("03-20 09:00")
    assert len(out.ledger("outcome_confirmed")) == 1
    assert [b["status"] for b in out.breaches()] == ["excused"]
    assert len(out.ledger("breach_excused")) == 1
