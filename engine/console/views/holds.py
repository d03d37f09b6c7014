"""Holds: effects that wait for somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql


class HoldRow(msgspec.Struct, frozen=True):
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
    data: dict[str, Any]


_HOLD = """
SELECT h.id, h.case_id, h.key, h.reason, h.owner, h.status, h.recorded_at, h.closed_at, c.unit, c.item, h.data
FROM hold h LEFT JOIN case_file c USING (case_id)
"""


def open_holds(db: psycopg.Connection[Any], units: frozenset[str] | None, person: str, most: int = 20) -> list[HoldRow]:
    where = sql.Where()
    where.add("h.status = 'open'")
    where.within(units, own="h.owner = %s", person=person)
    return sql.rows(db, HoldRow, f"{_HOLD} WHERE {where} ORDER BY h.recorded_at LIMIT {most}", where.values)


def holds_of_case(db: psycopg.Connection[Any], case_id: str) -> list[HoldRow]:
    return sql.rows(db, HoldRow, f"{_HOLD} WHERE h.case_id = %s ORDER BY h.recorded_at", (case_id,))
