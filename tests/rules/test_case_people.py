"""Steps, joint approval, custody, the alert ladder, findings and proceedings (time-limits.md 5; accountability.md 3, 4)."""

from tests.rules.worlds import a_case, days, instant

STEPS = [
    {"id": "survey", "holder": "zhang", "limit": days(2)},
    {"id": "review", "holder": "liu", "limit": days(4)},
    {"id": "issue", "holder": "zhao", "limit": days(2)},
]


def stepped(**more):
    return a_case(8, steps=STEPS, **more).accepted("06-15 09:00")


def step(out, id_):
    return next(s for s in out.case["steps"] if s["id"] == id_)


def test_milestones_are_fixed_at_acceptance():
    out = stepped().fact("step.completed", "06-18 10:00", step="survey").until("06-19 09:00")
    assert [step(out, s["id"])["due_on"] for s in STEPS] == ["2026-06-17", "2026-06-24", "2026-06-26"]


def test_relative_ends_are_counted_from_the_end_of_the_step_before():
    out = (
        stepped(profile={"step_deadlines": "relative"})
        .fact("step.completed", "06-18 10:00", step="survey")
        .until("06-19 09:00")
    )
    assert [step(out, s["id"])["due_on"] for s in STEPS] == ["2026-06-17", "2026-06-25", "2026-06-29"]


def test_a_late_step_is_a_breach_of_its_holder_and_not_of_the_case():
    out = stepped().until("06-18 09:00")
    assert out.broken() == {"step:survey": instant("06-18")}
    assert out.breaches()[0]["proposed_against"] == ["zhang"]
    [card] = out.alerts("yellow")
    assert card["to"] == ["zhang"] and card["scheduled_at"] == instant("06-18")


def test_a_suspension_moves_the_current_and_later_steps_only():
    world = (
        stepped()
        .fact("step.completed", "06-16 10:00", step="survey")
        .fact("clock.suspended", "06-17 10:00", reason="hearing")
    )
    out = world.fact("clock.resumed", "06-18 10:00", reason="hearing").until("06-19 09:00")
    assert [step(out, s["id"])["due_on"] for s in STEPS] == ["2026-06-17", "2026-06-25", "2026-06-29"]


def test_a_case_that_has_ended_has_no_step_left_to_be_late():
    out = stepped().served("06-16 10:00").until("07-10 09:00")
    assert out.breaches() == []


# -- joint approval -----------------------------------------------------------------------------------------------------


def joint(effect=None, **more):
    office = {"id": "fire", "limit": days(3)} | ({"silence": {"effect": effect}} if effect else {})
    world = a_case(10, offices=[office], **more).accepted("03-02 09:00")
    return world.fact("office.consulted", "03-03 09:00", office="fire")


def test_a_silent_office_consents_at_the_end_of_its_limit_and_the_case_stays_open():
    out = joint("consent_of_office").until("03-08 09:00")
    assert out.case["offices"] == [{"id": "fire", "due_on": "2026-03-06", "outcome": "implied_consent"}]
    assert out.status == "open" and out.outcome["kind"] == "none"
    [certificate] = out.certificates
    assert (certificate["for"], certificate["legal_at"], certificate["status"]) == (
        "office:fire",
        instant("03-07"),
        "valid",
    )
    [breach] = out.breaches()
    assert (breach["clock"], breach["unit"], breach["proposed_against"]) == ("office:fire", "fire", ["huo"])
    assert out.findings("office_silent") and out.ledger("office_consented")[0]["legal_at"] == instant("03-07")


def test_the_rule_of_the_item_holds_for_offices_without_their_own():
    out = joint(silence={"effect": "consent_of_office", "clock": "committed"}).until("03-20 09:00")
    assert (
        out.case["offices"][0]["outcome"] == "implied_consent"
        and out.outcome["kind"] == "none"
        and "committed" in out.broken()
    )


def test_without_it_silence_is_a_breach_only_and_the_lead_office_is_told():
    out = joint().until("03-08 09:00")
    assert (
        out.case["offices"][0]["outcome"] == "open" and out.certificates == [] and set(out.broken()) == {"office:fire"}
    )
    assert [n["to"] for n in out.notices("lead_office_told")] == ["zhang"]


def test_an_absent_office_is_taken_as_consenting():
    out = joint("consent_of_office").fact("office.absent", "03-05 09:00", office="fire").until("03-08 09:00")
    assert (
        out.case["offices"][0]["outcome"] == "implied_consent"
        and set(out.broken()) == {"office:fire"}
        and out.certificates
    )


def test_an_answer_in_time_is_an_answer():
    out = (
        joint("consent_of_office")
        .fact("office.answered", "03-06 17:00", office="fire", opinion="同意")
        .until("03-12 09:00")
    )
    assert out.case["offices"][0]["outcome"] == "answered" and out.breaches() == [] and out.certificates == []


def test_an_answer_in_time_that_arrives_late_sets_the_consent_aside():
    world = joint("consent_of_office").fact(
        "office.answered", "03-06 17:00", office="fire", opinion="不同意", recorded="03-07 09:00"
    )
    out = world.until("03-08 09:00")
    assert (
        out.case["offices"][0]["outcome"] == "answered"
        and out.certificates[0]["status"] == "superseded"
        and out.broken() == {}
    )


def test_a_limit_named_in_the_consultation_counts():
    world = a_case(10).accepted("03-02 09:00").fact("office.consulted", "03-03 09:00", office="fire", limit=days(2))
    assert world.until("03-08 09:00").case["offices"][0]["due_on"] == "2026-03-05"


def test_a_decision_without_an_office_misses_joint_approval():
    assert joint().served("03-05 10:00").until("03-06 09:00").findings("joint_approval_missing")
    answered = joint().fact("office.answered", "03-04 09:00", office="fire").served("03-05 10:00")
    assert answered.until("03-06 09:00").findings("joint_approval_missing") == []
    silent = joint("consent_of_office").served("03-09 10:00").until("03-10 09:00")
    assert silent.findings("joint_approval_missing") == []


def test_a_late_joint_office_speaks_for_the_officer():
    out = joint().until("03-20 09:00")
    assert "joint_office_late" in out.breaches(clock="committed")[0]["mitigating"]


# -- custody ------------------------------------------------------------------------------------------------------------


def test_the_day_of_a_hand_over_counts_for_the_one_who_hands_over():
    out = a_case(10).accepted("08-03 09:00").fact("case.handed_over", "08-12 17:00", to="liu").until("08-19 09:00")
    assert out.breaches()[0]["shares"] == [{"person": "zhang", "working_days": 7}, {"person": "liu", "working_days": 3}]


def test_a_leavers_case_is_held_by_the_superior():
    world = a_case(5).accepted("03-02 09:00")
    world.spec["people"][0] |= {"to": "2026-03-04"}
    out = world.until("03-12 09:00")
    assert {s["person"]: s["working_days"] for s in out.breaches()[0]["shares"]} == {"zhang": 2, "wang": 3}
    assert out.alerts("red")[0]["to"] == ["wang"]


def test_a_holder_may_be_a_post():
    world = a_case(5, holder="post:section_head").accepted("03-02 09:00", holder=None)
    world.spec["people"].append({"id": "ke", "unit": "planning", "post": "section_head", "from": "2010-01-01"})
    assert world.until("03-12 09:00").alerts("red")[0]["to"] == ["ke"]


def test_a_hand_over_just_before_the_end_is_an_indication():
    out = a_case(5).accepted("03-02 09:00").fact("case.handed_over", "03-09 15:00", to="liu").until("03-12 09:00")
    assert out.findings("transfer_before_expiry")[0]["indication"] is True
    assert "transferred_before_expiry" in out.breaches()[0]["mitigating"]


# -- alerts -------------------------------------------------------------------------------------------------------------

WARNED = [{"before": days(2), "level": "warning"}, {"before": days(1), "level": "yellow"}]


def broken(**more):
    return a_case(5, **more).accepted("03-02 09:00")


def test_a_warning_falls_on_the_working_day_that_lies_before_ahead():
    out = broken(warnings=WARNED).until("03-12 09:00")
    assert [(a["level"], a["scheduled_at"][:10], a["to"]) for a in out.alerts()[:2]] == [
        ("warning", "2026-03-05", ["zhang"]), ("yellow", "2026-03-06", ["zhang"])
    ]  # fmt: skip
    assert [a["fired_at"] for a in out.alerts()[:2]] == [a["scheduled_at"] for a in out.alerts()[:2]]


def test_a_case_decided_before_is_not_warned():
    assert broken(warnings=WARNED).served("03-04 10:00").until("03-12 09:00").alerts() == []


def test_a_red_card_goes_to_the_holder_and_the_section_head():
    world = broken()
    world.spec["people"].append({"id": "ke", "unit": "planning", "post": "section_head", "from": "2010-01-01"})
    [red] = world.until("03-12 09:00").alerts("red")
    assert (
        red["to"] == ["zhang", "ke"]
        and red["scheduled_at"] == instant("03-10")
        and red["fired_at"] == "2026-03-10T00:10:00+08:00"
    )


def test_unanswered_it_is_found_told_to_the_inspectors_and_climbs():
    out = broken().until("03-18 09:00")
    [found] = out.findings("alert_unanswered")
    assert found["legal_at"] == instant("03-18")
    assert [a["to"] for a in out.alerts("red", cause="alert_unanswered:limit:committed")] == [["sun"]]
    assert [(a["rung"], a["to"], a["scheduled_at"]) for a in out.alerts("escalated")] == [
        (1, ["wang"], instant("03-18"))
    ]


def test_it_climbs_to_the_leading_group_office_each_rung_once():
    out = broken().until("06-01 09:00")
    assert [a["to"] for a in out.alerts("escalated")] == [["wang"], ["li"], ["chen"], ["sun"], ["office"]]
    assert len(out.findings("alert_unanswered")) == 1


def test_acknowledging_is_not_answering():
    out = broken().fact("alert.acknowledged", "03-11 09:00", level="red", actor="zhang").until("03-19 09:00")
    assert out.alerts("red")[0]["acknowledged_at"] == "2026-03-11T09:00:00+08:00" and out.findings("alert_unanswered")
