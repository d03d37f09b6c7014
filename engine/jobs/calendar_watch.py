"""From October on a missing arrangement of the next year is an alarm: dates that depend on it stay provisional."""

from __future__ import annotations

from datetime import date, datetime

import structlog

from engine.clock import Clock
from engine.effects.system_notices import tell_operators
from engine.storage.connect import Pool
from engine.storage.world import load_world
from rules.calendar import Calendar

ALARM_MONTH = 10

_log = structlog.get_logger(__name__)


def watch_calendar(pool: Pool, clock: Clock) -> None:
    """Tells every operator once for each year that is missing. What the present year lacks is an alarm at any time."""
    with pool.connection() as connection:
        now = clock.now()
        calendar = load_world(connection).calendar(now)
        for year in missing_years(calendar, now):
            affected = connection.execute(
                "SELECT count(*) FROM case_file WHERE provisional AND closed_at IS NULL"
            ).fetchone()
            count = affected[0] if affected else 0
            _log.warning("calendar_missing", region=calendar.region, year=year, cases=count)
            values = {"region": calendar.region, "year": year, "cases_affected": count}
            tell_operators(connection, "calendar_missing", f"{calendar.region}/{year}", values, calendar.zone, now)


def missing_years(calendar: Calendar, now: datetime) -> list[int]:
    today = calendar.local_date(now)
    asked = [today.year] if today.month < ALARM_MONTH else [today.year, today.year + 1]
    return [year for year in asked if calendar.provisional(date(year, 1, 1), date(year, 12, 31))]
