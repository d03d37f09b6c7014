"""Holds that people close: what they say counts for the hold that was open, not for one to come."""

import pytest

from rules.errors import RuleError
from tests.rules.worlds import a_case, instant

NOTICE_FIRST = {"effect": "approve", "clock": "committed", "preconditions": [{"fact": "public_notice.published"}]}
YEAR = {"days": [{"on": "2027-01-01", "kind": "off"}], "years": {"2027": "official"}}


def closing(hold, result="no_effect"):
    return {"hold": hold, "result": result, "reason": "已核", "approver": "sun"}


def test_a_hold_closed_before_it_was_opened_waits_and_the_hold_opens_all_the_same():
    world = a_case(5, silence=NOTICE_FIRST).accepted("03-02 09:00")
    out = world.fact("hold.closed", "03-05 09:00", id="early", **closing("precondition_unmet")).until("03-12 09:00")
    assert out.open_holds == {"precondition_unmet"}
    assert out.parked == {"early"}


def test_a_reason_claimed_again_after_the_first_was_settled_opens_the_hold_again():
    world = a_case(5, silence="approve").accepted("03-02 09:00")
    world.fact("reason.claimed", "03-03 09:00", code="survey", basis="规定")
    world.fact("hold.closed", "03-04 09:00", **closing("reason_claimed", "effect"))
    assert world.until("03-12 09:00").outcome["kind"] == "implied_consent"
    world.fact("reason.claimed", "03-05 09:00", code="survey", basis="规定")
    out = world.until("03-12 09:00")
    assert out.outcome["kind"] == "none"
    assert out.open_holds == {"reason_claimed"}


def provisional():
    world = a_case(5, silence="approve").accepted("12-28 09:00")
    return world.fact("hold.closed", "2027-01-06 09:00", id="closing", **closing("provisional_date"))


def test_a_hold_on_a_provisional_date_can_be_closed_without_effect():
    out = provisional().until("2027-01-20 09:00")
    assert out.holds["provisional_date"]["closed_at"] == "2027-01-06T09:00:00+08:00"
    assert not out.findings("hold_open")
    assert out.parked == set()


def test_and_then_silence_has_no_effect_when_the_date_becomes_firm_but_the_breach_stands():
    out = provisional().calendar("v2", "2027-01-10 09:00", **YEAR).until("2027-01-20 09:00")
    assert out.outcome["kind"] == "none"
    assert out.certificates == []
    assert out.broken() == {"committed": instant("2027-01-06")}


def test_said_before_the_date_had_passed_it_settles_nothing():
    world = a_case(5, silence="approve").accepted("12-28 09:00")
    world.fact("hold.closed", "12-30 09:00", id="early", **closing("provisional_date"))
    assert world.until("2027-01-08 09:00").open_holds == {"provisional_date"}
    out = world.calendar("v2", "2027-01-10 09:00", **YEAR).until("2027-01-20 09:00")
    assert out.outcome["kind"] == "implied_consent"
    assert out.outcome["legal_at"] == instant("2027-01-06")


@pytest.mark.parametrize("precondition", [{"facts": "public_notice.published"}, {}, {"fact": "x", "when": "y"}])
def test_a_misspelt_precondition_is_an_error_and_not_met_by_silence(precondition):
    with pytest.raises(RuleError) as error:
        a_case(5, silence={"effect": "approve", "preconditions": [precondition]}).accepted().until("03-12 09:00")
    assert "preconditions[" in error.value.field


def test_a_clock_the_item_does_not_have_cannot_be_stopped_or_moved():
    world = (
        a_case(5)
        .accepted("03-02 09:00")
        .fact("clock.suspended", "03-03 09:00", id="s", reason="hearing", clock="statutory")
    )
    world.fact(
        "extension.requested", "03-03 09:00", id="e", by={"amount": 2, "unit": "working_days"}, clock="statutory"
    )
    assert world.until("03-04 09:00").refusals() == {"s": "not_allowed_for_item", "e": "not_allowed_for_item"}


def behind(result):
    world = a_case(5, silence="approve").accepted("03-02 09:00")
    world.fact("source.watermark", "03-09 18:00", through="2026-03-09T18:00:00+08:00")
    return world.fact("hold.closed", "03-11 09:00", **closing("source_behind", result))


def test_a_person_may_let_the_effect_take_place_though_the_source_is_behind():
    out = behind("effect").until("03-12 09:00")
    assert (out.outcome["kind"], out.outcome["legal_at"]) == ("implied_consent", instant("03-10"))
    assert out.outcome["recorded_at"] == "2026-03-11T09:00:00+08:00"
    assert out.open_holds == set()


def test_or_decide_that_it_has_none_whatever_the_source_still_reports():
    world = behind("no_effect").fact("source.watermark", "03-12 18:00", through="2026-03-12T18:00:00+08:00")
    out = world.until("03-13 09:00")
    assert (out.outcome["kind"], out.open_holds) == ("none", set())
    assert out.broken() == {"committed": instant("03-10")}
