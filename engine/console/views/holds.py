"""Holds: effects that wait for somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql

PAGE = 50


class HoldRow(msgspec.Struct, frozen=True):
    """`expires_at`: the end of the case's limit, at which the effect that waits would have taken place."""

    id: str
    case_id: str | None
    key: str
    reason: str
    owner: str | None
    status: str
    recorded_at: datetime
    closed_at: datetime | None
    unit: str | None
    item: str | None
    expires_at: datetime | None
    data: dict[str, Any]


_HOLD = """
SELECT h.id, h.case_id, h.key, h.reason, h.owner, h.status, h.recorded_at, h.closed_at, c.unit, c.item, c.expires_at, h.data
FROM hold h LEFT JOIN case_file c USING (case_id)
"""


def open_holds(db: psycopg.Connection[Any], units: frozenset[str] | None, person: str, most: int = 20) -> list[HoldRow]:
    where = sql.Where()
    where.add("h.status = 'open'")
    where.within(units, own="h.owner = %s", person=person)
    return sql.rows(db, HoldRow, f"{_HOLD} WHERE {where} ORDER BY h.recorded_at LIMIT {most}", where.values)


def holds_of_case(db: psycopg.Connection[Any], case_id: str) -> list[HoldRow]:
    return sql.rows(db, HoldRow, f"{_HOLD} WHERE h.case_id = %s ORDER BY h.recorded_at", (case_id,))


class HoldFilter(msgspec.Struct, frozen=True):
    status: str = "open"
    reason: str = ""
    unit: str = ""
    after: str = ""


def list_holds(
    db: psycopg.Connection[Any], wanted: HoldFilter, units: frozenset[str] | None, person: str
) -> list[HoldRow]:
    """The oldest first; one row more than a page when there is a next one. The cursor is the last row's recording."""
    where = sql.Where()
    where.add("h.status = %s", wanted.status)
    where.within(units, own="h.owner = %s", person=person)
    for column, value in (("h.reason", wanted.reason), ("c.unit", wanted.unit)):
        if value:
            where.add(f"{column} = %s", value)
    if wanted.after:
        at, _, id_ = wanted.after.rpartition("~")
        where.add("(h.recorded_at, h.id) > (%s, %s)", at, id_)
    query = f"{_HOLD} WHERE {where} ORDER BY h.recorded_at, h.id LIMIT {PAGE + 1}"
    return sql.rows(db, HoldRow, query, where.values)


def hold(db: psycopg.Connection[Any], id_: str) -> HoldRow | None:
    return sql.row(db, HoldRow, f"{_HOLD} WHERE h.id = %s", (id_,))
