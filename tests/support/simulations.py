"""Draft rules over past cases, asked for and carried out at once; and the rules in force written down as a draft."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from engine.clock import Clock
from engine.simulation import keep
from engine.simulation.draft import Draft, Scope
from engine.simulation.keep import Asked, Kept, Wanted
from engine.simulation.run import carry_out
from engine.storage.connect import Pool
from rules.world import World


def simulate(pool: Pool, clock: Clock, draft: dict[str, Any], workers: int = 0, **scope: Any) -> Kept:
    asked = Asked("试算", "tests", msgspec.convert(draft, Draft), msgspec.convert(scope, Scope))
    with pool.connection() as connection:
        id_ = keep.ask(connection, asked, clock.now())
    carry_out(pool, clock, id_, workers=workers)
    with pool.connection() as connection:
        found = keep.find(connection, id_)
    assert found is not None
    assert found.status == "done"
    return found


def counts(kept: Kept, dimension: str = "all", name: str = "") -> dict[str, list[int]]:
    assert kept.figures is not None
    return {figure: count for d, n, figure, count in kept.figures["counts"] if (d, n) == (dimension, name)}


def rows(pool: Pool, kept: Kept, **wanted: str) -> list[keep.CaseRow]:
    with pool.connection() as connection:
        return keep.cases(connection, kept.id, Wanted(**wanted), most=2000)


def in_force(world: World) -> dict[str, Any]:
    """Items, the calendar and accountability rules once more. Of a world in which an item or the calendar was changed, the rules alone: the draft would have held all along."""
    codes = sorted({item.code for item in world.items()})
    rules = [msgspec.to_builtins(one) for one in world.accountability] or [{}]
    if len(world.items()) > len(codes) or len(world.calendars) > 1:
        return {"accountability": rules}
    items = [msgspec.to_builtins(world.item(code, date.max) or world.items()[0]) for code in codes]
    return {"items": items, "calendar": {"extends": world.calendars[-1][1].version}, "accountability": rules}


def differences(pool: Pool, kept: Kept) -> list[Any]:
    """Everything in which a simulation found the cases, the measures or the record other than they are."""
    assert kept.figures is not None
    moved = [count for count in kept.figures["counts"] if count[3][0] != count[3][1] or any(count[3][2:])]
    told = [kept.figures[name] for name in ("unlike", "failed") if kept.figures[name]["number"]]
    with pool.connection() as connection:
        return [*rows(pool, kept), *keep.measures(connection, kept.id), *moved, *told]
