"""Rewarded reports (奖励举报): verified, rewarded by another, paid; each with its clock; nobody's business but the inspectors' (accountability.md 6)."""

from __future__ import annotations

import msgspec

from engine.rehearsal.loading import load
from rules.payloads import SEALED
from rules.rehearsal import Rehearsal
from tests.rules.proceedings import refused
from tests.rules.worlds import World, a_case

OWN = "report:TS-9"


def reported(**more) -> World:
    said = {"unit": "planning", "text": "收钱办证", "reporter": "赵某 13800000000", **more}
    return a_case().case(OWN).fact("report.filed", "03-05 10:00", id="TS-9", **said)


def verified(result="substantiated", actor="sun") -> World:
    return reported().fact("report.verified", "03-20 10:00", result=result, text="属实", actor=actor)


def rewarded(result="granted", actor="office", **more) -> World:
    said = {"amount": 500} if result == "granted" else {"reason": "线索已掌握"}
    return verified().fact("report.rewarded", "03-25 10:00", result=result, actor=actor, id="reward", **said, **more)


def standing(world: World, until: str) -> dict:
    world.until(until)
    loaded = load(msgspec.json.encode(world.spec))
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    (found,) = [one.data for one in played.streams[OWN].records.values() if one.kind == "voice"]
    return found


def cards(world: World, until: str, task: str) -> list[tuple[str, list[str], str]]:
    return [
        (a["level"], a["to"], a["scheduled_at"][:10]) for a in world.until(until).alerts(cause=f"report:{task}:TS-9")
    ]


def test_a_report_is_the_inspectors_with_a_day_and_never_the_units():
    found = standing(reported(), "03-06 09:00")
    assert (found["phase"], found["owner"], found["phase_until"][:10]) == ("reported", "sun", "2026-05-07")
    out = reported().until("06-30 09:00")
    asked = {person for alert in out.out["alerts"] for person in alert["to"]}
    assert asked == {"sun", "office"} and {f["unit"] for f in out.out["findings"]} == {""}


def test_who_reported_and_what_is_sealed_before_anything_else_sees_it():
    assert set(SEALED["report.filed"]) >= {"reporter", "text"}


def test_step_by_step_each_has_its_owner_and_its_clock():
    assert (found := standing(verified(), "03-21 09:00"))["owner"] == "office" and found["phase"] == "substantiated"
    assert found["phase_until"][:10] == "2026-04-14", "fifteen working days, with Qingming between"
    assert (found := standing(rewarded(), "03-26 09:00"))["phase"] == "rewarded" and found["amount"] == 500
    assert found["phase_until"][:10] == "2026-04-10"
    paid = rewarded().fact("report.paid", "03-30 10:00", text="凭证 12 号", actor="office")
    assert (found := standing(paid, "03-31 09:00"))["phase"] == "settled" and found["owner"] is None
    assert [level for level, _, _ in cards(paid, "12-31 09:00", "payment")] == ["yellow"]


def test_one_that_is_not_substantiated_or_not_rewarded_is_settled():
    assert standing(verified("unsubstantiated"), "03-21 09:00")["phase"] == "settled"
    assert standing(rewarded("refused"), "03-26 09:00")["phase"] == "settled"


def test_what_nobody_verifies_climbs_to_the_leading_group_office():
    ladder = cards(reported(), "06-30 09:00", "verification")
    assert [(level, to) for level, to, _ in ladder] == [("yellow", ["sun"]), ("escalated", ["office"])]
    assert reported().until("06-30 09:00").findings("alert_unanswered")[0]["person"] == "sun"


def test_whoever_verified_does_not_decide_the_reward_and_nobody_acts_about_himself():
    same = verified().fact("report.rewarded", "03-25 10:00", result="granted", amount=5, actor="sun", id="reward")
    assert refused(same.until("03-26 09:00")) == {"reward": "not_competent"}
    own = reported(against="sun").fact(
        "report.verified", "03-06 10:00", result="unsubstantiated", actor="sun", id="own"
    )
    assert refused(own.until("03-07 09:00")) == {"own": "not_competent"}
    assert standing(own, "03-07 09:00")["owner"] == "office", "not the inspector whom it is about"


def test_words_out_of_turn_or_incomplete_are_refused_with_their_reason():
    world = reported().fact("report.rewarded", "03-06 10:00", result="granted", amount=5, id="early")
    world.fact("report.paid", "03-06 11:00", id="unpaid").fact(
        "decision.made", "03-06 12:00", result="approved", id="no"
    )
    assert refused(world.until("03-07 09:00")) == {
        "early": "not_decided_yet", "unpaid": "not_decided_yet", "no": "not_allowed_for_item",
    }  # fmt: skip
    bare = verified().fact("report.rewarded", "03-25 10:00", result="granted", id="bare", actor="office")
    assert refused(bare.until("03-26 09:00")) == {"bare": "reason_missing"}
    twice = rewarded().fact("report.rewarded", "03-26 10:00", result="granted", amount=9, id="twice", actor="office")
    assert refused(twice.until("03-27 09:00")) == {"twice": "already_decided"}
    assert standing(twice, "03-27 09:00")["amount"] == 500
    nothing = a_case().case(OWN).fact("report.verified", "03-06 10:00", result="substantiated", id="lost")
    assert refused(nothing.until("03-07 09:00")) == {"lost": "unknown_case"}


def test_a_look_at_who_reported_is_on_record_and_changes_nothing():
    seen = rewarded().fact("reporter.revealed", "03-26 10:00", reason="发放奖金", actor="office")
    assert refused(seen.until("03-27 09:00")) == {}
    assert standing(seen, "03-27 09:00") == standing(rewarded(), "03-27 09:00")
