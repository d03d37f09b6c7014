"""The calendar as a versioned instrument (time-limits.md 2)."""

from tests.rules.worlds import World, a_case, days, instant, item

OFF = {"days": [{"on": "2026-03-05", "kind": "off"}]}
WORKING = {"days": [{"on": "2026-03-07", "kind": "working"}]}


def silent(**more):
    return a_case(5, silence="approve", **more).accepted("03-02 09:00")


def test_as_known_on_answers_with_the_version_then_in_force():
    world = (
        a_case(5).accepted("03-02 09:00").calendar("v2", "03-04 09:00", **OFF).asked("03-03 09:00").asked("03-04 10:00")
    )
    out = world.until("03-05 09:00")
    assert [a["due_on"] for a in out.out["answers"]] == ["2026-03-09", "2026-03-10"]
    assert [(h["due_on"], h["reason"]) for h in out.clock()["history"]] == [
        ("2026-03-09", "application.accepted"), ("2026-03-10", "calendar v2")
    ]  # fmt: skip


def test_a_later_end_moves_warning_and_effect():
    world = silent(warnings=[{"before": {"amount": 1, "unit": "working_days"}}]).calendar("v2", "03-04 09:00", **OFF)
    out = world.until("03-12 09:00")
    assert out.outcome["legal_at"] == instant("03-11")
    assert out.alerts("warning")[0]["scheduled_at"].startswith("2026-03-09")


def test_an_earlier_end_warns_earlier_but_takes_effect_at_the_communicated_end():
    world = silent(warnings=[{"before": {"amount": 1, "unit": "working_days"}}]).calendar(
        "v2", "03-04 09:00", **WORKING
    )
    out = world.until("03-12 09:00")
    assert out.due_on == "2026-03-07" and out.clock()["expires_at"] == instant("03-08")
    assert out.alerts("warning")[0]["scheduled_at"].startswith("2026-03-06")
    assert out.outcome["legal_at"] == instant("03-10") and out.broken() == {"committed": instant("03-10")}
    assert out.certificates[0]["due_by"] == "2026-03-10"


def test_a_decision_between_the_two_ends_is_in_time():
    out = silent().calendar("v2", "03-04 09:00", **WORKING).served("03-09 16:00").until("03-12 09:00")
    assert out.outcome["kind"] == "approved" and out.breaches() == []


def test_the_applicant_is_told_once_on_the_day_the_version_comes_into_force():
    for change in (OFF, WORKING):
        out = a_case(5, 5).accepted("03-02 09:00").calendar("v2", "03-04 09:00", **change).until("03-12 09:00")
        [told] = out.notices("date_moved", to="applicant")
        assert told["at"] == "2026-03-04T09:00:00+08:00"
    unmoved = (
        a_case(5).accepted("03-02 09:00").calendar("v2", "03-04 09:00", days=[{"on": "2026-05-05", "kind": "working"}])
    )
    assert unmoved.until("03-12 09:00").notices("date_moved") == []


def test_a_fact_after_the_version_does_not_count_as_communicated_before():
    world = silent(suspensions=[{"reason": "hearing"}]).calendar("v2", "03-04 09:00", **WORKING)
    world = world.fact("clock.suspended", "03-05 10:00", reason="hearing").fact(
        "clock.resumed", "03-06 10:00", reason="hearing"
    )
    out = world.until("03-14 09:00")
    # recomputed: 3, 4, 5 counted, restart 6, then Sat 7 and Mon 9: 03-09; told before the version: 03-09
    assert out.due_on == "2026-03-09" and out.outcome["legal_at"] == instant("03-10")


def test_a_correction_that_brings_the_start_forward_is_not_held_back_by_the_communicated_end():
    world = silent().calendar("v2", "03-04 09:00", **WORKING)
    out = world.fact("application.handed_in", "02-26 09:00", recorded="03-04 10:00").until("03-14 09:00")
    assert out.outcome["legal_at"] == instant("03-05")  # Sat 02-28 is a make-up day


def test_an_effect_the_corrected_calendar_would_not_have_produced_comes_under_review():
    out = silent().calendar("v2", "03-10 09:00", **OFF).until("03-20 09:00")
    assert out.outcome["kind"] == "implied_consent" and out.outcome["status"] == "under_review"
    assert out.certificates[0]["status"] == "under_review"
    assert [b["status"] for b in out.breaches()] == ["withdrawn"]
    assert out.holds["calendar_corrected"]["owner"] == "li" and "calendar_corrected" in out.open_holds
    assert [h["due_on"] for h in out.clock()["history"]] == ["2026-03-09", "2026-03-10"]
    assert out.notices("date_moved", to="applicant")


def test_the_same_when_the_correction_comes_long_after():
    out = silent().calendar("v2", "03-18 09:00", **OFF).until("03-20 09:00")
    assert out.outcome["status"] == "under_review" and out.outcome["legal_at"] == instant("03-10")
    assert out.broken() == {}


def test_a_person_settles_the_review():
    world = silent().calendar("v2", "03-10 09:00", **OFF)
    kept = world.fact("hold.closed", "03-18 10:00", hold="calendar_corrected", result="effect", approver="sun").until(
        "03-20 09:00"
    )
    assert kept.outcome["status"] == "in_force" and kept.outcome["legal_at"] == instant("03-10")
    assert kept.certificates[0]["status"] == "valid" and len(kept.certificates) == 1
    world = silent().calendar("v2", "03-10 09:00", **OFF).served("03-10 15:00", "refused")
    gone = world.fact(
        "hold.closed", "03-18 10:00", hold="calendar_corrected", result="no_effect", approver="sun"
    ).until("03-20 09:00")
    assert gone.outcome["kind"] == "refused" and gone.certificates[0]["status"] == "superseded" and gone.broken() == {}


def test_a_fact_in_time_sets_the_effect_aside_though_the_calendar_changed_too():
    world = silent().calendar("v2", "03-12 09:00", days=[{"on": "2026-05-05", "kind": "working"}])
    out = world.served("03-09 15:00", recorded="03-16 09:00").until("03-20 09:00")
    assert out.outcome["kind"] == "approved" and out.certificates[0]["status"] == "superseded"


def test_a_breach_without_effect_is_withdrawn_when_the_calendar_shows_it_was_in_time():
    out = (
        a_case(5)
        .accepted("03-02 09:00")
        .served("03-10 10:00")
        .calendar("v2", "03-12 09:00", **OFF)
        .until("03-20 09:00")
    )
    assert [b["status"] for b in out.breaches()] == ["withdrawn"] and out.open_holds == set()


def test_an_effect_that_the_calendar_does_not_touch_stays():
    out = silent().calendar("v2", "03-12 09:00", days=[{"on": "2026-05-05", "kind": "working"}]).until("03-20 09:00")
    assert out.outcome["status"] == "in_force" and out.open_holds == set()


# -- provisional dates --------------------------------------------------------------------------------------------------


def into_2027(silence="approve", **more):
    return a_case(10, silence=silence, warnings=[{"before": {"amount": 1, "unit": "working_days"}}], **more).accepted(
        "12-22 09:00"
    )


ANNOUNCED = {"years": {"2027": "official"}, "days": [{"on": "2027-01-01", "kind": "off"}]}


def test_on_a_provisional_date_nothing_irreversible_happens_but_warnings_do():
    out = into_2027().until("2027-01-20 09:00")
    assert out.clock()["provisional"] is True and out.outcome["kind"] == "none" and out.breaches() == []
    assert out.alerts("warning") and not out.alerts("red") and out.open_holds == {"provisional_date"}
    assert out.notices("remedies", to="applicant")


def test_a_confirmation_of_what_is_not_there_waits():
    out = (
        into_2027()
        .fact("finding.confirmed", "2027-01-15 09:00", finding="limit_expired", id="c")
        .until("2027-01-20 09:00")
    )
    assert out.parked == {"c"} and out.proceedings() == []


def test_once_the_year_is_announced_the_effect_takes_place_at_the_recomputed_end():
    out = into_2027().calendar("v2", "2027-01-12 09:00", **ANNOUNCED).until("2027-01-20 09:00")
    assert out.due_on == "2027-01-06" and out.clock()["provisional"] is False
    assert out.outcome["kind"] == "implied_consent" and out.outcome["legal_at"] == "2027-01-07T00:00:00+08:00"
    assert out.outcome["recorded_at"] == "2027-01-12T09:10:00+08:00"
    assert out.open_holds == set() and out.holds["provisional_date"]["closed_at"]
    assert out.broken() == {"committed": "2027-01-07T00:00:00+08:00"}


def test_a_date_that_becomes_firm_is_told():
    firm = {"years": {"2027": "official"}}
    out = into_2027().calendar("v2", "12-28 09:00", **firm).until("12-29 09:00")
    assert [n["at"] for n in out.notices("date_moved")] == ["2026-12-28T09:00:00+08:00"]


def test_nobody_can_grant_on_a_provisional_date():
    world = into_2027().fact(
        "hold.closed", "2027-01-12 09:00", hold="provisional_date", result="effect", approver="sun", id="h"
    )
    out = world.until("2027-01-20 09:00")
    assert out.refusals() == {"h": "not_allowed_for_item"} and out.outcome["kind"] == "none"


def test_a_decision_in_time_on_a_provisional_date_is_in_time():
    out = into_2027().served("12-30 09:00").until("2027-01-20 09:00")
    assert out.outcome["kind"] == "approved" and out.case["holds"] == []


# -- import -------------------------------------------------------------------------------------------------------------


def test_a_version_comes_into_force_by_its_import():
    world = silent()
    world.spec["calendars"].append({"version": "v2", "extends": "v1", **OFF})
    out = world.fact("calendar.imported", "03-04 09:00", version="v2").until("03-12 09:00")
    assert out.outcome["legal_at"] == instant("03-11") and out.clock()["history"][1]["reason"] == "calendar v2"


def test_before_an_import_the_shipped_calendar_is_in_force():
    world = World(item(5)).with_(calendars=[{"version": "v2", "extends": "CN", **OFF}]).accepted("03-02 09:00")
    out = world.fact("calendar.imported", "03-04 09:00", version="v2").until("03-12 09:00")
    assert [h["due_on"] for h in out.clock()["history"]] == ["2026-03-09", "2026-03-10"]


def test_an_import_reviews_concluded_cases_too():
    world = silent()
    world.spec["calendars"].append({"version": "v2", "extends": "v1", **OFF})
    out = world.fact("calendar.imported", "03-12 09:00", version="v2").until("03-13 09:00")
    assert out.outcome["status"] == "under_review"


def test_what_a_step_was_never_told_under_an_earlier_calendar_does_not_put_its_end_off():
    """Stopped only after the new calendar was known: what the old one would have made of that was told to nobody (time-limits.md 2)."""
    steps = [{"id": "survey", "holder": "zhang", "limit": days(4)}]
    world = a_case(10, steps=steps, suspensions=[{"reason": "hearing"}]).accepted("03-02 09:00")
    world.calendar("v2", "03-03 12:00", days=[{"on": "2026-03-14", "kind": "working"}])  # a Saturday
    world.fact("clock.suspended", "03-04 10:00", reason="hearing").fact(
        "clock.resumed", "03-13 10:00", reason="hearing"
    )
    out = world.until("03-20 09:00")
    # 3 and 4 March, Saturday 14, Monday 16; by the old calendar it would have been the 17th.
    assert out.case["steps"][0]["due_on"] == "2026-03-16"
    assert out.broken()["step:survey"] == instant("03-17")


def test_what_a_step_was_told_under_an_earlier_calendar_is_not_taken_back():
    steps = [{"id": "survey", "holder": "zhang", "limit": days(4)}]
    world = a_case(10, steps=steps).accepted("03-03 09:00")
    out = world.calendar("v2", "03-04 12:00", days=[{"on": "2026-03-07", "kind": "working"}]).until("03-20 09:00")
    assert out.case["steps"][0]["due_on"] == "2026-03-07"
    assert out.broken()["step:survey"] == instant("03-10")
