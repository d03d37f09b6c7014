"""Alerts: mine, those of a case, and how many stand open at each level."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql


class AlertRow(msgspec.Struct, frozen=True):
    id: str
    case_id: str | None
    cause: str
    level: str
    rung: int
    status: str
    scheduled_at: datetime | None
    fired_at: datetime | None
    late_by_system: bool
    acknowledged_at: datetime | None
    answered_at: datetime | None
    respond_until: datetime | None
    unit: str | None
    item: str | None
    data: dict[str, Any]


_ALERT = """
SELECT a.id, a.case_id, a.cause, a.level, a.rung, a.status, a.scheduled_at, a.fired_at, a.late_by_system,
       a.acknowledged_at, a.answered_at, a.respond_until, coalesce(c.unit, a.data->>'unit') AS unit, c.item, a.data
FROM alert a LEFT JOIN case_file c USING (case_id)
"""
_MINE = "a.id IN (SELECT alert_id FROM alert_addressee WHERE addressee = %s)"


def my_alerts(db: psycopg.Connection[Any], person: str, most: int = 30) -> list[AlertRow]:
    """Alerts addressed to a person that still wait for them, newest first."""
    query = f"""
        WITH mine AS (SELECT alert_id FROM alert_addressee
                      WHERE addressee = %s AND status IN ('open', 'acknowledged') ORDER BY fired_at DESC LIMIT {most})
        {_ALERT} JOIN mine ON mine.alert_id = a.id ORDER BY a.fired_at DESC"""  # noqa: S608
    return sql.rows(db, AlertRow, query, (person,))


def open_alerts(
    db: psycopg.Connection[Any], level: str, units: frozenset[str] | None, person: str, most: int = 200
) -> list[AlertRow]:
    """Open alerts of a level, newest first: those behind a figure of the first screen."""
    where = sql.Where()
    where.add("a.status IN ('open', 'acknowledged') AND a.level = %s", level)
    where.within(units, own=_MINE, person=person)
    return sql.rows(db, AlertRow, f"{_ALERT} WHERE {where} ORDER BY a.fired_at DESC LIMIT {most}", where.values)


def alerts_of_case(db: psycopg.Connection[Any], case_id: str) -> list[AlertRow]:
    return sql.rows(db, AlertRow, f"{_ALERT} WHERE a.case_id = %s ORDER BY a.scheduled_at, a.rung", (case_id,))


def alert(db: psycopg.Connection[Any], id_: str) -> AlertRow | None:
    return sql.row(db, AlertRow, f"{_ALERT} WHERE a.id = %s", (id_,))


def alert_levels(db: psycopg.Connection[Any], units: frozenset[str] | None, person: str) -> dict[str, int]:
    """Open alerts by level, of the units or addressed to the person."""
    where = sql.Where()
    where.add("a.status IN ('open', 'acknowledged')")
    where.within(units, own=_MINE, person=person)
    query = (
        f"SELECT a.level, count(*) FROM alert a LEFT JOIN case_file c USING (case_id) WHERE {where} GROUP BY a.level"  # noqa: S608
    )
    return dict(db.execute(query.encode(), where.values).fetchall())
