"""Limits, the two clocks, suspension and extension (time-limits.md 3, 4)."""

import pytest

from tests.rules.worlds import World, a_case, days, instant, item

HEARING = [{"reason": "hearing"}]


def case(committed=10, **more):
    return a_case(committed, **more).accepted("08-03 09:00")


def test_two_clocks_are_two_breaches():
    out = a_case(12, 20).accepted("09-14 09:00").until("10-20 09:00")
    assert out.broken() == {"committed": instant("10-01"), "statutory": instant("10-17")}


def test_what_must_happen_in_time_is_served_for_the_promise_and_decided_for_the_law():
    out = (
        a_case(5, 5)
        .accepted("03-02 09:00")
        .fact("decision.made", "03-09 10:00", result="approved")
        .until("03-12 09:00")
    )
    assert out.broken() == {"committed": instant("03-10")} and out.status == "open"


@pytest.mark.parametrize(("word", "broken"), [("served", {"committed"}), ("decided", set())])
def test_completion_may_be_one_word(word, broken):
    out = a_case(5, profile={"completion": word}).accepted("03-02 09:00")
    assert set(out.fact("decision.made", "03-09 10:00", result="approved").until("03-12 09:00").broken()) == broken


def test_completion_may_be_one_per_clock():
    profile = {"completion": {"committed": "decided", "statutory": "served"}}
    out = a_case(5, 7, profile=profile).accepted("03-02 09:00").fact("decision.made", "03-09 10:00", result="approved")
    assert out.until("03-20 09:00").broken() == {"statutory": instant("03-12")}


def test_finishing_does_not_remove_the_breach():
    out = a_case(5).accepted("03-02 09:00").served("03-16 10:00").until("03-20 09:00")
    assert out.broken() == {"committed": instant("03-10")} and out.outcome["kind"] == "approved"


def test_a_suspension_stops_both_clocks():
    out = (
        case(10, statutory=20)
        .fact("clock.suspended", "08-05 10:00", reason="hearing")
        .fact("clock.resumed", "08-07 10:00", reason="hearing")
    )
    out = out.until("08-08 09:00")
    assert (out.due_on, out.clock("statutory")["due_on"]) == ("2026-08-19", "2026-09-02")


def test_one_that_names_its_clock_stops_that_alone():
    out = case(10, statutory=20).fact("clock.suspended", "08-05 10:00", reason="hearing", clock="statutory")
    out = out.fact("clock.resumed", "08-07 10:00", reason="hearing").until("08-08 09:00")
    assert (out.due_on, out.clock("statutory")["due_on"]) == ("2026-08-17", "2026-09-02")


def test_overlapping_suspensions_count_once():
    world = (
        case(10)
        .fact("clock.suspended", "08-05 10:00", reason="hearing")
        .fact("clock.suspended", "08-06 10:00", reason="expert_review")
    )
    world = world.fact("clock.resumed", "08-07 10:00", reason="hearing").fact(
        "clock.resumed", "08-10 10:00", reason="expert_review"
    )
    assert world.until("08-11 09:00").due_on == "2026-08-20"


def test_a_restart_runs_the_whole_limit_again():
    rule = [{"reason": "hearing", "kind": "restart"}]
    out = case(10, suspensions=rule).fact("clock.suspended", "08-05 10:00", reason="hearing")
    assert out.fact("clock.resumed", "08-07 10:00", reason="hearing").until("08-08 09:00").due_on == "2026-08-21"


def test_a_suspension_that_begins_on_the_last_day_stops_the_clock():
    out = a_case(5).accepted("03-02 09:00").fact("clock.suspended", "03-09 16:00", reason="hearing")
    out = out.fact("clock.resumed", "03-14 10:00", reason="hearing").until("03-15 09:00")
    assert out.due_on == "2026-03-16" and out.breaches() == []  # nothing left: the restart day, a Saturday, rolled


def test_one_that_begins_after_the_end_is_refused_and_moves_nothing():
    out = (
        a_case(5)
        .accepted("03-02 09:00")
        .fact("clock.suspended", "03-10 00:00", reason="hearing", id="s")
        .until("03-12 09:00")
    )
    assert out.refusals() == {"s": "suspension_after_expiry"} and out.due_on == "2026-03-09" and out.broken()


def test_after_an_implied_consent_it_is_refused_for_the_same_reason():
    out = (
        a_case(5, silence="approve")
        .accepted("03-02 09:00")
        .fact("clock.suspended", "03-11 00:00", reason="hearing", id="s")
    )
    assert out.until("03-12 09:00").refusals() == {"s": "suspension_after_expiry"}


def test_on_a_case_that_ended_in_time_only_the_closing_speaks_against_it():
    out = (
        a_case(5)
        .accepted("03-02 09:00")
        .served("03-04 10:00")
        .fact("clock.suspended", "03-05 09:00", reason="hearing", id="s")
    )
    assert out.until("03-12 09:00").refusals() == {"s": "case_closed"}


def test_one_asked_before_the_start_suspends_only_from_the_start():
    world = (
        a_case(5)
        .fact("application.received", "03-02 09:00", item="P")
        .fact("clock.suspended", "03-03 09:00", reason="hearing")
    )
    out = world.accepted("03-04 09:00").fact("clock.resumed", "03-06 09:00", reason="hearing").until("03-07 09:00")
    assert out.due_on == "2026-03-13" and out.refusals() == {}


def test_a_reason_of_article_45_needs_no_listing():
    for reason in ("hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"):
        out = case().fact("clock.suspended", "08-05 10:00", reason=reason).until("08-06 09:00")
        assert out.status == "suspended" and out.refusals() == {}


def test_any_other_reason_needs_the_items_clause():
    for reason in ("public_notice", "applicant_cause", "joint_office", "other"):
        out = case().fact("clock.suspended", "08-05 10:00", reason=reason, id="s").until("08-06 09:00")
        assert out.refusals() == {"s": "not_allowed_for_item"} and out.status == "open"
        listed = (
            case(suspensions=[{"reason": reason}])
            .fact("clock.suspended", "08-05 10:00", reason=reason)
            .until("08-06 09:00")
        )
        assert listed.status == "suspended"


def test_a_maximum_per_reason_holds():
    world = case(suspensions=[{"reason": "other", "max": 1}]).fact("clock.suspended", "08-04 10:00", reason="other")
    world = world.fact("clock.resumed", "08-04 15:00", reason="other").fact(
        "clock.suspended", "08-05 10:00", reason="other", id="s"
    )
    assert world.until("08-06 09:00").refusals() == {"s": "not_allowed_for_item"}


def test_a_lawful_stop_without_notice_or_length_stops_all_the_same_and_is_an_indication():
    out = case().fact("clock.suspended", "08-05 10:00", reason="hearing").until("08-06 09:00")
    assert out.status == "suspended" and out.findings("pause_abuse")[0]["indication"] is True
    told = case().fact(
        "clock.suspended", "08-05 10:00", reason="hearing", notified_at="2026-08-05T10:00:00+08:00", declared=days(5)
    )
    assert told.until("08-06 09:00").findings("pause_abuse") == []


def test_the_clock_restarts_after_the_declared_end_even_if_the_procedure_over_runs():
    world = case(10).fact("clock.suspended", "08-05 10:00", reason="expert_review", declared=days(3), notified_at="x")
    out = world.until("08-20 09:00")
    # 4, 5 counted; restart day 08-10; then 11, 12, 13, 14, 17, 18, 19, 20
    assert out.due_on == "2026-08-20" and out.status == "open"
    [found] = out.findings("special_procedure_overrun")
    assert found["legal_at"] == instant("08-11")
    late = world.fact("clock.resumed", "08-14 10:00", reason="expert_review").until("08-20 09:00")
    assert late.due_on == "2026-08-20" and len(late.findings("special_procedure_overrun")) == 1


def test_a_declared_end_may_be_a_date_and_may_be_cut_short():
    world = case(10).fact("clock.suspended", "08-05 10:00", reason="expert_review", until="2026-08-10", notified_at="x")
    assert world.until("08-06 09:00").due_on == "2026-08-20"
    out = world.fact("clock.resumed", "08-07 10:00", reason="expert_review").until("08-08 09:00")
    assert out.due_on == "2026-08-19" and out.findings("special_procedure_overrun") == []


def test_a_resumption_nobody_waits_for_is_parked_until_its_stop_comes():
    world = case().fact("clock.resumed", "08-07 10:00", reason="hearing", id="r")
    assert world.until("08-08 09:00").parked == {"r"}
    out = world.fact("clock.suspended", "08-05 10:00", reason="hearing", recorded="08-08 10:00").until("08-09 09:00")
    assert out.parked == set() and out.due_on == "2026-08-19"


def test_a_date_only_suspension_works_in_days():
    world = case(10).fact("clock.suspended", "08-05", reason="hearing", recorded="08-05 10:00")
    assert world.until("08-05 12:00").ledger("clock_suspended")
    out = world.fact("clock.resumed", "08-07", reason="hearing", recorded="08-07 18:00").until("08-08 09:00")
    assert out.due_on == "2026-08-19"


def test_the_applicants_default_pauses_without_breach_or_effect():
    out = (
        a_case(5, silence="approve")
        .accepted("03-02 09:00")
        .fact("applicant.defaulted", "03-04 10:00")
        .until("06-01 09:00")
    )
    assert out.status == "suspended" and out.breaches() == [] and out.certificates == []


def test_or_it_closes_the_case_where_the_item_says_so():
    rule = [{"reason": "applicant_cause", "after_term": "not_pursued"}]
    out = (
        a_case(5, silence="approve", suspensions=rule)
        .accepted("03-02 09:00")
        .fact("applicant.defaulted", "03-04 10:00")
        .until("06-01 09:00")
    )
    assert out.status == "not_pursued" and out.breaches() == []


# -- extension ----------------------------------------------------------------------------------------------------------


def extended(world, asked="03-06 10:00", approved="03-06 11:00", served="03-06 12:00", by=None, approver="li", **more):
    by = by or days(3)
    world = world.fact("extension.requested", asked, by=by, id="q", **more)
    world = world.fact("extension.approved", approved, by=by, approver=approver, id="a")
    return world.fact("extension.served", served, id="s")


def open_case(**more):
    return a_case(5, **more).accepted("03-02 09:00")


def test_an_extension_moves_both_ends():
    out = extended(a_case(5, 7).accepted("03-02 09:00")).until("03-07 09:00")
    assert (out.due_on, out.clock("statutory")["due_on"]) == ("2026-03-12", "2026-03-16")


def test_or_the_clock_it_names():
    out = extended(a_case(5, 7).accepted("03-02 09:00"), clock="statutory").until("03-07 09:00")
    assert (out.due_on, out.clock("statutory")["due_on"]) == ("2026-03-09", "2026-03-16")


def test_it_adds_to_the_unrolled_end_and_only_the_final_end_is_rolled():
    # ten calendar days from Thu 03-05 end on Sun 03-15; five more on Fri 03-20
    out = extended(a_case(days(10, "calendar_days")).accepted("03-05 09:00"), by=days(5, "calendar_days")).until(
        "03-09 09:00"
    )
    assert out.due_on == "2026-03-20"


def test_void_when_asked_after_the_end():
    out = extended(open_case(), "03-10 10:00", "03-10 11:00", "03-10 12:00").until("03-12 09:00")
    assert out.refusals()["q"] == "extension_after_expiry" and out.broken() and out.due_on == "2026-03-09"


def test_void_when_approved_after_the_end():
    out = extended(open_case(), "03-09 10:00", "03-10 11:00", "03-10 12:00").until("03-12 09:00")
    assert out.refusals()["a"] == "extension_after_expiry" and out.broken()


def test_void_when_served_after_the_end():
    out = extended(open_case(), "03-09 10:00", "03-09 11:00", "03-10 12:00").until("03-12 09:00")
    assert out.refusals() == {"s": "extension_not_served_before_expiry"} and out.broken()


def test_an_extension_after_an_implied_consent_comes_after_the_end():
    out = extended(open_case(silence="approve"), "03-11 10:00", "03-11 11:00", "03-11 12:00").until("03-12 09:00")
    assert out.refusals()["q"] == "extension_after_expiry"
    late = extended(open_case(silence="approve"), "03-09 10:00", "03-09 11:00", "03-10 12:00").until("03-12 09:00")
    assert late.refusals() == {"s": "extension_not_served_before_expiry"}


def test_once_only():
    world = extended(open_case())
    out = world.fact("extension.requested", "03-10 10:00", by=days(1), id="q2").until("03-11 09:00")
    assert out.refusals() == {"q2": "extension_already_used"}


def test_at_most_the_given_amount():
    out = extended(open_case(extension={"max_times": 1, "max": days(2)})).until("03-07 09:00")
    assert out.refusals()["q"] == "extension_over_maximum" and out.due_on == "2026-03-09"
    assert extended(open_case(), by=days(11)).until("03-07 09:00").refusals()["q"] == "extension_over_maximum"


def test_approved_by_the_head_alone():
    out = extended(open_case(), approver="zhang").until("03-07 09:00")
    assert out.refusals()["a"] == "not_competent" and out.due_on == "2026-03-09"


def test_hours_cannot_be_added_to_days():
    out = extended(open_case(), by=days(8, "working_hours")).until("03-07 09:00")
    assert out.refusals()["q"] == "not_allowed_for_item" and out.due_on == "2026-03-09"


def test_in_the_last_hours_it_is_an_indication():
    assert (
        extended(open_case(), "03-09 16:00", "03-09 16:10", "03-09 16:20")
        .until("03-10 09:00")
        .findings("last_hour_extension")
    )
    assert not extended(open_case()).until("03-10 09:00").findings("last_hour_extension")


def test_a_service_of_nothing_waits():
    assert open_case().fact("extension.served", "03-06 10:00", id="s").until("03-07 09:00").parked == {"s"}


# -- delivery -----------------------------------------------------------------------------------------------------------


def approved():
    return a_case(None, 20).accepted("03-02 09:00").fact("decision.made", "03-04 10:00", result="approved")


def test_delivery_is_a_third_clock_with_its_own_finding():
    out = approved().until("03-25 09:00")
    assert out.clock("delivery")["due_on"] == "2026-03-18" and out.breaches() == []
    assert [f["legal_at"] for f in out.findings("delivery_late")] == [instant("03-19")]


def test_its_length_is_a_parameter():
    world = a_case(None, 20, profile={"delivery_limit": days(3)}).accepted("03-02 09:00")
    assert (
        world.fact("decision.made", "03-04 10:00", result="approved").until("03-05 09:00").clock("delivery")["due_on"]
        == "2026-03-09"
    )


def test_a_result_that_is_ready_and_announced_is_not_late():
    assert (
        not approved()
        .fact("result.available", "03-10 09:00", mode="窗口")
        .until("03-25 09:00")
        .findings("delivery_late")
    )
    assert not approved().fact("decision.served", "03-18 17:00").until("03-25 09:00").findings("delivery_late")
    assert approved().fact("decision.served", "03-19 09:00").until("03-25 09:00").findings("delivery_late")


def test_a_refusal_has_no_delivery_clock():
    world = (
        a_case(None, 20)
        .accepted("03-02 09:00")
        .fact("decision.made", "03-04 10:00", result="refused", reason="不符合条件")
    )
    assert "delivery" not in world.until("03-05 09:00").case["clocks"]


def test_working_hours_count_in_office_time():
    calendar = {"version": "v1", "known_from": "2015-01-01T00:00:00+08:00", "extends": "CN",
                "office_hours": {d: [["09:00", "12:00"], ["13:00", "17:00"]] for d in ("mon", "tue", "wed", "thu", "fri")}}  # fmt: skip
    world = World(item(days(8, "working_hours"))).with_(calendars=[calendar]).accepted("03-02 16:00")
    assert world.until("03-04 09:30").clock()["expires_at"] == "2026-03-03T17:00:00+08:00"
