"""Past cases from the heads of their streams: ids first, then facts and records of some hundred at once. Memory stays flat.

A head's snapshot is its ledger told in one piece (facts and what stands on record); the reconciler holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.simulation.draft import Scope
from engine.storage.connect import Connection
from rules.world import World

CHUNK = 250


class Past(msgspec.Struct, frozen=True):
    """A stream as it stands. `due`: something of it is about to be written by the rules in force already."""

    stream_id: str
    snapshot: bytes
    moved_at: datetime
    backfilled: bool
    due: bool


class Position(msgspec.Struct, frozen=True):
    """What was read: the ledger up to here, under these versions. `transactions`: PostgreSQL's own name of the state that was seen."""

    as_of: datetime
    entries: int
    transactions: str
    configuration: str
    calendar: str


def position(connection: Connection, world: World, at: datetime) -> Position:
    row = connection.execute("SELECT coalesce(sum(version), 0), pg_current_snapshot()::text FROM stream").fetchone()
    assert row is not None, "an aggregate has a row"
    return Position(at, int(row[0]), row[1], world.version, world.calendar(at).version)


def cases(world: World, items: Sequence[str] | None, scope: Scope) -> tuple[str, dict[str, Any]]:
    """The condition on `case_file c`, and its values."""
    units = [unit for unit in world.units if any(world.within(unit, whole) for whole in scope.units)]
    zone = world.calendars[-1][1].zone.key
    values: dict[str, Any] = {"items": list(items or ()), "zone": zone, "units": units}
    clauses = ["c.item IS NOT NULL"]
    if items is not None:
        clauses.append("c.item = ANY(%(items)s)")
    if scope.units:
        clauses.append("c.unit = ANY(%(units)s)")
    if scope.since is not None:
        clauses.append("c.accepted_at >= %(since)s::timestamp AT TIME ZONE %(zone)s")
        values["since"] = scope.since
    if scope.until is not None:
        clauses.append("c.accepted_at < %(until)s::timestamp AT TIME ZONE %(zone)s")
        values["until"] = scope.until + timedelta(days=1)
    return " AND ".join(clauses), values


def count(connection: Connection, where: str, values: dict[str, Any]) -> int:
    row = connection.execute(f"SELECT count(*) FROM case_file c WHERE {where}", values).fetchone()  # noqa: S608 - our own words, no values
    return int(row[0]) if row else 0


def chunks(connection: Connection, where: str, values: dict[str, Any]) -> Iterator[list[str]]:
    """The streams of the cases, in order of the case number."""
    with connection.cursor(name="past_cases") as reading:
        reading.itersize = CHUNK * 8
        reading.execute(f"SELECT 'case:' || c.case_id FROM case_file c WHERE {where} ORDER BY c.case_id", values)  # noqa: S608 - as above
        while rows := reading.fetchmany(CHUNK):
            yield [row[0] for row in rows]


def dockets(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT stream_id FROM stream WHERE kind = 'docket' AND version > 0 ORDER BY stream_id")
    return [row[0] for row in rows]


def placed(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The item and the unit of each case, as the read table tells them."""
    rows = connection.execute(
        "SELECT 'case:' || case_id, item, unit FROM case_file WHERE case_id = ANY(%b::text[]) AND item IS NOT NULL",
        ([id_.removeprefix("case:") for id_ in ids],),
    )
    return {id_: (item, unit) for id_, item, unit in rows}


def past(connection: Connection, ids: Sequence[str], soon: datetime) -> list[Past]:
    """`soon`: what is written until then counts as due."""
    rows = connection.execute(
        "SELECT s.stream_id, s.snapshot, s.recorded_at, s.backfilled, coalesce(w.next_at <= %b, false) FROM stream s"
        " LEFT JOIN wake w USING (stream_id) WHERE s.stream_id = ANY(%b::text[]) AND s.snapshot IS NOT NULL",
        (soon, list(ids)),
        binary=True,
    )
    return [Past(*row) for row in rows]
