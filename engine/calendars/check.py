"""What is wrong with the calendar now: years nobody has arranged, hours that are needed and not there, cases not brought to it yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from engine.calendars.versions import year_status
from engine.jobs.calendar_watch import missing_years
from engine.storage.connect import Connection
from rules.calendar import Calendar
from rules.world import World

_IN_HOURS = frozenset({"working_hours", "working_minutes"})


class Problem(msgspec.Struct, frozen=True):
    """`code`: missing_year | estimated_year | no_office_hours | not_brought. `value`: the year or the items; `cases`: how many wait for it."""

    code: str
    value: str
    cases: int = 0


def check(connection: Connection, world: World, now: datetime) -> list[Problem]:
    """Nothing found: an empty list."""
    calendar = world.calendar(now)
    return [*_years(connection, calendar, now), *_hours(world, calendar, now), *_not_brought(connection, now)]


def provisional_cases(connection: Connection) -> int:
    return _count(connection, "SELECT count(*) FROM case_file WHERE provisional AND closed_at IS NULL")


def _years(connection: Connection, calendar: Calendar, now: datetime) -> Iterator[Problem]:
    """The present year at any time, the next one from October on."""
    missing = missing_years(calendar, now)
    waiting = provisional_cases(connection) if missing else 0
    for year in missing:
        yield Problem(f"{year_status(calendar, year)}_year", str(year), waiting)


def _hours(world: World, calendar: Calendar, now: datetime) -> Iterator[Problem]:
    today = calendar.local_date(now)
    codes = sorted({item.code for item in world.items()})
    current = [item for code in codes if (item := world.item(code, today))]
    limits = [(item.code, limit) for item in current for limit in (item.committed_limit, item.statutory_limit)]
    counted = sorted({code for code, limit in limits if limit is not None and limit.unit in _IN_HOURS})
    if counted and not calendar.has_hours:
        yield Problem("no_office_hours", " ".join(counted))


def _not_brought(connection: Connection, now: datetime) -> Iterator[Problem]:
    """Moments that have come and were not looked at yet: after a new calendar, the cases still to be brought to it."""
    waiting = _count(connection, "SELECT count(*) FROM wake WHERE next_at <= %s AND stream_id LIKE 'case:%%'", now)
    if waiting:
        yield Problem("not_brought", "", waiting)


def _count(connection: Connection, query: str, *values: object) -> int:
    row = connection.execute(query.encode(), values or None).fetchone()
    return int(row[0]) if row else 0
