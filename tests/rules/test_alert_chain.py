"""Alerts have an owner at every moment, climb until somebody answers, and close by their cause or by somebody entitled (accountability.md 4)."""

import pytest

from tests.rules.proceedings import confirm, refused
from tests.rules.worlds import a_case, days, instant


def red(**rules):
    """Broken on Tuesday 10 March, fired ten minutes later, to be answered by 17 March."""
    world = a_case(5).accepted("03-02 09:00")
    return world.with_(accountability=rules) if rules else world


def rungs(out):
    return [(a["rung"], a["to"]) for a in out.alerts("escalated", cause="limit:committed")]


def leaves(world, person, on):
    next(p for p in world.spec["people"] if p["id"] == person)["to"] = f"2026-{on}"
    return world


# -- who is asked -------------------------------------------------------------------------------------------------------


def test_the_clocks_of_the_ladder_are_parameters():
    assert [a["scheduled_at"] for a in red().until("03-18 09:00").alerts("escalated")] == [instant("03-18")]
    quick = red(ladder={"answer_within": days(2)}).until("03-18 09:00")
    assert quick.alerts("escalated")[0]["scheduled_at"] == instant("03-13")
    seen = red(ladder={"answer_within": None, "acknowledge_within": days(1)})
    assert seen.until("03-18 09:00").alerts("escalated")[0]["scheduled_at"] == instant("03-12")
    seen.fact("alert.acknowledged", "03-11 09:00", level="red", actor="zhang")
    assert seen.until("03-18 09:00").alerts("escalated") == []


def test_whoever_was_asked_first_is_not_asked_again_as_the_next_superior():
    world = red().until("06-01 09:00")
    assert rungs(world) == [(1, ["wang"]), (2, ["li"]), (3, ["chen"]), (4, ["sun"]), (5, ["office"])]
    gone = leaves(red(), "zhang", "03-03").until("06-01 09:00")
    assert gone.alerts("red", cause="limit:committed")[0]["to"] == ["wang"]
    assert rungs(gone) == [(1, ["li"]), (2, ["chen"]), (3, ["sun"]), (4, ["office"])]


def test_a_superior_who_leaves_between_two_rungs_makes_nobody_skip_his_turn():
    assert rungs(leaves(red(), "wang", "03-20").until("06-01 09:00"))[:3] == [(1, ["wang"]), (2, ["li"]), (3, ["chen"])]


def test_a_vacant_post_is_passed_over_and_that_is_on_record():
    out = leaves(red(), "wang", "03-03").until("04-01 09:00")
    assert rungs(out)[0] == (1, ["li"])
    assert out.ledger("alert_escalated")[0]["data"]["skipped"] == ["deputy_in_charge"]
    assert leaves(red(), "zhang", "03-03").until("03-12 09:00").ledger("red_card")[0]["data"]["skipped"] == [
        "zhang",
        "section_head",
    ]


def test_where_nobody_is_in_any_post_the_last_address_is_asked():
    world = red().with_(people=[], inspectors=[], units=[{"id": "planning"}], leading_group_office=None)
    out = world.until("03-12 09:00")
    assert out.alerts("red")[0]["to"] == ["leading_group_office"]


# -- words to an alert --------------------------------------------------------------------------------------------------


def test_an_answer_in_time_ends_it_and_each_rung_is_answered_by_its_own_addressee():
    answered = red().fact("alert.answered", "03-17 23:00", level="red", text="已办", actor="zhang")
    assert rungs(answered.until("06-01 09:00")) == []
    late = red().fact("alert.answered", "03-19 09:00", level="red", text="已办", actor="zhang")
    out = late.until("04-01 09:00")
    assert rungs(out) == [(1, ["wang"]), (2, ["li"])] and len(out.findings("alert_unanswered")) == 1
    late.fact("alert.answered", "03-20 09:00", level="escalated", text="已督办", actor="wang")
    assert rungs(late.until("06-01 09:00")) == [(1, ["wang"])]


@pytest.mark.parametrize(
    ("actor", "may"), [("sun", True), ("office", True), ("wang", True), ("zhang", False), ("liu", False)]
)
def test_an_alert_is_closed_by_somebody_entitled_with_a_reason(actor, may):
    out = (
        red()
        .fact("alert.closed", "03-12 09:00", level="red", reason="已另行处理", actor=actor, id="word")
        .until("06-01 09:00")
    )
    assert bool(rungs(out)) is not may
    assert refused(out) == ({} if may else {"word": "not_competent"})
    assert bool(out.ledger("alert_closed")) is may


def test_an_alert_closes_with_its_cause():
    for how, more in (("dismissed", {}), ("excused", {"code": "pilot_reform"})):
        world = red().fact("finding.dismissed", "03-12 09:00", finding="limit_expired", reason=how, **more)
        out = world.until("06-01 09:00")
        assert rungs(out) == [] and out.findings("alert_unanswered") == []
        assert [line["data"]["closed_at"] for line in out.ledger("alert_closed")] == ["2026-03-12T09:00:00+08:00"]


def test_finishing_the_case_late_closes_no_red_card():
    assert rungs(red().served("03-12 10:00").until("03-20 09:00")) == [(1, ["wang"])]


def test_a_breach_that_never_was_takes_its_cards_along():
    world = red().fact("clock.suspended", "03-03 10:00", recorded="03-12 10:00", reason="hearing", id="stop")
    world.spec["items"][0]["suspensions"] = [{"reason": "hearing"}]
    out = world.until("04-01 09:00")
    assert out.broken() == {} and out.ledger("alert_closed") and rungs(out) == []


# -- outages ------------------------------------------------------------------------------------------------------------


def test_missed_rungs_come_in_order_after_an_outage_and_each_once():
    world = red().outage("03-09 18:00", "04-20 09:00")
    out = world.until("07-01 09:00")
    assert rungs(out) == [(1, ["wang"]), (2, ["li"]), (3, ["chen"]), (4, ["sun"]), (5, ["office"])]
    fired = [a["fired_at"] for a in out.alerts() if a["cause"] == "limit:committed"]
    assert fired == sorted(fired) and len(set(fired)) == len(fired)


# -- inquiries, proposals, referrals ------------------------------------------------------------------------------------


def asked(type_="inquiry.opened", **data):
    return a_case(9).accepted("03-02 09:00").fact(type_, "03-04 09:00", actor="sun", id="q", **data)


def climbed(out, cause):
    return [(a["level"], a["to"], a["scheduled_at"][:10]) for a in out.alerts() if a["cause"] == cause]


def test_an_inquiry_asks_the_units_head_and_climbs_when_it_is_not_answered():
    out = asked(finding="limit_expired").until("03-13 09:00")
    assert climbed(out, "inquiry:q") == [("escalated", ["chen"], "2026-03-12")]
    assert [n["to"] for n in out.notices("duty_due")] == ["li"]
    assert out.findings("alert_unanswered") and out.alerts("red", cause="alert_unanswered:inquiry:q")
    far = asked(finding="limit_expired").until("06-01 09:00")
    assert [to for level, to, _ in climbed(far, "inquiry:q") if level == "escalated"] == [
        ["chen"],
        ["sun"],
        ["office"],
    ]


def test_an_inquiry_answered_in_time_climbs_nowhere_and_a_late_answer_ends_the_climb():
    out = asked().fact("inquiry.answered", "03-11 23:00", text="情况说明").until("03-13 09:00")
    assert out.alerts() == [] and out.findings("alert_unanswered") == []
    late = asked().fact("inquiry.answered", "03-13 09:00", text="情况说明").until("06-01 09:00")
    assert [level for level, _, _ in climbed(late, "inquiry:q")] == ["escalated"]
    assert late.ledger("alert_closed")


def test_the_term_of_an_inquiry_is_named_or_a_parameter():
    assert climbed(asked(answer_by="2026-03-05").until("03-07 09:00"), "inquiry:q")[0][2] == "2026-03-06"
    rules = {"inquiry_answer": days(2)}
    assert climbed(asked().with_(accountability=rules).until("03-12 09:00"), "inquiry:q")[0][2] == "2026-03-07"


def test_each_answer_is_for_the_oldest_question():
    world = (
        asked().fact("inquiry.opened", "03-05 09:00", id="second").fact("inquiry.answered", "03-06 09:00", text="答")
    )
    out = world.until("03-20 09:00")
    assert [len(climbed(out, f"inquiry:{q}")) for q in ("q", "second")] == [0, 1]


def test_an_answer_that_names_its_unit_is_for_the_question_to_that_unit():
    world = asked().fact("inquiry.opened", "03-05 09:00", id="second", unit="fire")
    out = world.fact("inquiry.answered", "03-06 09:00", text="答", unit="fire").until("03-20 09:00")
    assert [bool(climbed(out, f"inquiry:{q}")) for q in ("q", "second")] == [True, False]


def test_the_answer_to_a_supervision_proposal_has_a_clock():
    out = asked("supervision.proposed", text="建议整改", unit="fire").until("04-10 09:00")
    assert climbed(out, "supervision:q") == [("escalated", ["sun"], "2026-04-04")]
    assert [n["to"] for n in out.notices("duty_due")] == ["huo"]
    done = asked("supervision.proposed", text="建议整改").fact("supervision.answered", "03-20 09:00", text="已整改")
    assert [level for level, _, _ in climbed(done.until("06-01 09:00"), "supervision:q")] == []
    shorter = asked("supervision.proposed").with_(accountability={"supervision_answer": days(2)}).until("03-12 09:00")
    assert climbed(shorter, "supervision:q")[0][2] == "2026-03-07"


def test_the_receipt_of_a_referral_is_tracked():
    def sent(**rules):
        world = a_case(9).with_(accountability=rules) if rules else a_case(9)
        return world.accepted("03-02 09:00").fact("case.referred", "03-04 09:00", to="监委", why="线索", id="r")

    assert climbed(sent().until("03-12 09:00"), "referral:r") == [("yellow", ["sun"], "2026-03-12")]
    assert climbed(sent(receipt_within=days(2)).until("03-12 09:00"), "referral:r")[0][2] == "2026-03-07"
    received = sent().fact("referral.answered", "03-10 09:00", result="received", receipt="收字1号")
    assert climbed(received.until("03-20 09:00"), "referral:r") == []


# -- what speaks for the officer ----------------------------------------------------------------------------------------


def mitigating(out, clock="committed"):
    [found] = out.breaches(clock=clock)
    return found["mitigating"]


WARNED = [{"before": days(1), "level": "warning"}]


def test_a_warning_that_came_late_by_the_system_speaks_for_the_officer():
    assert mitigating(a_case(5, warnings=WARNED).accepted("03-02 09:00").until("03-12 09:00")) == []
    world = a_case(5, warnings=WARNED).accepted("03-02 09:00").outage("03-06 08:00", "03-06 16:00")
    assert mitigating(world.until("03-12 09:00")) == ["warning_late_by_system"]


def test_a_late_warning_of_another_clock_does_not():
    world = a_case(5, 8, warnings=WARNED).accepted("03-02 09:00").outage("03-06 08:00", "03-06 16:00")
    out = world.until("03-20 09:00")
    assert mitigating(out) == ["warning_late_by_system"] and mitigating(out, "statutory") == []


def test_a_feed_that_was_down_while_the_clock_ran_does():
    world = a_case(5).accepted("03-02 09:00").outage("03-03 08:00", "03-05 09:00", what="hall")
    world.fact("step.completed", "03-03 10:00", step="x")
    assert mitigating(world.until("03-12 09:00")) == ["feed_down"]
    early = a_case(5).fact("step.completed", "03-01 10:00", step="x").accepted("03-02 09:00")  # waited for its case
    assert mitigating(early.until("03-12 09:00")) == []


def test_a_calendar_corrected_afterwards_does_though_the_breach_was_found_before():
    world = a_case(5).accepted("03-02 09:00")
    world.calendar("v2", "03-06 09:00", days=[{"on": "2026-03-07", "kind": "working"}])
    assert mitigating(world.until("03-12 09:00")) == ["calendar_corrected"]


def test_a_joint_office_speaks_for_him_only_if_it_was_late_within_his_limit():
    office = {"id": "fire", "limit": days(3)}

    def late(consulted):
        world = a_case(5, offices=[office]).accepted("03-02 09:00")
        return world.fact("office.consulted", consulted, office="fire").until("04-01 09:00")

    assert mitigating(late("03-03 09:00")) == ["joint_office_late"]
    assert mitigating(late("03-06 09:00")) == []


# -- shares -------------------------------------------------------------------------------------------------------------


def shares(out, clock="committed"):
    [found] = out.breaches(clock=clock)
    return {s["person"]: s["working_days"] for s in found["shares"]}, found["proposed_against"]


def handed(on, limit=10, **rules):
    world = a_case(limit).with_(accountability=rules).accepted("03-02 09:00")
    return world.fact("case.handed_over", f"{on} 17:00", to="liu").until("03-31 09:00")


def test_others_answer_from_the_threshold_on():
    assert shares(handed("03-09")) == ({"zhang": 5, "liu": 5}, ["zhang", "liu"])
    assert shares(handed("03-10")) == ({"zhang": 6, "liu": 4}, ["zhang"])
    assert shares(handed("03-10", share_threshold=40)) == ({"zhang": 6, "liu": 4}, ["zhang", "liu"])


def test_days_that_the_limit_did_not_count_are_nobodys():
    world = a_case(10, suspensions=[{"reason": "hearing"}]).accepted("03-02 09:00")
    world.fact("clock.suspended", "03-04 10:00", reason="hearing").fact(
        "clock.resumed", "03-06 10:00", reason="hearing"
    )
    assert sum(shares(world.until("03-31 09:00"))[0].values()) == 10


def test_a_receipt_on_a_day_off_and_a_day_zero_that_counts_are_counted_as_the_limit_counts_them():
    rolled = a_case(5, profile={"non_working_receipt": "deemed_received_next"}).accepted("03-07 09:00")
    assert sum(shares(rolled.until("03-31 09:00"))[0].values()) == 5
    included = a_case(5, profile={"day_zero": "included"}).accepted("03-02 09:00")
    assert sum(shares(included.until("03-31 09:00"))[0].values()) == 5


def test_the_share_of_a_step_is_the_steps_own_days():
    steps = [{"id": "survey", "holder": "zhang", "limit": days(2)}, {"id": "review", "holder": "liu", "limit": days(4)}]
    out = (
        a_case(9, steps=steps)
        .accepted("06-15 09:00")
        .fact("step.completed", "06-17 09:00", step="survey")
        .until("06-30 09:00")
    )
    assert shares(out, "step:review") == ({"liu": 4}, ["liu"])


def test_a_step_whose_holder_has_left_is_answered_for_by_the_superior():
    steps = [{"id": "survey", "holder": "zhang", "limit": days(4)}]
    out = leaves(a_case(9, steps=steps).accepted("03-02 09:00"), "zhang", "03-03").until("03-10 09:00")
    assert shares(out, "step:survey")[1] == ["wang"]


def test_supervision_is_flagged_on_every_breach_and_the_unit_always_answers():
    office = {"id": "fire", "limit": days(2)}
    out = confirm(a_case(5, 8, offices=[office]).accepted("03-02 09:00"), "03-11 09:00").until("03-31 09:00")
    assert all(b["supervision_flag"] for b in out.breaches())
    assert {b["clock"]: b["unit"] for b in out.breaches()} == {
        "committed": "planning", "statutory": "planning", "office:fire": "fire"
    }  # fmt: skip
