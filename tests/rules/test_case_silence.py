"""Silence (time-limits.md 6), sentence by sentence."""

from tests.rules.worlds import World, a_case, days, instant, item


def silent(**more):
    return a_case(5, silence="approve", **more).accepted("03-02 09:00")


def test_default_is_none():
    out = a_case(5).accepted("03-02 09:00").until("03-12 09:00")
    assert out.outcome["kind"] == "none" and out.status == "open"
    assert out.certificates == [] and out.open_holds == set()
    assert out.broken() == {"committed": instant("03-10")}


def test_the_effect_takes_place_at_expires_at_whenever_the_machine_gets_to_it():
    out = silent().outage("03-09 12:00", "03-12 09:00").until("03-13 09:00")
    assert out.outcome["legal_at"] == instant("03-10")
    assert out.outcome["recorded_at"] == "2026-03-12T09:10:00+08:00"


def test_a_fact_in_time_that_arrives_within_the_publication_delay_prevents_it():
    out = silent().served("03-09 16:00", recorded="03-10 00:09").until("03-12 09:00")
    assert out.outcome["kind"] == "approved" and out.certificates == [] and out.breaches() == []


def test_one_after_the_delay_sets_it_aside_by_a_new_entry():
    out = silent().served("03-09 16:00", recorded="03-10 00:11").until("03-12 09:00")
    assert out.outcome == {
        "kind": "approved", "legal_at": "2026-03-09T16:00:00+08:00", "recorded_at": "2026-03-10T00:11:00+08:00", "status": "in_force"
    }  # fmt: skip
    assert [c["status"] for c in out.certificates] == ["superseded"]
    assert [b["status"] for b in out.breaches()] == ["withdrawn"]
    assert len(out.notices("certificate_superseded", to="applicant")) == 1
    assert out.ledger("consent_implied") and out.ledger("outcome_superseded")
    assert out.findings("late_report") == []


def test_so_does_one_that_arrives_after_an_outage_before_intake_was_reachable_for_a_whole_delay():
    out = (
        silent().outage("03-09 12:00", "03-12 09:00").served("03-09 11:00", recorded="03-12 09:05").until("03-13 09:00")
    )
    assert out.outcome["kind"] == "approved" and out.certificates == []


def test_downtime_within_the_delay_restarts_the_wait():
    out = silent().outage("03-10 00:05", "03-10 02:00").until("03-12 09:00")
    assert out.outcome["recorded_at"] == "2026-03-10T02:10:00+08:00"


def test_each_source_has_its_own_delay():
    world = silent().with_(sources=[{"id": "hall", "publication_delay": "PT2H"}])
    assert world.until("03-12 09:00").outcome["recorded_at"] == "2026-03-10T02:00:00+08:00"


def test_the_delay_counts_from_the_recording_of_the_fact_that_moved_the_end_into_the_past():
    out = a_case(5, silence="approve").accepted("03-02 09:00", recorded="03-20 10:00").until("03-21 09:00")
    assert out.outcome["legal_at"] == instant("03-10")
    assert out.outcome["recorded_at"] == "2026-03-20T10:10:00+08:00"


def test_unmet_precondition_opens_a_hold_with_owner_and_alerts_the_same_day():
    rule = {"effect": "approve", "clock": "committed", "preconditions": [{"fact": "public_notice.published"}]}
    out = a_case(5, silence=rule).accepted("03-02 09:00").until("03-10 09:00")
    assert out.outcome["kind"] == "none" and out.holds["precondition_unmet"]["owner"] == "li"
    [alert] = [a for a in out.alerts() if a["cause"].startswith("hold:")]
    assert set(alert["to"]) == {"li", "sun"} and alert["fired_at"].startswith("2026-03-10")
    assert out.broken() == {"committed": instant("03-10")}
    assert out.notices("remedies", to="applicant")


def test_a_precondition_that_was_met_lets_the_effect_happen():
    rule = {"effect": "approve", "clock": "committed", "preconditions": [{"fact": "public_notice.published"}]}
    out = (
        a_case(5, silence=rule)
        .accepted("03-02 09:00")
        .fact("public_notice.published", "03-04 09:00")
        .until("03-11 09:00")
    )
    assert out.outcome["kind"] == "implied_consent"


def flipping(**attributes):
    rule = {
        "effect": "approve", "clock": "committed", "flips": [{"when": "attributes.third_party_interest == true", "effect": "none"}]
    }  # fmt: skip
    world = a_case(5, silence=rule, attributes={"third_party_interest": "boolean"}).accepted("03-02 09:00")
    return world.fact("attributes.recorded", "03-02 10:00", **attributes).until("03-11 09:00")


def test_a_flip_changes_the_effect():
    assert flipping(third_party_interest=True).outcome["kind"] == "none"
    assert flipping(third_party_interest=True).open_holds == set()
    assert flipping(third_party_interest=False).outcome["kind"] == "implied_consent"


def test_a_missing_or_wrongly_typed_attribute_is_never_false():
    for attributes in ({}, {"third_party_interest": "no"}, {"third_party_interest": 0}):
        out = flipping(**attributes)
        assert out.outcome["kind"] == "none" and out.open_holds == {"precondition_unmet"}


def by_table(rows, **attributes):
    rule = {"clock": "committed", "table": rows}
    world = a_case(5, silence=rule, attributes={"kind": ["new", "renewal", "gas"]}).accepted("03-02 09:00")
    return world.fact("attributes.recorded", "03-02 10:00", **attributes).until("03-11 09:00")


TABLE = [
    {"when": 'attributes.kind == "renewal"', "effect": "approve"},
    {"when": 'attributes.kind == "gas"', "effect": "refuse"},
    {"effect": "none"},
]


def test_a_decision_table_answers_by_its_row_and_by_default_otherwise():
    assert by_table(TABLE, kind="renewal").outcome["kind"] == "implied_consent"
    assert by_table(TABLE, kind="gas").outcome["kind"] == "implied_refusal"
    out = by_table(TABLE, kind="new")
    assert out.outcome["kind"] == "none" and out.open_holds == set()


def test_a_decision_table_holds_what_it_cannot_tell_never_the_default():
    for rows, attributes in (
        (TABLE, {}),
        (TABLE, {"kind": "old"}),
        (TABLE[:2], {"kind": "new"}),
        ([{"when": "kind?", "effect": "none"}, TABLE[0] | {"when": "x"}], {"kind": "new"}),
    ):
        out = by_table(rows, **attributes)
        assert out.outcome["kind"] == "none" and out.open_holds == {"precondition_unmet"}
        assert out.holds["precondition_unmet"]["owner"] == "li"


def test_an_unreadable_condition_is_a_hold():
    rule = {"effect": "approve", "clock": "committed", "exclusions": [{"when": "涉及国家安全", "basis": "第十条"}]}
    out = a_case(5, silence=rule).accepted("03-02 09:00").until("03-11 09:00")
    assert out.open_holds == {"precondition_unmet"} and out.outcome["kind"] == "none"


def test_an_exclusion_takes_the_effect_away():
    rule = {
        "effect": "approve",
        "clock": "committed",
        "exclusions": [{"when": "attributes.kind == 'gas'", "basis": "第十条"}],
    }
    world = a_case(5, silence=rule, attributes={"kind": ["gas", "water"]}).accepted("03-02 09:00")
    out = world.fact("attributes.recorded", "03-02 10:00", kind="gas").until("03-11 09:00")
    assert out.outcome["kind"] == "none" and out.open_holds == set() and out.broken()


def test_a_reason_claimed_before_expiry_opens_a_hold_at_once():
    out = silent().fact("reason.claimed", "03-05 10:00", code="force_majeure", basis="第九条").until("03-06 09:00")
    assert out.open_holds == {"reason_claimed"}
    assert out.holds["reason_claimed"]["opened_at"] == "2026-03-05T10:00:00+08:00"


def test_if_it_is_rejected_the_effect_stands_at_its_original_instant():
    world = silent().fact("reason.claimed", "03-05 10:00", code="x", basis="y").fact("reason.rejected", "03-20 10:00")
    before, after = world.until("03-19 09:00"), world.until("03-21 09:00")
    assert before.outcome["kind"] == "none" and before.open_holds == {"reason_claimed"}
    assert after.outcome["legal_at"] == instant("03-10") and after.outcome["kind"] == "implied_consent"
    assert after.holds["reason_claimed"]["closed_at"] == "2026-03-20T10:00:00+08:00"
    assert after.certificates[0]["due_by"] == "2026-03-10" and after.findings("certificate_late")


def test_a_reason_claimed_too_late_changes_nothing():
    out = silent().fact("reason.claimed", "03-10 10:00", code="x", basis="y", id="r").until("03-12 09:00")
    assert out.outcome["kind"] == "implied_consent" and out.refusals() == {"r": "case_closed"}


def test_a_data_error_of_the_agency_is_a_hold():
    out = silent().fact("agency_data.failed", "03-05 10:00", what="库").until("03-11 09:00")
    assert out.open_holds == {"agency_data_failed"} and out.outcome["kind"] == "none"


def test_a_hold_closed_with_effect_keeps_the_original_instant():
    world = silent().fact("agency_data.failed", "03-05 10:00")
    out = world.fact("hold.closed", "03-18 10:00", hold="agency_data_failed", result="effect", approver="sun").until(
        "03-19 09:00"
    )
    assert out.outcome["kind"] == "implied_consent" and out.outcome["legal_at"] == instant("03-10")
    assert out.open_holds == set()


def test_a_hold_closed_without_effect_leaves_the_case_open():
    world = silent().fact("agency_data.failed", "03-05 10:00")
    out = world.fact("hold.closed", "03-18 10:00", hold="agency_data_failed", result="no_effect", approver="sun").until(
        "04-19 09:00"
    )
    assert out.outcome["kind"] == "none" and out.status == "open" and out.open_holds == set() and out.broken()


def test_a_hold_not_cleared_is_found_and_climbs():
    out = silent().fact("agency_data.failed", "03-05 10:00").until("04-20 09:00")
    [found] = out.findings("hold_open")
    assert found["legal_at"] == instant("03-18")
    rungs = [(a["rung"], a["to"]) for a in out.alerts("escalated") if a["cause"] == "hold:agency_data_failed"]
    assert rungs == [(1, ["chen"]), (2, ["sun"]), (3, ["office"])]


def test_the_closing_of_an_unknown_hold_waits():
    out = silent().fact("hold.closed", "03-03 10:00", hold="engine_error", result="effect", id="h").until("03-05 09:00")
    assert out.parked == {"h"}


def test_silence_fires_once_and_always_with_a_breach():
    out = silent().until("06-01 09:00")
    assert len(out.ledger("consent_implied")) == 1 and out.broken() == {"committed": instant("03-10")}


def test_an_approval_after_the_effect_confirms_it():
    out = silent().served("03-11 10:00").until("03-12 09:00")
    assert out.outcome["status"] == "confirmed" and out.outcome["legal_at"] == instant("03-10") and out.refusals() == {}


def test_a_refusal_after_the_effect_is_refused_on_the_fact_that_completion_names():
    out = silent().served("03-11 10:00", "refused", id="s").until("03-12 09:00")
    assert out.refusals() == {"s": "refusal_after_implied_consent"} and out.outcome["status"] == "in_force"
    decided = silent(profile={"completion": "decided"}).served("03-11 10:00", "refused", id="s").until("03-12 09:00")
    assert decided.refusals() == {"made 03-11 10:00": "refusal_after_implied_consent"}


def test_only_formal_revocation_ends_the_consent():
    world = silent().fact("consent.revocation_opened", "03-20 10:00").fact("consent.revoked", "04-02 10:00")
    during, after = world.until("03-25 09:00"), world.until("04-03 09:00")
    assert during.outcome["status"] == "under_review" and during.certificates[0]["status"] == "under_review"
    assert after.outcome["status"] == "revoked" and after.certificates[0]["status"] == "revoked"
    assert len(after.certificates) == 1


def test_reopening_puts_the_certificate_under_review_and_never_deletes_it():
    world = silent().fact("case.reopened", "03-20 10:00")
    out = world.until("03-21 09:00")
    assert (
        out.certificates[0]["status"] == "under_review" and out.status == "open" and out.open_holds == {"under_review"}
    )
    assert out.notices("certificate_superseded", to="applicant")
    closed = world.fact("hold.closed", "03-25 10:00", hold="under_review", result="effect", approver="sun").until(
        "03-26 09:00"
    )
    assert closed.certificates[0]["status"] == "valid" and closed.outcome["status"] == "in_force"


def test_an_approval_after_reopening_confirms():
    out = silent().fact("case.reopened", "03-20 10:00").served("03-24 10:00").until("03-26 09:00")
    assert out.outcome["status"] == "confirmed" and out.status == "concluded" and out.open_holds == set()


def test_silence_does_not_fire_again_on_a_reopened_case():
    out = silent().served("03-05 10:00").fact("case.reopened", "03-06 10:00").until("06-01 09:00")
    assert out.outcome["kind"] == "none" and out.status == "open" and out.breaches() == []


def test_a_refusal_to_accept_without_a_reason_does_not_stop_the_clock():
    world = a_case(5, silence="approve").fact("application.handed_in", "03-02 09:00", item="P", holder="zhang")
    out = world.fact("acceptance.declined", "03-03 10:00").until("03-12 09:00")
    assert out.due_on == "2026-03-09" and out.outcome["kind"] == "implied_consent"
    assert out.findings("acceptance_declined_without_reason")


def test_declined_with_a_reason_there_is_no_clock():
    world = a_case(5, silence="approve").fact("application.handed_in", "03-02 09:00", item="P", holder="zhang")
    out = world.fact("acceptance.declined", "03-03 10:00", reason="不属于本机关职权").until("04-12 09:00")
    assert (
        out.case["clocks"] == {}
        and out.status == "declined"
        and out.outcome["kind"] == "declined"
        and out.breaches() == []
    )


def test_withdrawal_before_expiry_closes_the_case_even_if_it_arrives_just_after():
    out = silent().fact("application.withdrawn", "03-09 23:59", recorded="03-10 00:05").until("03-12 09:00")
    assert (
        out.status == "withdrawn"
        and out.outcome["kind"] == "withdrawn"
        and out.breaches() == []
        and out.certificates == []
    )


def test_withdrawal_at_the_instant_of_expiry_is_too_late():
    out = silent().fact("application.withdrawn", "03-10 00:00", id="w").until("03-12 09:00")
    assert out.outcome["kind"] == "implied_consent" and out.refusals() == {"w": "case_closed"}


def test_the_pre_mortem_is_shown_three_working_days_before_to_who_decides():
    [told] = a_case(10, silence="approve").accepted("03-02 09:00").until("03-14 09:00").notices("decision_reminder")
    assert told["to"] == "li" and told["at"].startswith("2026-03-11")


def test_harm_after_a_consent_is_a_finding():
    assert silent().fact("harm.reported", "05-12 10:00").until("05-13 09:00").findings("harm_after_consent")
    assert (
        not a_case(5)
        .accepted()
        .fact("harm.reported", "05-12 10:00")
        .until("05-13 09:00")
        .findings("harm_after_consent")
    )


def test_silence_may_refuse():
    out = a_case(5, silence="refuse").accepted("03-02 09:00").until("03-12 09:00")
    assert out.outcome["kind"] == "implied_refusal" and out.certificates == [] and out.broken()


def test_the_statutory_clock_may_carry_the_effect():
    out = a_case(3, 5, silence={"effect": "approve", "clock": "statutory"}).accepted("03-02 09:00").until("03-12 09:00")
    assert out.outcome["legal_at"] == instant("03-10")
    assert out.broken() == {"committed": instant("03-06"), "statutory": instant("03-10")}


def test_other_facts_may_count_as_an_opinion():
    rule = {"effect": "approve", "clock": "committed", "answered_by": ["decision", "office.answered"]}
    out = a_case(5, silence=rule).accepted().fact("office.answered", "03-05 09:00", office="fire").until("03-12 09:00")
    assert out.outcome["kind"] == "none" and out.open_holds == set() and out.broken()


def test_next_step_passes_the_case_on_and_decides_nothing():
    steps = [{"id": "survey", "holder": "zhang", "limit": days(2)}, {"id": "review", "holder": "liu", "limit": days(3)}]
    out = World(item(5, silence="next_step", steps=steps)).accepted("03-02 09:00").until("03-06 09:00")
    assert out.outcome["kind"] == "none" and out.status == "open"
    assert out.broken() == {"step:survey": instant("03-05")}
    late = World(item(5, silence="next_step", steps=steps)).accepted("03-02 09:00").until("03-12 09:00")
    shares = {s["person"]: s["working_days"] for s in late.breaches(clock="committed")[0]["shares"]}
    assert shares == {"zhang": 3, "liu": 2} and late.outcome["kind"] == "none"


def test_the_certificate_is_due_a_working_day_after_the_end():
    [one] = silent().until("03-12 09:00").certificates
    assert one["due_by"] == "2026-03-10" and one["for"] == "case" and one["status"] == "valid"
    assert one["issued_at"] == "2026-03-10T00:10:00+08:00"


def test_the_term_of_the_certificate_is_a_parameter():
    [one] = silent(profile={"certificate_within": days(3)}).until("03-12 09:00").certificates
    assert one["due_by"] == "2026-03-12"


def test_a_certificate_issued_late_is_a_finding():
    out = silent().outage("03-09 12:00", "03-13 09:00").until("03-14 09:00")
    assert [f["legal_at"] for f in out.findings("certificate_late")] == [instant("03-11")]
