"""Explanations from the database: the facts of cases, as they stand now or as they were known at an instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.explanation.account import Account, accounts
from rules.calendar import Calendar
from rules.case import Case
from rules.derive import derive
from rules.facts import Fact
from rules.snapshot import decode
from rules.world import World

_SNAPSHOTS = "SELECT stream_id, snapshot FROM stream WHERE stream_id = ANY(%s) AND snapshot IS NOT NULL"


class Explained(msgspec.Struct, frozen=True):
    """A case with the accounts of its clocks, and the calendar they were counted on. `case` None: nothing was known yet."""

    case: Case | None
    clocks: tuple[Account, ...]
    calendar: Calendar


def facts_of(connection: psycopg.Connection[Any], case_ids: Sequence[str]) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """The facts of each case that is there, in the order they count."""
    rows = connection.execute(_SNAPSHOTS, ([f"case:{id_}" for id_ in case_ids],)).fetchall()
    for stream_id, snapshot in rows:
        yield str(stream_id).removeprefix("case:"), decode(bytes(snapshot)).facts


def explained(case_id: str, facts: Sequence[Fact], world: World, now: datetime, most: int | None = None) -> Explained:
    """The case as it stands at `now`, under the calendar then in force; with its first `most` clocks (None: all)."""
    calendar = world.calendar(now)
    case = derive(case_id, facts, world, calendar) if facts else None
    found = accounts(case, facts, world, calendar, calendar.local_date(now), most) if case else ()
    return Explained(case, found, calendar)


def as_known(case_id: str, facts: Sequence[Fact], world: World, at: datetime) -> Explained:
    """From the facts registered by an instant and the calendar in force then."""
    return explained(case_id, [fact for fact in facts if fact.reported_at <= at], world, at)
