"""From the confirmed finding to the closed file: notice, statement, competence, decision, review, execution (accountability.md 3)."""

import pytest

from tests.rules.proceedings import confirm, decided, late, of, one, refused, the
from tests.rules.worlds import a_case, days

# -- the statement window -----------------------------------------------------------------------------------------------


def test_confirmation_opens_it_and_is_the_notice():
    out = one().until("03-09 12:00")
    assert (the(out)["phase"], the(out)["statement_until"], the(out)["decided_level"]) == (
        "statement",
        "2026-03-16",
        None,
    )
    assert [n["to"] for n in out.notices("proceeding_opened")] == ["zhang"]


def test_no_decision_before_the_window_has_passed():
    out = decided(one(), "03-16 23:00").until("03-30 09:00")
    assert refused(out) == {"decision": "no_statement_window_yet"} and the(out)["decided_level"] is None


def test_the_window_has_passed_with_its_last_day():
    assert the(decided(one(), "03-17 00:00").until("03-30 09:00"))["decided_level"] == 2


@pytest.mark.parametrize("used", ["statement.filed", "hearing.held"])
def test_a_window_that_was_used_need_not_pass(used):
    world = one().fact(used, "03-10 09:00", person="zhang", text="陈述")
    assert the(decided(world, "03-10 15:00").until("03-30 09:00"))["decided_level"] == 2


def test_only_the_one_concerned_uses_the_window():
    world = one().fact("statement.filed", "03-10 09:00", person="zhang", text="代为陈述", actor="li", id="said")
    out = decided(world, "03-10 15:00").until("03-30 09:00")
    assert refused(out) == {"said": "not_competent", "decision": "no_statement_window_yet"}


def test_the_window_is_a_parameter():
    assert the(one(statement_window=days(3)).until("03-10 09:00"))["statement_until"] == "2026-03-12"


# -- who decides --------------------------------------------------------------------------------------------------------

HEAD, DEPUTY, OFFICER, INSPECTOR, OFFICE = "li", "wang", "liu", "sun", "office"


def levelled(actor, level, **more):
    return decided(one(), level=level, actor=actor, reason="理由", **more).until("04-01 09:00")


@pytest.mark.parametrize("actor", [HEAD, OFFICE, "county", None])
def test_the_head_or_what_is_above_decides_up_to_measure_4(actor):
    assert the(levelled(actor, 4))["decided_level"] == 4


@pytest.mark.parametrize("actor", [DEPUTY, OFFICER, INSPECTOR, "zhang"])
def test_nobody_else_does(actor):
    assert refused(levelled(actor, 2)) == {"decision": "not_competent"}


def test_the_heavier_ones_belong_to_the_authority_that_appoints():
    assert refused(levelled(HEAD, 5)) == {"decision": "not_competent"}
    assert the(levelled(OFFICE, 5))["decided_level"] == 5
    assert the(levelled("organisation-department", 5))["decided_level"] == 5


def test_a_named_authority_is_the_one():
    world = decided(one(appointing_authority="huo"), level=5, actor="huo", reason="理由")
    assert the(world.until("04-01 09:00"))["decided_level"] == 5
    stranger = decided(one(appointing_authority="huo"), level=5, actor="organisation-department", reason="理由")
    assert refused(stranger.until("04-01 09:00")) == {"decision": "not_competent"}


def test_competence_may_differ_by_staff_category():
    def with_category(category):
        world = one(competence={"contract": 7})
        world.spec["people"][0] |= {"staff_category": category}
        return decided(world, level=5, actor=HEAD, reason="理由").until("04-01 09:00")

    assert the(with_category("contract"))["decided_level"] == 5
    assert refused(with_category("civil_servant")) == {"decision": "not_competent"}


def test_dismissal_needs_its_legal_ground():
    assert refused(levelled(OFFICE, 7)) == {"decision": "legal_ground_missing"}
    world = one()
    decided(world, level=7, actor=OFFICE, reason="理由")
    world.spec["facts"][-1]["basis"] = "《公务员法》第八十八条"
    assert the(world.until("04-01 09:00"))["decided_level"] == 7


def test_another_measure_than_proposed_needs_a_written_reason():
    assert refused(decided(one(), level=1, reason=None).until("04-01 09:00")) == {"decision": "reason_missing"}
    assert the(decided(one(), level=2, reason=None).until("04-01 09:00"))["decided_level"] == 2
    assert the(decided(one(), level=1, reason="初次").until("04-01 09:00"))["decided_level"] == 1


def test_what_was_decided_is_not_decided_again():
    world = decided(one()).fact("measure.decided", "03-25 10:00", person="zhang", level=4, reason="加重", id="again")
    out = world.until("04-01 09:00")
    assert refused(out) == {"again": "already_decided"} and the(out)["decided_level"] == 2


# -- recusal ------------------------------------------------------------------------------------------------------------


def of_the_head(actor):
    """The head of the unit held the case himself."""
    world = confirm(a_case(2).accepted("03-02 09:00", holder=HEAD), "03-09 10:00")
    return world.fact("measure.decided", "03-20 10:00", person=HEAD, level=2, actor=actor, id="decision")


def test_who_is_concerned_does_not_decide_and_the_next_is_asked():
    assert refused(of_the_head(HEAD).until("04-01 09:00")) == {"decision": "not_competent"}
    assert the(of_the_head(DEPUTY).until("04-01 09:00"), HEAD)["decided_level"] == 2
    assert the(of_the_head(OFFICE).until("04-01 09:00"), HEAD)["decided_level"] == 2
    assert the(one().until("03-18 09:00"))["owner"] == HEAD
    assert the(of_the_head(None).until("03-18 09:00"), HEAD)["owner"] == DEPUTY


def test_whoever_had_a_share_in_the_case_is_concerned():
    world = a_case(4).accepted("03-02 09:00").fact("case.handed_over", "03-05 17:00", to=HEAD)
    out = decided(confirm(world, "03-10 10:00"), actor=HEAD).until("04-01 09:00")
    assert [s["person"] for s in out.out["breaches"][0]["shares"]] == ["zhang", HEAD]
    assert out.out["breaches"][0]["proposed_against"] == ["zhang"]
    assert refused(out) == {"decision": "not_competent"}


def test_whoever_had_a_share_does_not_confirm():
    world = a_case(4).accepted("03-02 09:00").fact("case.handed_over", "03-05 17:00", to=HEAD)
    out = confirm(world, "03-10 10:00", actor=HEAD, id="word").until("04-01 09:00")
    assert refused(out) == {"word": "not_competent"} and of(out) == []
    assert out.findings("limit_expired")[0]["status"] == "open"


def test_a_declared_recusal_passes_the_case_on():
    world = one().fact("recusal.declared", "03-10 09:00", person="zhang", recused=HEAD, reason="亲属关系")
    assert the(world.until("03-18 09:00"))["owner"] == DEPUTY
    assert refused(decided(world, actor=HEAD).until("04-01 09:00")) == {"decision": "not_competent"}


def test_a_stand_in_decides_where_the_head_may_not():
    world = one().fact("recusal.declared", "03-10 09:00", person="zhang", recused=HEAD, reason="亲属关系")
    next(p for p in world.spec["people"] if p["id"] == HEAD)["stand_in"] = "zhao"
    assert the(world.until("03-18 09:00"))["owner"] == "zhao"
    assert the(decided(world, actor="zhao").until("04-01 09:00"))["decided_level"] == 2


# -- service, review, execution, closing --------------------------------------------------------------------------------


def served(world=None):
    return decided(world or one()).fact("measure.served", "03-23 10:00", person="zhang")


def test_each_phase_follows_what_people_do():
    world = served()
    assert the(decided(one()).until("03-21 09:00"))["phase"] == "decided"
    assert the(world.until("03-24 09:00"))["phase"] == "served"
    world.fact("review.requested", "04-01 09:00", person="zhang", reason="不服")
    assert (the(world.until("04-02 09:00"))["phase"], the(world.until("04-02 09:00"))["owner"]) == ("review", OFFICE)
    world.fact("review.decided", "04-10 09:00", person="zhang", result="upheld", actor=OFFICE)
    assert the(world.until("04-11 09:00"))["phase"] == "effective"
    world.fact("measure.executed", "04-15 09:00", person="zhang")
    assert the(world.until("04-16 09:00"))["phase"] == "executed"
    world.fact("proceeding.closed", "04-17 09:00", person="zhang")
    assert the(world.until("04-18 09:00"))["phase"] == "closed"


def test_it_takes_effect_when_nobody_asked_for_a_review_in_time():
    assert the(served().until("04-22 23:00"))["phase"] == "served"
    assert the(served().until("04-23 00:00"))["phase"] == "effective"


def test_a_review_is_asked_for_within_its_term_from_the_service():
    asked = served().fact("review.requested", "04-22 23:00", person="zhang", id="asked")
    assert refused(asked.until("04-30 09:00")) == {}
    late_ = served().fact("review.requested", "04-23 00:00", person="zhang", id="asked")
    assert refused(late_.until("04-30 09:00")) == {"asked": "review_too_late"}
    shorter = served(one(review_request=days(10, "calendar_days")))
    shorter.fact("review.requested", "04-03 00:00", person="zhang", id="asked")
    assert refused(shorter.until("04-30 09:00")) == {"asked": "review_too_late"}


@pytest.mark.parametrize("actor", ["zhang", HEAD, "liu"])
def test_nobody_reviews_his_own_decision_or_case(actor):
    world = decided(one(), actor=HEAD).fact("review.requested", "03-25 09:00", person="zhang")
    world.fact("review.decided", "03-30 09:00", person="zhang", result="reversed", actor=actor, id="review")
    assert refused(world.until("04-01 09:00")) == {"review": "not_competent"}


def test_the_default_decider_does_not_review_himself_either():
    world = decided(one()).fact("review.requested", "03-25 09:00", person="zhang")
    world.fact("review.decided", "03-30 09:00", person="zhang", result="upheld", actor=HEAD, id="review")
    assert refused(world.until("04-01 09:00")) == {"review": "not_competent"}


def test_a_review_stays_execution_only_where_the_rules_say_so():
    def executed(**rules):
        world = served(one(**rules)).fact("review.requested", "03-25 09:00", person="zhang")
        return world.fact("measure.executed", "03-26 09:00", person="zhang", id="done").until("04-01 09:00")

    assert refused(executed()) == {}
    assert refused(executed(review_stays=True)) == {"done": "execution_stayed"}


def test_nothing_is_served_executed_or_closed_before_its_turn():
    world = one().fact("measure.served", "03-18 09:00", person="zhang", id="served")
    world.fact("measure.executed", "03-18 09:00", person="zhang", id="executed")
    world.fact("proceeding.closed", "03-18 09:00", person="zhang", id="closed")
    world.fact("review.requested", "03-18 09:00", person="zhang", id="asked")
    assert refused(world.until("04-01 09:00")) == {
        "served": "not_decided_yet", "executed": "not_decided_yet", "closed": "not_executed_yet", "asked": "not_decided_yet"
    }  # fmt: skip


# -- referral -----------------------------------------------------------------------------------------------------------


def referred(at="03-10 09:00"):
    return one().fact("case.referred", at, to="纪委监委", why="涉嫌违纪", id="referral")


def test_a_referral_freezes_the_ladder():
    out = decided(referred()).until("04-01 09:00")
    assert refused(out) == {"decision": "proceeding_frozen"}
    assert (the(out)["phase"], the(out)["decided_level"]) == ("referred", None)
    assert out.findings("suspected_offence")


def test_nothing_decided_before_is_executed_after_it():
    world = decided(one()).fact("case.referred", "03-25 09:00", to="监委")
    world.fact("measure.executed", "03-26 09:00", person="zhang", id="done")
    assert refused(world.until("04-01 09:00")) == {"done": "proceeding_frozen"}


def test_a_matter_that_is_given_back_goes_on():
    world = referred().fact("referral.answered", "03-18 09:00", result="returned", receipt="退字1号")
    assert the(decided(world).until("04-01 09:00"))["decided_level"] == 2
    kept = referred().fact("referral.answered", "03-18 09:00", result="received", receipt="收字1号")
    assert refused(decided(kept).until("04-01 09:00")) == {"decision": "proceeding_frozen"}


# -- owners and their clocks --------------------------------------------------------------------------------------------


def causes(out, level):
    return [(a["cause"].rpartition(":")[2], a["to"]) for a in out.alerts(level) if a["cause"].startswith("proceeding:")]


def test_a_decider_who_does_not_decide_is_told_and_then_those_above():
    out = one().until("06-30 09:00")
    assert the(out)["phase_due_on"] == "2026-04-08"
    assert causes(out, "yellow") == [("proposed", [HEAD])]
    assert causes(out, "escalated") == [("proposed", ["chen"]), ("proposed", ["sun"]), ("proposed", ["office"])]


def test_whoever_is_concerned_is_never_on_that_chain():
    world = confirm(a_case(2).accepted("03-02 09:00", holder="chen"), "03-09 10:00")
    assert causes(world.until("06-30 09:00"), "escalated") == [("proposed", ["sun"]), ("proposed", ["office"])]


def test_the_phases_terms_are_parameters():
    assert the(one(phases={"proposed": days(3)}).until("03-18 09:00"))["phase_due_on"] == "2026-03-20"


def test_a_reviewer_has_a_clock_too():
    world = served().fact("review.requested", "03-25 09:00", person="zhang")
    assert causes(world.until("05-01 09:00"), "yellow") == [("review", ["office"])]
    quick = served(one(review_decision=days(5, "calendar_days"))).fact(
        "review.requested", "03-25 09:00", person="zhang"
    )
    assert the(quick.until("03-26 09:00"))["phase_due_on"] == "2026-03-30"


def test_an_alert_of_a_phase_is_acknowledged_and_closes_with_its_phase():
    world = one()
    cause = the(world.until("03-18 09:00"))["id"]
    world.fact("alert.acknowledged", "04-09 09:00", cause=f"proceeding:{cause}:proposed", level="yellow", actor=HEAD)
    out = decided(world, "04-10 09:00").until("06-01 09:00")
    assert out.alerts("yellow")[0]["acknowledged_at"] == "2026-04-09T09:00:00+08:00"
    assert [a for a in out.alerts("escalated") if a["cause"].endswith("proposed")] == []


# -- excuses and history ------------------------------------------------------------------------------------------------


def test_a_dismissed_finding_takes_its_proceeding_back():
    world = one().fact("finding.dismissed", "03-12 10:00", finding="limit_expired", reason="查无实据", id="word")
    out = decided(world).until("04-01 09:00")
    assert (the(out)["phase"], out.out["breaches"][0]["status"]) == ("closed", "withdrawn")
    assert refused(out) == {"decision": "proceeding_closed"}


def test_tolerance_is_a_coded_reason_and_the_rules_may_list_the_codes():
    def excused(code, **rules):
        world = one(**rules).fact("finding.dismissed", "03-12 10:00", finding="limit_expired", code=code, id="word")
        return world.until("04-01 09:00")

    assert excused("pilot_reform").out["breaches"][0]["status"] == "excused"
    listed = {"exemptions": ["pilot_reform"]}
    assert excused("pilot_reform", **listed).out["breaches"][0]["status"] == "excused"
    refused_ = excused("friendship", **listed)
    assert refused(refused_) == {"word": "unknown_exemption"} and refused_.out["breaches"][0]["status"] == "standing"


def test_what_was_broken_before_a_unit_answers_opens_nothing_and_counts_for_nothing():
    out = late("2026-03-03", "2026-05-06", accountable_from="2026-04-01").until("2026-06-01 09:00")
    assert [(p["count_in_window"], p["breach"][:16]) for p in of(out)] == [(1, "zhang1-2026-05-0")]


def test_where_two_people_are_concerned_a_word_says_whom_it_means():
    def told(**decision):
        world = a_case(10).accepted("03-02 09:00").fact("case.handed_over", "03-09 17:00", to="liu")
        confirm(world, "03-18 10:00").fact("statement.filed", "03-19 09:00", text="陈述", actor="zhang")
        return world.fact("measure.decided", "03-20 09:00", level=2, id="decision", **decision).until("04-10 09:00")

    unnamed = told()
    assert unnamed.parked == {"decision"} and refused(unnamed) == {}
    assert [the(unnamed, person)["decided_level"] for person in ("zhang", "liu")] == [None, None]
    named = told(person="zhang")
    assert [the(named, person)["decided_level"] for person in ("zhang", "liu")] == [2, None]


def test_a_matter_referred_before_it_was_confirmed_is_frozen_from_the_start():
    world = a_case(2).accepted("03-02 09:00").fact("case.referred", "03-06 09:00", to="监委")
    out = decided(confirm(world, "03-09 10:00")).until("04-01 09:00")
    assert (the(out)["phase"], refused(out)) == ("referred", {"decision": "proceeding_frozen"})


def test_proceedings_are_listed_by_their_legal_instant():
    world = late("2026-05-06")
    late("2026-03-03", world=world, holder="liu")
    assert [p["person"] for p in world.until("2026-06-01 09:00").out["proceedings"]] == ["liu", "zhang"]
