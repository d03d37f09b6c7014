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


PAGE = 50
WAITING = ("open", "acknowledged")
_COLUMNS = (
    "a.id, a.case_id, a.cause, a.level, a.rung, a.status, a.scheduled_at, {fired_at}, a.late_by_system, a.acknowledged_at,"
    " a.answered_at, a.respond_until, a.unit, c.item, a.data"
)
_ALERT = f"SELECT {_COLUMNS.format(fired_at='a.fired_at')} FROM alert a LEFT JOIN case_file c USING (case_id)"  # noqa: S608
# Those addressed to somebody, found from the addressee's side.
_TO = (
    f"SELECT {_COLUMNS.format(fired_at='t.fired_at')} FROM alert_addressee t JOIN alert a ON a.id = t.alert_id"  # noqa: S608
    " LEFT JOIN case_file c USING (case_id)"
)
_OUTSIDE = "(a.unit IS NULL OR a.unit <> ALL(%s))"
_ORDER = ("fired_at", "id")


def my_alerts(db: psycopg.Connection[Any], person: str, most: int = 30) -> list[AlertRow]:
    """Alerts addressed to a person that still wait for them, newest first."""
    mine = sql.Where().but("t.addressee = %s", person)
    return sql.newest(db, AlertRow, sql.of(_TO, sql.each([mine], "t.status", WAITING)), _ORDER, most)


def open_alerts(
    db: psycopg.Connection[Any], level: str, units: frozenset[str] | None, person: str, after: str = ""
) -> list[AlertRow]:
    """Open alerts of a level, newest first, those behind a figure of the first screen; one row more than a page when there is a next one."""
    seen = sql.reach(_asked("a.fired_at", level, after), "a.unit", units)
    parts = list(sql.of(_ALERT, sql.each(seen, "a.status", WAITING)))
    if units is not None:
        mine = _asked("t.fired_at", level, after).but("t.addressee = %s", person).but(_OUTSIDE, sorted(units))
        parts += sql.of(_TO, sql.each([mine], "t.status", WAITING))
    return sql.newest(db, AlertRow, parts, _ORDER, PAGE + 1)


def _asked(fired_at: str, level: str, after: str) -> sql.Where:
    where = sql.Where()
    where.add("a.level = %s", level)
    if after:
        at, _, id_ = after.partition("~")
        where.add(f"({fired_at}, a.id) < (%s::timestamptz, %s)", at, id_)
    return where


def alerts_of_case(db: psycopg.Connection[Any], case_id: str) -> list[AlertRow]:
    return sql.rows(db, AlertRow, f"{_ALERT} WHERE a.case_id = %s ORDER BY a.scheduled_at, a.rung", (case_id,))


def alert(db: psycopg.Connection[Any], id_: str) -> AlertRow | None:
    return sql.row(db, AlertRow, f"{_ALERT} WHERE a.id = %s", (id_,))


_LEVELS = "SELECT level, count(*) FROM alert WHERE status = ANY(%s) GROUP BY level"
_LEVELS_SEEN = f"""
SELECT level, count(*) FROM (
    SELECT level FROM alert WHERE unit = ANY(%s) AND status = ANY(%s)
    UNION ALL
    SELECT a.level FROM alert_addressee t JOIN alert a ON a.id = t.alert_id
    WHERE t.addressee = %s AND t.status = ANY(%s) AND {_OUTSIDE}) AS seen
GROUP BY level
"""  # noqa: S608


def alert_levels(db: psycopg.Connection[Any], units: frozenset[str] | None, person: str) -> dict[str, int]:
    """Open alerts by level, of the units or addressed to the person."""
    waiting = list(WAITING)
    if units is None:
        return dict(db.execute(_LEVELS.encode(), (waiting,)).fetchall())
    seen = (sorted(units), waiting, person, waiting, sorted(units))
    return dict(db.execute(_LEVELS_SEEN.encode(), seen).fetchall())
