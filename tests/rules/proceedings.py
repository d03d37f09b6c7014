"""Late cases of one person, confirmed one after the other: what proceedings are made of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.rules.worlds import Played, World, a_case

WINDOW_PASSED = "+9"


def late(*on: str, grade: str = "ordinary", world: World | None = None, holder: str = "zhang", **rules: Any) -> World:
    """A case per day given (`2026-03-03`: the limit of one working day is broken from that local day on), confirmed two days later."""
    world = world or a_case(1)
    if rules:
        world.with_(accountability=rules)
    for number, broken in enumerate(on):
        day = date.fromisoformat(broken)
        id_ = f"{holder}{number}-{broken}"
        start = day - timedelta(2)
        world.case(id_).accepted(f"{start} 09:00", holder=holder)
        confirm(world, f"{day + timedelta(2)} 10:00", grade)
    return world


def confirm(
    world: World, at: str, grade: str | None = "ordinary", finding: str = "limit_expired", **data: Any
) -> World:
    named = {"grade": grade} if grade else {}
    return world.fact("finding.confirmed", at, finding=finding, **named, **data)


def one(**rules: Any) -> World:
    """A case broken on Thursday 5 March 2026, confirmed on Monday 9 March: the statement window ends with 16 March."""
    world = a_case(2).with_(accountability=rules) if rules else a_case(2)
    return confirm(world.accepted("03-02 09:00"), "03-09 10:00")


def decided(world: World, at: str = "03-20 10:00", level: int = 2, **more: Any) -> World:
    more.setdefault("reason", "按建议")
    return world.fact("measure.decided", at, person="zhang", level=level, id="decision", **more)


def of(out: Played, person: str | None = "zhang") -> list[dict[str, Any]]:
    return [p for p in out.out["proceedings"] if p["person"] == person]


def the(out: Played, person: str | None = "zhang") -> dict[str, Any]:
    [found] = of(out, person)
    return found


def refused(out: Played) -> dict[str, str]:
    return {r["fact"]: r["code"] for r in out.out["refusals"]}
