"""When the clock starts, and completion notices (time-limits.md 3, 4; interfaces.md 2)."""

from tests.rules.worlds import World, a_case, days, instant, item

PAUSE = [{"reason": "completion", "kind": "pause", "max": 1}]


def received(**more):
    return a_case(5, **more).fact("application.received", "03-02 09:00", item="P", holder="zhang")


def test_the_clock_starts_at_acceptance():
    assert a_case(5).accepted("03-02 09:00").until("03-03 09:00").due_on == "2026-03-09"


def test_a_case_of_the_office_itself_starts_the_clock_too():
    out = a_case(5).fact("case.opened", "03-02 09:00", item="P", holder="zhang").until("03-03 09:00")
    assert out.due_on == "2026-03-09"


def test_an_earlier_hand_in_starts_it():
    out = a_case(5).fact("application.handed_in", "03-02 09:00", item="P").accepted("03-04 09:00").until("03-05 09:00")
    assert out.due_on == "2026-03-09"


def test_unless_a_timely_completion_notice_lies_between():
    world = (
        a_case(5)
        .fact("application.handed_in", "03-02 09:00", item="P")
        .fact("completion.requested", "03-03 09:00", items=["图"])
    )
    out = world.fact("completion.supplied", "03-05 09:00").accepted("03-06 09:00").until("03-07 09:00")
    assert out.due_on == "2026-03-12"


def test_full_supply_means_acceptance():
    world = received().fact("completion.requested", "03-03 09:00", items=["图"], answer_by="2026-03-20")
    out = world.fact("completion.supplied", "03-05 09:00").until("03-07 09:00")
    assert out.due_on == "2026-03-12"


def test_partial_supply_does_not():
    world = received().fact("completion.requested", "03-03 09:00", items=["图"], answer_by="2026-03-20")
    out = world.fact("completion.supplied", "03-05 09:00", partial=True).until("03-07 09:00")
    assert out.case["clocks"] == {}


def test_received_alone_waits_for_the_notice_window():
    world = received()
    assert world.until("03-09 23:00").case["clocks"] == {}
    out = world.until("03-10 09:00")
    assert out.due_on == "2026-03-09" and out.ledger("deemed_accepted")[0]["legal_at"] == instant("03-10")


def test_silence_on_completeness_is_acceptance_from_receipt():
    out = received(silence="approve").until("03-12 09:00")
    assert out.outcome["legal_at"] == instant("03-10")
    assert out.outcome["recorded_at"] == "2026-03-10T00:10:00+08:00"


def test_acceptance_within_the_window_starts_it_at_acceptance():
    assert received().accepted("03-05 09:00").until("03-06 09:00").due_on == "2026-03-12"


def test_handed_in_without_acceptance_is_treated_as_received():
    out = a_case(5).fact("application.handed_in", "03-02 09:00", item="P").until("03-10 09:00")
    assert out.due_on == "2026-03-09" and out.ledger("deemed_accepted")


def test_a_notice_after_the_window_is_too_late():
    out = received().fact("completion.requested", "03-10 09:00", items=["图"], id="n").until("03-11 09:00")
    assert out.refusals() == {"n": "completion_notice_too_late"} and out.due_on == "2026-03-09"


def test_a_second_notice_before_acceptance_is_refused_and_found():
    world = received().fact("completion.requested", "03-03 09:00", items=["图"], answer_by="2026-03-20")
    out = world.fact("completion.requested", "03-04 09:00", items=["表"], id="n").until("03-06 09:00")
    assert out.refusals() == {"n": "second_completion_notice"} and len(out.findings("second_completion_notice")) == 1


def test_both_second_and_late_takes_the_second_notice_code():
    world = received().fact("completion.requested", "03-03 09:00", items=["图"], answer_by="2026-03-20")
    out = world.fact("completion.requested", "03-12 09:00", items=["表"], id="n").until("03-13 09:00")
    assert out.refusals() == {"n": "second_completion_notice"}


def test_if_the_applicant_lets_the_term_pass_the_case_closes_as_not_pursued():
    world = received(silence="approve").fact(
        "completion.requested", "03-03 09:00", items=["图"], answer_by="2026-03-10"
    )
    out = world.until("06-01 09:00")
    assert (
        out.status == "not_pursued"
        and out.outcome["kind"] == "not_pursued"
        and out.outcome["legal_at"] == instant("03-11")
    )
    assert out.breaches() == [] and out.certificates == [] and out.notices("not_pursued")


def stopped(*, profile=None, rule=PAUSE, committed=8, **more):
    world = a_case(committed, suspensions=rule, profile=profile, **more).accepted("04-27 09:00")
    return world.fact("completion.requested", "04-29 10:00", items=["图"], answer_by="2026-05-12", id="n")


def test_after_acceptance_it_stops_the_clock_where_the_item_lists_it():
    assert stopped().fact("completion.supplied", "05-07 10:00").until("05-08 09:00").due_on == "2026-05-14"
    refused = stopped(rule=[]).fact("completion.supplied", "05-07 10:00").until("05-08 09:00")
    assert refused.due_on == "2026-05-11" and refused.refusals() == {"n": "not_allowed_for_item"}


def test_while_it_stands_still_there_is_no_date():
    out = stopped().until("05-06 09:00")
    assert out.status == "suspended" and out.due_on is None


def test_after_acceptance_too_the_applicants_silence_ends_the_case():
    out = stopped(silence="approve").until("06-01 09:00")
    assert out.status == "not_pursued" and out.outcome["legal_at"] == instant("05-13") and out.breaches() == []


def test_resume_lets_the_clock_go_on_instead():
    out = stopped(profile={"suspension": {"after_term": "resume"}}).until("05-14 09:00")
    # asked 04-29, term 05-12: counted 28, 29; then 13, 14, 15, 18, 19, 20.
    assert out.status == "open" and out.due_on == "2026-05-20"


def test_partial_supply_does_not_restart_the_clock():
    world = stopped().fact("completion.supplied", "05-07 10:00", partial=True)
    assert world.until("05-08 09:00").status == "suspended"
    assert world.fact("completion.supplied", "05-08 10:00").until("05-09 09:00").due_on == "2026-05-15"


def test_a_notice_without_a_term_does_not_stop_the_clock_where_one_is_required():
    world = (
        a_case(8, suspensions=PAUSE)
        .accepted("04-27 09:00")
        .fact("completion.requested", "04-29 10:00", items=["图"], id="n")
    )
    out = world.until("05-08 09:00")
    assert out.refusals() == {"n": "completion_notice_without_term"} and out.due_on == "2026-05-11"
    loose = a_case(8, suspensions=PAUSE, profile={"suspension": {"requires_term": False}}).accepted("04-27 09:00")
    assert loose.fact("completion.requested", "04-29 10:00", items=["图"]).until("05-08 09:00").status == "suspended"


def test_a_second_notice_after_acceptance_is_refused_and_found():
    world = stopped().fact("completion.supplied", "04-30 10:00")
    out = world.fact("completion.requested", "04-30 15:00", items=["表"], answer_by="2026-05-12", id="m").until(
        "05-08 09:00"
    )
    assert out.refusals() == {"m": "second_completion_notice"} and out.findings("second_completion_notice")


def test_max_two_allows_a_second():
    rule = [{"reason": "completion", "kind": "pause", "max": 2}]
    world = stopped(rule=rule).fact("completion.supplied", "04-30 10:00")
    out = world.fact("completion.requested", "04-30 15:00", items=["表"], answer_by="2026-05-12").until("05-08 09:00")
    assert out.refusals() == {} and out.status == "suspended"


def test_after_the_window_counted_from_acceptance_a_notice_is_too_late():
    world = a_case(20, suspensions=PAUSE).accepted("03-02 09:00")
    out = world.fact("completion.requested", "03-12 10:00", items=["图"], answer_by="2026-03-20", id="n").until(
        "03-13 09:00"
    )
    assert out.refusals() == {"n": "completion_notice_too_late"}


def test_supply_that_answers_no_notice_waits():
    out = (
        a_case(8, suspensions=PAUSE)
        .accepted("04-27 09:00")
        .fact("completion.supplied", "04-28 09:00", id="s")
        .until("04-29 09:00")
    )
    assert out.parked == {"s"}


def test_a_receipt_on_a_day_off():
    for rule, due_on in (("count_from_next", "2026-03-20"), ("deemed_received_next", "2026-03-23")):
        out = a_case(5, profile={"non_working_receipt": rule}).accepted("03-14 09:00").until("03-16 09:00")
        assert out.due_on == due_on


def test_a_date_alone_counts_from_that_day_and_shows_its_end_at_once():
    out = a_case(5).accepted("03-02", recorded="03-02 10:00").until("03-02 12:00")
    assert out.due_on == "2026-03-09"


def test_deficits_are_the_agencys_time_unless_the_item_says_otherwise():
    def world(**more):
        return a_case(8, **more).accepted("04-27 09:00", deficits=["图"], supply_by="2026-04-29")

    assert world().fact("completion.supplied", "05-07 10:00").until("05-08 09:00").due_on == "2026-05-11"
    own = world(deficits_pause=True)
    assert own.until("05-06 09:00").status == "suspended"
    assert own.fact("completion.supplied", "05-07 10:00").until("05-08 09:00").due_on == "2026-05-14"
    early = world(deficits_pause=True).fact("completion.supplied", "04-28 10:00")
    assert early.until("05-08 09:00").due_on == "2026-05-11"


def test_until_date_ends_with_the_attribute_and_is_never_rolled():
    limit = {"unit": "until_date", "attribute": "valid_to"}
    world = World(item(limit, attributes={"valid_to": "date"})).accepted("03-02 09:00")
    assert world.until("03-02 10:00").case["clocks"] == {}
    out = world.fact("attributes.recorded", "03-02 11:00", valid_to="2026-03-08").until("03-09 09:00")
    assert out.due_on == "2026-03-08" and out.broken() == {"committed": instant("03-09")}


def test_until_date_may_hold_an_instant():
    limit = {"unit": "until_date", "attribute": "valid_to"}
    world = World(item(limit, attributes={"valid_to": "date"})).accepted("03-02 09:00")
    out = world.fact("attributes.recorded", "03-02 09:00", valid_to="2026-03-06T12:00:00+08:00").until("03-09 09:00")
    assert out.clock()["expires_at"] == "2026-03-06T12:00:00+08:00" and len(out.clock()["history"]) == 1


def test_until_date_with_a_value_of_the_wrong_type_has_no_date():
    limit = {"unit": "until_date", "attribute": "valid_to"}
    world = World(item(limit, attributes={"valid_to": "date"})).accepted("03-02 09:00")
    out = world.fact("attributes.recorded", "03-02 09:00", valid_to="next spring").until("03-09 09:00")
    assert out.case["clocks"] == {} and out.breaches() == []


def test_notification_and_undertaking_has_a_clock_for_verification():
    world = (
        World(item(5, undertaking=True, verification_limit=days(10)))
        .accepted()
        .fact("commitment.signed", "03-02 09:05")
    )
    out = world.served("03-03 10:00").until("03-04 09:00")
    assert out.clock("verification")["due_on"] == "2026-03-17"


def test_the_refusal_to_accept_that_ends_the_case_is_itself_not_refused():
    world = a_case(5).fact("application.handed_in", "03-02 09:00", item="P")
    out = world.fact("acceptance.declined", "03-04 09:00", reason="不属本机关职权").until("03-12 09:00")
    assert out.status == "declined"
    assert out.refusals() == {}


def test_an_acceptance_after_the_window_does_not_take_back_what_silence_on_completeness_made():
    world = a_case(5).fact("application.handed_in", "03-02 09:00", item="P").accepted("03-11 09:00")
    out = world.until("03-12 09:00")
    assert len(out.ledger("deemed_accepted")) == 1
    assert not out.ledger("deemed_acceptance_withdrawn")
    assert [h["reason"] for h in out.clock()["history"]] == ["deemed_accepted"]


def test_late_supply_that_is_the_applicants_time_counts_for_nobody():
    world = a_case(5, suspensions=[{"reason": "completion"}], deficits_pause=True)
    world.accepted("03-02 09:00", deficits=["规划图"], supply_by="2026-03-04").fact(
        "completion.supplied", "03-06 09:00"
    )
    out = world.until("03-15 09:00")
    assert out.due_on == "2026-03-11"
    assert [b["shares"] for b in out.breaches()] == [[{"person": "zhang", "working_days": 5}]]


def test_a_default_of_the_applicant_after_an_implied_consent_comes_after_the_end():
    out = a_case(5, silence="approve").accepted("03-02 09:00").fact("applicant.defaulted", "03-11 09:00", id="d")
    assert out.until("03-12 09:00").refusals() == {"d": "suspension_after_expiry"}


def test_a_notice_refused_for_its_own_reason_is_not_refused_again_because_the_case_has_ended():
    world = a_case(committed=9, suspensions=[{"reason": "completion"}])
    world.fact("application.received", "03-02 09:00", item="P", holder="zhang")
    world.fact("completion.requested", "03-03 09:00", items=["图"], answer_by="2026-03-30")
    world.fact("application.withdrawn", "03-04 09:00")
    world.fact("completion.requested", "03-05 09:00", items=["表"], answer_by="2026-03-30", id="second")
    out = world.fact("rating.submitted", "03-20 09:00", score=5).until("04-01 09:00")
    assert out.refusals() == {"second": "second_completion_notice"}
    assert len(out.ledger("fact_refused")) == 1
