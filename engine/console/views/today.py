"""The first screen: what is new, what falls due, how the sources do, how often suspicions proved empty. Figures that lead to their cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql


class NewGroup(msgspec.Struct, frozen=True):
    kind: str
    unit: str | None
    indication: bool
    count: int


def new_findings(
    db: psycopg.Connection[Any], since: datetime, units: frozenset[str] | None, person: str
) -> list[NewGroup]:
    """Findings recorded since a moment, grouped by cause and unit; suspicions apart from facts."""
    where = sql.Where()
    where.add("recorded_at >= %s", since)
    where.within(units, own="person = %s", person=person)
    query = f"""
        SELECT kind, unit, indication, count(*) AS count
        FROM finding WHERE status IN ('open', 'confirmed') AND NOT trial AND {where}
        GROUP BY 1, 2, 3 ORDER BY 3, 4 DESC, 1 LIMIT 40"""  # noqa: S608
    return sql.rows(db, NewGroup, query, where.values)


class DueDay(msgspec.Struct, frozen=True):
    due_on: date
    count: int
    marked: int


def due_days(db: psycopg.Connection[Any], days: list[date], units: frozenset[str] | None, person: str) -> list[DueDay]:
    """Open cases due on each of these days, and how many of them carry a warning or a card already."""
    where = sql.Where()
    where.add("status = 'open'")
    where.add("due_on BETWEEN %s AND %s", days[0], days[-1])
    where.within(units, own="holder = %s", person=person)
    query = f"""
        SELECT due_on, count(*) AS count, count(*) FILTER (WHERE level <> 'none') AS marked
        FROM case_file WHERE {where} GROUP BY due_on"""  # noqa: S608
    found = {row.due_on: row for row in sql.rows(db, DueDay, query, where.values)}
    return [found.get(day) or DueDay(day, 0, 0) for day in days]


class SourceHealth(msgspec.Struct, frozen=True):
    """`received_at` is the last message taken; `through` the watermark, None where the source sends none."""

    source: str
    received_at: datetime | None
    through: datetime | None
    parked: int
    quarantined: int


# A source is found by stepping along the inbox's key, one index probe each, however many messages it sent.
_SOURCES = """
WITH RECURSIVE names AS (
    (SELECT source FROM inbox ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT i.source FROM inbox i WHERE i.source > names.source ORDER BY i.source LIMIT 1)
    FROM names WHERE names.source IS NOT NULL)
SELECT n.source,
       (SELECT i.received_at FROM inbox i WHERE i.source = n.source ORDER BY i.received_at DESC LIMIT 1) AS received_at,
       w.through,
       coalesce(p.waiting, 0) AS parked, coalesce(q.waiting, 0) AS quarantined
FROM names n LEFT JOIN source_watermark w USING (source)
LEFT JOIN (SELECT source, count(*) AS waiting FROM parked GROUP BY 1) AS p USING (source)
LEFT JOIN (SELECT source, count(*) AS waiting FROM quarantine WHERE released_at IS NULL GROUP BY 1) AS q USING (source)
WHERE n.source IS NOT NULL ORDER BY n.source
"""


def sources(db: psycopg.Connection[Any]) -> list[SourceHealth]:
    return sql.rows(db, SourceHealth, _SOURCES)


class WaitingFinding(msgspec.Struct, frozen=True):
    kind: str
    count: int
    oldest: datetime


def findings_to_decide(db: psycopg.Connection[Any], units: frozenset[str] | None) -> list[WaitingFinding]:
    """Open findings by kind with the oldest of each: an inspector's own work. What a detector on trial found is nobody's yet."""
    where = sql.Where()
    where.add("status = 'open'")
    where.within(units)
    query = f"SELECT kind, count(*) AS count, min(recorded_at) AS oldest FROM finding WHERE NOT trial AND {where} GROUP BY kind ORDER BY 3"  # noqa: S608
    return sql.rows(db, WaitingFinding, query, where.values)
