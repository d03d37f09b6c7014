"""What is kept from step to step spares work and changes nothing: a case taken up from its facts and its record alone says the same."""

from __future__ import annotations

from datetime import datetime

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rehearsal.loading import load
from rules.facts import Fact
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report
from tests.rules.test_case_properties import CALENDARS, KINDS, OUTAGES, a_world
from tests.rules.worlds import WD, World, a_case, days

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


@given(FACTS, CALENDARS, OUTAGES, st.sampled_from(["approve", "refuse", "none", "next_step"]))
@settings(max_examples=120, deadline=None)
def test_a_case_taken_up_anew_at_every_step_says_the_same(facts, calendars, outages, effect):
    world = a_world(facts, calendars=calendars, outages=outages)
    world.spec["items"][0] |= {"steps": STEPS, "warnings": WARNINGS, "extension": {"max": days(5), "max_times": 1}}
    world.spec["items"][0]["silence"] |= {"effect": effect}
    world.spec["until"] = "2026-06-01T00:00:00+08:00"
    assert played(world, Rehearsal) == played(world, Forgetful)


def test_a_clock_that_starts_by_silence_warns_once_it_is_known_though_nothing_else_comes():
    world = a_case(committed=9, warnings=[{"before": {"amount": 1, "unit": WD}, "level": "warning"}])
    world.fact("application.received", "03-02 09:00", item="P", holder="zhang")
    assert [a["fired_at"][:10] for a in world.until("04-01 09:00").alerts("warning")] == ["2026-03-12"]
    assert played(world, Rehearsal) == played(world, Forgetful)
