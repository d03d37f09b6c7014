"""Who is asked, who decides, and who comes next."""

import pytest

from tests.rules.worlds import a_case, days, instant

STEPS = [
    {"id": "survey", "holder": "zhang", "limit": days(2)},
    {"id": "review", "holder": "liu", "limit": days(4)},
    {"id": "issue", "holder": "zhao", "limit": days(2)},
]


def stepped(**more):
    return a_case(8, steps=STEPS, **more).accepted("06-15 09:00")


def joint(effect=None, **more):
    office = {"id": "fire", "limit": days(3)} | ({"silence": {"effect": effect}} if effect else {})
    world = a_case(10, offices=[office], **more).accepted("03-02 09:00")
    return world.fact("office.consulted", "03-03 09:00", office="fire")


WARNED = [{"before": days(2), "level": "warning"}, {"before": days(1), "level": "yellow"}]


def broken(**more):
    return a_case(5, **more).accepted("03-02 09:00")


def test_an_answer_in_time_ends_the_climb():
    out = broken().fact("alert.answered", "03-17 17:00", level="red", text="已办", actor="zhang").until("06-01 09:00")
    assert out.findings("alert_unanswered") == [] and out.alerts("escalated") == []
    late = broken().fact("alert.answered", "03-18 09:00", level="red", text="已办", actor="zhang").until("06-01 09:00")
    assert late.findings("alert_unanswered") and [a["rung"] for a in late.alerts("escalated")][:1] == [1]


def test_an_answer_to_no_alert_waits():
    assert broken().fact("alert.answered", "03-03 09:00", level="red", text="x", id="a").until(
        "03-04 09:00"
    ).parked == {"a"}


def test_whoever_holds_no_post_on_that_day_is_no_addressee():
    world = broken(warnings=WARNED)
    world.spec["people"][0] |= {"to": "2026-03-04"}
    out = world.until("03-12 09:00")
    assert out.alerts("warning")[0]["to"] == ["wang"] and out.alerts("red")[0]["to"] == ["wang"]


def test_with_nobody_in_post_the_leading_group_office_is_the_last_address():
    out = broken().with_(people=[], inspectors=[]).until("03-12 09:00")
    assert out.alerts("red")[0]["to"] == ["office"]


def test_missed_rungs_come_in_order_marked_late_by_system_and_count_for_the_officer():
    out = broken(warnings=WARNED).outage("03-05 08:00", "03-12 09:00").until("03-13 09:00")
    assert [(a["level"], a["late_by_system"]) for a in out.alerts()] == [
        ("warning", True),
        ("yellow", True),
        ("red", True),
    ]
    assert [a["fired_at"] for a in out.alerts()] == ["2026-03-12T09:00:00+08:00"] * 2 + ["2026-03-12T09:10:00+08:00"]
    assert out.breaches()[0]["mitigating"] == ["warning_late_by_system"] and out.broken() == {
        "committed": instant("03-10")
    }


def test_an_end_that_moved_has_rungs_of_its_own():
    world = broken(warnings=[{"before": days(1), "level": "warning"}])
    world.fact("clock.suspended", "03-05 10:00", reason="hearing", recorded="03-11 10:00")
    out = world.fact("clock.resumed", "03-06 10:00", reason="hearing", recorded="03-11 11:00").until("03-16 09:00")
    assert [a["scheduled_at"][:10] for a in out.alerts("red")] == ["2026-03-10", "2026-03-11"]
    assert [a["scheduled_at"][:10] for a in out.alerts("warning")] == ["2026-03-06", "2026-03-09"]
    assert out.broken() == {"committed": instant("03-11")}


def test_the_applicant_is_told_of_the_remedies_where_silence_grants_nothing():
    assert [n["at"] for n in broken().until("03-12 09:00").notices("remedies")] == ["2026-03-10T00:10:00+08:00"]
    assert broken(silence="approve").until("03-12 09:00").notices("remedies") == []


# -- findings and proceedings -------------------------------------------------------------------------------------------


def confirmed(at="03-11 10:00", **more):
    return broken().fact("finding.confirmed", at, finding="limit_expired", id="c", **({"grade": "ordinary"} | more))


def test_the_engine_opens_the_proceeding_at_the_confirmation():
    [one] = confirmed().until("03-12 09:00").proceedings()
    assert (one["person"], one["proposed_level"], one["count_in_window"], one["statement_until"]) == (
        "zhang",
        2,
        1,
        "2026-03-18",
    )


def test_a_confirmation_before_the_finding_waits_and_does_not_confirm_a_later_one():
    out = confirmed(at="03-05 10:00").until("03-12 09:00")
    assert out.parked == {"c"} and out.proceedings() == [] and out.findings("limit_expired")[0]["status"] == "open"


def test_a_confirmation_of_the_promise_does_not_confirm_the_law_broken_later():
    world = (
        a_case(5, 10)
        .accepted("03-02 09:00")
        .fact("finding.confirmed", "03-11 10:00", finding="limit_expired", grade="ordinary")
    )
    out = world.until("03-20 09:00")
    assert {f["clock"]: f["status"] for f in out.findings("limit_expired")} == {
        "committed": "confirmed",
        "statutory": "open",
    }
    assert len(out.proceedings()) == 1


def test_steps_and_offices_are_named():
    world = stepped().fact("finding.confirmed", "06-19 09:00", finding="step_overdue:survey", grade="minor")
    assert [p["person"] for p in world.until("06-20 09:00").proceedings()] == ["zhang"]
    world = joint().fact("finding.confirmed", "03-09 09:00", finding="office_silent:fire", grade="minor")
    assert [(p["person"], p["unit"]) for p in world.until("03-10 09:00").proceedings()] == [("huo", "fire")]


def test_nobody_confirms_or_dismisses_his_own_matter():
    out = confirmed(actor="zhang").until("03-12 09:00")
    assert out.refusals() == {"c": "not_competent"} and out.proceedings() == []


def test_a_dismissal_withdraws_the_breach():
    out = (
        broken().fact("finding.dismissed", "03-11 10:00", finding="limit_expired", reason="不属实").until("03-12 09:00")
    )
    assert out.findings("limit_expired")[0]["status"] == "dismissed" and [b["status"] for b in out.breaches()] == [
        "withdrawn"
    ]


def test_a_coded_dismissal_excuses_it():
    out = (
        broken()
        .fact("finding.dismissed", "03-11 10:00", finding="limit_expired", reason="容错", code="tolerance")
        .until("03-12 09:00")
    )
    assert [b["status"] for b in out.breaches()] == ["excused"]


def test_a_referral_opens_the_finding_and_freezes_the_ladder():
    world = confirmed().fact("case.referred", "03-13 10:00", to="county discipline", why="线索", id="r")
    out = world.fact("measure.decided", "03-25 10:00", person="zhang", level=2, id="m").until("03-26 09:00")
    assert out.findings("suspected_offence") and out.refusals() == {"m": "proceeding_frozen"}
    assert out.proceedings()[0]["phase"] == "referred" and out.proceedings()[0]["decided_level"] is None


def test_a_proceeding_that_opens_after_the_referral_is_frozen_too():
    world = broken().fact("case.referred", "03-11 10:00", to="county discipline")
    world = world.fact("finding.confirmed", "03-12 10:00", finding="limit_expired", grade="ordinary")
    out = world.fact("measure.decided", "03-25 10:00", person="zhang", level=2, id="m").until("03-26 09:00")
    assert out.refusals() == {"m": "proceeding_frozen"}


@pytest.mark.parametrize("hour", ["09:00", "15:00"])
def test_a_breach_set_aside_withdraws_the_proceedings_ground(hour):
    world = confirmed().served("03-09 15:00", recorded=f"03-13 {hour}")
    [one] = world.until("03-14 09:00").proceedings()
    assert one["phase"] == "closed"


def test_a_proceeding_follows_the_share_when_custody_is_corrected():
    world = confirmed().fact("case.handed_over", "03-03 15:00", to="liu", recorded="03-13 09:00")
    phases = {p["person"]: p["phase"] for p in world.until("03-14 09:00").proceedings()}
    assert phases == {"zhang": "closed", "liu": "statement"}
