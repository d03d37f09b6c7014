"""What is on display against what is published, now: as it was recorded by facts, and as it was filed with the items."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec

from engine.storage.connect import Connection
from rules.carrier_stream import CARRIERS, displays
from rules.carriers import Difference, Display, differences, filed
from rules.items import Item
from rules.snapshot import decode
from rules.world import World


class Shown(msgspec.Struct, frozen=True):
    """A carrier and what is wrong with it. `told`: by a fact, or filed with the item."""

    item: str
    unit: str
    told: Literal["recorded", "filed"]
    display: Display
    differences: tuple[Difference, ...]

    @property
    def binds(self) -> bool:
        return any(one.binds for one in self.differences)


def check(connection: Connection, world: World, now: datetime, item: str | None = None) -> list[Shown]:
    """All carriers, in order of item, kind and place."""
    found = [
        one
        for code, told, display in _displays(connection, world, now, item)
        if (one := _shown(world, now, code, told, display))
    ]
    return sorted(found, key=lambda one: (one.item, one.display.kind, one.display.place))


def _displays(
    connection: Connection, world: World, now: datetime, item: str | None
) -> Iterator[tuple[str, Literal["recorded", "filed"], Display]]:
    rows = connection.execute(
        "SELECT stream_id, snapshot FROM stream WHERE kind = 'carriers' AND snapshot IS NOT NULL"
        " AND (%(item)s::text IS NULL OR stream_id = %(item)s) ORDER BY stream_id",
        {"item": f"{CARRIERS}{item}" if item is not None else None},
    )
    recorded = set()
    for stream_id, snapshot in rows:
        code = stream_id.removeprefix(CARRIERS)
        for place, (display, _) in displays(decode(snapshot).facts).items():
            recorded.add((code, place))
            yield code, "recorded", display
    calendar = world.calendar(now)
    for one in _in_force(world, now, item):
        for display in filed(one, calendar):
            if (one.code, (display.kind, display.place)) not in recorded:
                yield one.code, "filed", display


def _in_force(world: World, now: datetime, item: str | None) -> Iterator[Item]:
    on = world.calendar(now).local_date(now)
    for code in sorted({one.code for one in world.items()} if item is None else {item}):
        found = world.item(code, on)
        if found is not None:
            yield found


def _shown(
    world: World, now: datetime, code: str, told: Literal["recorded", "filed"], display: Display
) -> Shown | None:
    calendar = world.calendar(now)
    on = calendar.local_date(now)
    item = world.item(code, on)
    if item is None:
        return None
    versions = [one for one in world.items() if one.code == code]
    return Shown(code, item.unit, told, display, tuple(differences(display, item, versions, calendar, on)))
