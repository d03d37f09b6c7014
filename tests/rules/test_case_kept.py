"""What is kept from step to step spares work and changes nothing: a case taken up from its facts and its record alone says the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rehearsal.loading import load
from rules.facts import Fact
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report
from tests.rules.test_case_properties import CALENDARS, KINDS, OUTAGES, a_world
from tests.rules.worlds import WD, World, a_case, days

pytestmark = pytest.mark.long

HANDLING = [
    ("step.completed", {"step": "look"}),
    ("step.completed", {"step": "sign"}),
    ("step.started", {"step": "sign", "holder": "liu"}),
    ("fact.corrected", {"fact": "f0", "changes": {"actor": "liu"}, "reason": "x", "approver": "sun"}),
    ("fact.retracted", {"fact": "f1", "reason": "x", "approver": "sun"}),
    ("result.available", {}),
    ("alert.acknowledged", {"level": "red"}),
    ("finding.confirmed", {"finding": "step_overdue:look", "grade": "minor"}),
    ("statement.filed", {"text": "x"}),
    ("application.received", {}),
    ("completion.requested", {"items": ["图"]}),
    ("consent.revocation_opened", {}),
    ("office.consulted", {"office": "fire", "limit": days(1)}),
]
FACTS = st.lists(
    st.tuples(st.sampled_from(KINDS + HANDLING), st.integers(-20, 700), st.integers(0, 400)), min_size=2, max_size=14
)
STEPS = [{"id": "look", "limit": days(2)}, {"id": "sign", "limit": days(2), "holder": "post:first_responsible"}]
WARNINGS = [{"before": days(1), "level": "warning"}, {"before": days(2), "level": "yellow"}]


class Forgetful(Rehearsal):
    """Keeps of a stream no more than its snapshot does."""

    def _step(self, name: str, new: list[Fact], at: datetime) -> None:
        if name in self.streams:
            self.streams[name] = msgspec.structs.replace(self.streams[name], derived=None)
        super()._step(name, new, at)


def played(world: World, how: type[Rehearsal]) -> bytes:
    loaded = load(msgspec.json.encode(world.spec))
    rehearsal = how(loaded.world, loaded.until, loaded.outages)
    rehearsal.play(loaded.facts)
    return msgspec.json.encode(report(rehearsal, loaded.questions))


RULES = {"unit": "planning", "version": 2, "ladder": {"answer_within": days(1), "acknowledge_within": days(1)}}
CHANGES = st.tuples(st.sampled_from(["03-04", "03-11", "03-20"]), st.sampled_from(["li", "wang", "zhang", "sun"]))


@given(FACTS, CALENDARS, OUTAGES, st.sampled_from(["approve", "refuse", "none", "next_step"]), st.none() | CHANGES)
@settings(max_examples=120, deadline=None)
def test_a_case_taken_up_anew_at_every_step_says_the_same(facts, calendars, outages, effect, change):
    world = a_world(facts, calendars=calendars, outages=outages)
    world.spec["items"][0] |= {"steps": STEPS, "warnings": WARNINGS, "extension": {"max": days(5), "max_times": 1}}
    world.spec["items"][0]["silence"] |= {"effect": effect}
    if change is not None:
        on, leaver = change
        world.spec["accountability"] = [{"version": 1}, RULES | {"effective_from": f"2026-{on}"}]
        next(p for p in world.spec["people"] if p["id"] == leaver)["to"] = f"2026-{on}"
    world.spec["until"] = "2026-06-01T00:00:00+08:00"
    assert played(world, Rehearsal) == played(world, Forgetful)


def test_a_clock_that_starts_by_silence_warns_once_it_is_known_though_nothing_else_comes():
    world = a_case(committed=9, warnings=[{"before": {"amount": 1, "unit": WD}, "level": "warning"}])
    world.fact("application.received", "03-02 09:00", item="P", holder="zhang")
    assert [a["fired_at"][:10] for a in world.until("04-01 09:00").alerts("warning")] == ["2026-03-12"]
    assert played(world, Rehearsal) == played(world, Forgetful)


def test_whoever_has_to_answer_a_card_gets_the_time_that_holds_on_the_day_though_nothing_else_comes():
    world = a_case(committed=5, statutory=9, warnings=[{"before": {"amount": 1, "unit": WD}, "level": "warning"}])
    shorter = {"unit": "planning", "version": 2, "effective_from": "2026-03-12", "ladder": {"answer_within": days(1)}}
    world.with_(accountability=[{"version": 1}, shorter])
    world.accepted("03-02 09:00")
    assert [a["fired_at"][:16] for a in world.until("04-01 09:00").alerts("escalated")][:1] == ["2026-03-12T08:30"]
    assert played(world, Rehearsal) == played(world, Forgetful)


WORDS = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sampled_from([
            ("finding.confirmed", {"finding": "limit_expired", "grade": "ordinary"}, "sun"),
            ("finding.confirmed", {"finding": "step_overdue:look", "grade": "minor"}, "sun"),
            ("finding.dismissed", {"finding": "limit_expired"}, "sun"),
            ("statement.filed", {"text": "x"}, None),
            ("measure.decided", {"level": 2, "reason": "x"}, "li"),
            ("measure.decided", {"level": 3}, None),
            ("measure.served", {}, None),
            ("review.requested", {}, None),
            ("review.decided", {"result": "reversed"}, None),
            ("review.decided", {"result": "upheld"}, None),
            ("measure.executed", {}, None),
            ("case.referred", {"to": "纪委"}, None),
            ("referral.answered", {"result": "returned"}, None),
            ("alert.acknowledged", {}, None),
        ]),
        st.integers(200, 3000),
        st.sampled_from([0, 0, 0, 30, 400]),
    ),
    min_size=4,
    max_size=30,
)  # fmt: skip


@given(WORDS, st.integers(2, 4), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_docket_taken_up_anew_at_every_step_says_the_same(words, threshold, leaves):
    world = a_case(committed=5, statutory=8, steps=STEPS)
    world.spec["accountability"] = {"unit_threshold": threshold}
    if leaves:
        next(p for p in world.spec["people"] if p["id"] == "li")["to"] = "2026-04-20"
    for case in range(7):
        world.case(f"c{case}").accepted(f"03-0{2 + case % 3} 09:0{case}", holder=("zhang", "liu")[case % 3 == 2])
    for place, (case, (type_, data, actor), hours, late) in enumerate(words):
        at = datetime(2026, 3, 2, 9) + timedelta(hours=hours)
        recorded = at + timedelta(hours=late)
        world.case(f"c{case}").fact(
            type_, f"{at:%Y-%m-%d %H:%M}", recorded=f"{recorded:%Y-%m-%d %H:%M}", actor=actor, id=f"w{place}", **data
        )
    world.spec["until"] = "2026-09-30T00:00:00+08:00"
    assert played(world, Rehearsal) == played(world, Forgetful)


def test_who_has_left_his_post_owns_no_proceeding_though_only_another_one_moves():
    world = a_case(committed=5)
    next(p for p in world.spec["people"] if p["id"] == "li")["to"] = "2026-03-20"
    for case in ("a", "b"):
        world.case(case).accepted("03-02 09:00")
        world.fact("finding.confirmed", "03-12 09:00", actor="sun", finding="limit_expired", id=f"found {case}")
    world.case("b").fact("hearing.held", "03-21 09:00", text="x")
    world.spec["until"] = "2026-03-22T00:00:00+08:00"
    assert played(world, Rehearsal) == played(world, Forgetful)
    loaded = load(msgspec.json.encode(world.spec))
    rehearsal = Rehearsal(loaded.world, loaded.until)
    rehearsal.play(loaded.facts)
    owners = {r.data["owner"] for r in rehearsal.streams["docket:zhang"].records.values() if r.kind == "proceeding"}
    assert owners == {"wang"}
