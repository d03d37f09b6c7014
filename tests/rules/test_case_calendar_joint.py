"""Another calendar under a joint approval and under steps: what was told is not cut short, what happened is not silently undone."""

from tests.rules.worlds import a_case, days, instant

FIRE = {"id": "fire", "limit": days(3), "silence": {"effect": "consent_of_office"}}
LATER, EARLIER = {"on": "2026-03-05", "kind": "off"}, {"on": "2026-03-05", "kind": "working"}


def corrected():
    return (
        a_case(10, offices=[FIRE])
        .accepted("03-02 09:00")
        .calendar("v2", "03-09 09:00", days=[{"on": "2026-03-04", "kind": "off"}])
    )


def test_an_office_consent_the_corrected_calendar_would_not_have_produced_comes_under_review():
    out = corrected().until("03-12 09:00")
    assert [(c["legal_at"], c["status"]) for c in out.certificates] == [(instant("03-06"), "under_review")]
    assert out.open_holds == {"calendar_corrected"}
    assert [b["status"] for b in out.breaches()] == ["withdrawn"]
    assert out.case["offices"][0] == {"id": "fire", "due_on": "2026-03-06", "outcome": "implied_consent"}


def settled(result):
    closing = {"hold": "calendar_corrected", "result": result, "reason": "已核", "approver": "sun"}
    return corrected().fact("hold.closed", "03-10 09:00", **closing).until("03-12 09:00")


def test_a_person_lets_it_stand():
    out = settled("effect")
    assert [(c["legal_at"], c["status"]) for c in out.certificates] == [(instant("03-06"), "valid")]
    assert out.broken() == {"office:fire": instant("03-06")}
    assert out.open_holds == set()


def test_or_the_corrected_computation_takes_its_place():
    out = settled("no_effect")
    assert [(c["legal_at"], c["status"]) for c in out.certificates] == [
        (instant("03-06"), "superseded"),
        (instant("03-07"), "valid"),
    ]
    assert out.broken() == {"office:fire": instant("03-07")}


def test_an_answer_in_time_that_comes_late_sets_the_consent_aside_though_the_calendar_changed_too():
    world = corrected().fact("office.answered", "03-05 10:00", recorded="03-10 09:00", office="fire", opinion="同意")
    out = world.until("03-12 09:00")
    assert [c["status"] for c in out.certificates] == ["superseded"]
    assert out.open_holds == set()
    assert out.case["offices"][0]["outcome"] == "answered"


def moved_later_then_back():
    steps = [{"id": "review", "holder": "zhang", "limit": days(4)}]
    world = a_case(10, offices=[FIRE], steps=steps).accepted("03-02 09:00")
    return world.calendar("v2", "03-03 09:00", days=[LATER]).calendar("v3", "03-04 09:00", days=[EARLIER])


def test_an_earlier_end_of_a_step_or_an_office_takes_effect_at_the_one_that_was_known():
    out = moved_later_then_back().until("03-12 09:00")
    assert out.case["offices"][0]["due_on"] == "2026-03-05"
    assert out.case["steps"][0]["due_on"] == "2026-03-06"
    assert out.broken() == {"office:fire": instant("03-07"), "step:review": instant("03-10")}


def test_an_office_asked_after_the_change_was_never_told_the_longer_end():
    world = moved_later_then_back().fact("office.consulted", "03-04 10:00", office="water", limit=days(1))
    assert world.until("03-12 09:00").broken()["office:water"] == instant("03-06")


def test_work_done_between_the_two_ends_is_in_time():
    world = moved_later_then_back().fact("step.completed", "03-09 15:00", step="review")
    out = world.fact("office.answered", "03-06 15:00", office="fire").until("03-12 09:00")
    assert out.broken() == {}


def told_the_ninth_now_the_seventh():
    """Five working days from 2 March end on the 9th; the other calendar works on the 7th and 8th, and they end on the 7th."""
    worked = [{"on": "2026-03-07", "kind": "working"}, {"on": "2026-03-08", "kind": "working"}]
    world = a_case(5, silence="approve", suspensions=[{"reason": "other"}]).accepted("03-02 09:00")
    return world.calendar("v2", "03-04 09:00", days=worked)


def test_a_suspension_before_the_end_that_was_told_stops_the_clock_and_with_nothing_left_it_ends_on_the_restart_day():
    world = told_the_ninth_now_the_seventh().fact("clock.suspended", "03-08 10:00", reason="other")
    out = world.until("03-20 09:00")
    assert (out.status, out.due_on, out.outcome["kind"]) == ("suspended", None, "none")
    out = world.fact("clock.resumed", "03-12 10:00", reason="other").until("03-20 09:00")
    assert out.outcome["legal_at"] == instant("03-13")
    assert out.refusals() == {}


def test_an_extension_served_before_the_end_that_was_told_stays_in_force():
    world = told_the_ninth_now_the_seventh()
    for type_, hour in (("requested", 10), ("approved", 11), ("served", 12)):
        data = {} if type_ == "served" else {"by": days(3)}
        world.fact(f"extension.{type_}", f"03-08 {hour}:00", **data)
    out = world.until("03-20 09:00")
    assert out.refusals() == {}
    assert (out.due_on, out.outcome["legal_at"]) == ("2026-03-10", instant("03-11"))


def test_an_end_once_told_is_remembered_through_later_calendars_and_facts():
    world = told_the_ninth_now_the_seventh().calendar("v3", "03-05 09:00", days=[{"on": "2026-06-01", "kind": "off"}])
    out = world.fact("attributes.recorded", "03-06 10:00", note="x").until("03-20 09:00")
    assert out.due_on == "2026-03-07"
    assert out.outcome["legal_at"] == instant("03-10")


def test_what_was_published_comes_under_review_though_its_source_has_fallen_behind_since():
    world = a_case(5, silence="approve").accepted("03-02 09:00")
    world.fact("source.watermark", "03-10 17:00", through="2026-03-08T15:00:00+08:00")
    out = world.calendar("v2", "03-12 09:00", years={"2026": "estimated"}).until("03-13 09:00")
    assert out.outcome["status"] == "under_review"
    assert [c["status"] for c in out.certificates] == ["under_review"]
    assert out.open_holds == {"calendar_corrected"}


def test_while_an_offices_consent_is_in_doubt_silence_has_no_effect_of_its_own_and_takes_its_instant_when_it_is_settled():
    world = a_case(10, offices=[FIRE], silence="approve").accepted("03-02 09:00")
    world.calendar("v2", "03-09 09:00", days=[{"on": "2026-03-04", "kind": "off"}])
    out = world.until("03-19 09:00")
    assert (out.outcome["kind"], out.open_holds) == ("none", {"calendar_corrected"})
    assert out.clock()["breached_at"] == instant("03-18")
    closing = {"hold": "calendar_corrected", "result": "effect", "reason": "已核", "approver": "sun"}
    out = world.fact("hold.closed", "03-19 10:00", **closing).until("03-20 09:00")
    assert (out.outcome["kind"], out.outcome["legal_at"]) == ("implied_consent", instant("03-18"))
