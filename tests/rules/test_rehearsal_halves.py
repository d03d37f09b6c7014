"""A rehearsal played in two processes prints, byte for byte, what it prints in one."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rehearsal import halves
from engine.rehearsal.loading import load
from tests.rules.worlds import World, days, item

pytestmark = pytest.mark.long

LIFE = [
    ("step.completed", {"step": "look"}),
    ("decision.served", {"result": "approved"}),
    ("clock.suspended", {"reason": "hearing"}),
    ("clock.resumed", {"reason": "hearing"}),
    ("case.handed_over", {"to": "liu"}),
    ("application.withdrawn", {}),
    ("office.answered", {"office": "fire"}),
    ("completion.supplied", {}),
    ("finding.confirmed", {"finding": "limit_expired", "grade": "ordinary"}),
    ("statement.filed", {"text": "x"}),
    ("alert.answered", {"level": "red"}),
]
LIVES = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from(LIFE), st.integers(0, 900), st.sampled_from([0, 0, 0, 2, 90])),
    min_size=5,
    max_size=40,
)


def a_county(lives, *, repeated: int = 0, unknown: int = 0) -> halves.Loaded:
    steps, warnings = [{"id": "look", "limit": days(2)}], [{"before": days(1)}]
    world = World(
        item(5, 8, silence="approve", steps=steps, warnings=warnings, offices=[{"id": "fire", "limit": days(2)}])
    )
    for case in range(10):
        code = "P" if case >= unknown else "none"
        world.case(f"c{case}").accepted(f"03-0{2 + case % 3} 09:0{case}", item=code, id=f"in{case}")
    for place, (case, (type_, data), hours, late) in enumerate(lives):
        at = datetime(2026, 3, 2, 9) + timedelta(hours=hours)
        recorded = f"{at + timedelta(hours=late):%Y-%m-%d %H:%M}"
        world.case(f"c{case}").fact(
            type_, f"{at:%Y-%m-%d %H:%M}", recorded=recorded, id=f"f{place}", actor="sun", **data
        )
    world.spec["facts"] += world.spec["facts"][:repeated]
    for case in range(12):
        world.case(f"c{case}").asked("2026-03-05")
    world.calendar("w", "03-06 09:00", days=[{"on": "2026-03-09", "kind": "off"}]).outage("03-10 08:00", "03-11 12:00")
    world.spec["until"] = "2026-06-01T00:00:00+08:00"
    return load(msgspec.json.encode(world.spec))


@given(LIVES, st.integers(0, 2), st.integers(0, 2))
@settings(max_examples=40, deadline=None)
def test_two_processes_print_what_one_prints(lives, repeated, unknown):
    loaded = a_county(lives, repeated=repeated, unknown=unknown)
    assert halves.rehearse(loaded, 2) == halves.rehearse(loaded, 1)


def test_what_may_concern_others_stays_in_the_first_process():
    lives = [(0, LIFE[8], 300, 0), (1, LIFE[1], 20, 90), (2, LIFE[1], 20, 0), (11, LIFE[1], 20, 0)]
    own, other = halves.split(a_county(lives, repeated=4, unknown=1))
    assert {f.case for _, f in own} >= {"c0", "c1", "c2", "c3", "c11"}
    assert {f.case for _, f in other} and not {f.case for _, f in other} & {f.case for _, f in own}


def test_a_case_that_reaches_beyond_itself_in_the_second_process_is_played_in_one(monkeypatch: pytest.MonkeyPatch):
    loaded = a_county([(case, LIFE[8], 300, 0) for case in range(10)])
    monkeypatch.setattr(halves, "FREE", ("",))
    own, other = halves.split(loaded)
    assert other and halves.in_two(loaded, own, other) is None
    assert halves.rehearse(loaded, 2) == halves.rehearse(loaded, 1)
