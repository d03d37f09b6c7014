"""Findings and suspicions, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql

PAGE = 50


class FindingRow(msgspec.Struct, frozen=True):
    id: str
    case_id: str | None
    key: str
    kind: str
    status: str
    unit: str | None
    person: str | None
    clock: str | None
    legal_at: datetime | None
    recorded_at: datetime
    changed_at: datetime
    item: str | None
    data: dict[str, Any]

    @property
    def indication(self) -> bool:
        """Only suspected: it counts for nothing until somebody confirms it."""
        return bool(self.data.get("indication")) and self.status == "open"

    @property
    def trial(self) -> bool:
        """Found by a detector on trial: shown as such, it never counts."""
        return bool(self.data.get("trial"))

    @property
    def of_carrier(self) -> bool:
        """It concerns no case; putting the carrier right closes it."""
        return self.kind == "carrier_differs"

    @property
    def name(self) -> str:
        """How a fact names it: the kind, with the clock, step or fact that it is about."""
        return self.key.removeprefix("finding:")


_FINDING = """
SELECT f.id, f.case_id, f.key, f.kind, f.status, f.unit, f.person, f.clock, f.legal_at, f.recorded_at, f.changed_at, c.item, f.data
FROM finding f LEFT JOIN case_file c USING (case_id)
"""


class FindingFilter(msgspec.Struct, frozen=True):
    status: str = "open"
    kind: str = ""
    unit: str = ""
    since: str = ""
    after: str = ""


def list_findings(
    db: psycopg.Connection[Any], wanted: FindingFilter, units: frozenset[str] | None, person: str
) -> list[FindingRow]:
    """Newest first; one row more than a page when there is a next one. The cursor is the last row's recording."""
    where = sql.Where()
    where.add("f.status = %s", wanted.status)
    for column in ("kind", "unit"):
        if value := getattr(wanted, column):
            where.add(f"f.{column} = %s", value)
    if wanted.since:
        where.add("f.recorded_at >= %s", wanted.since)
    if wanted.after:
        at, _, id_ = wanted.after.rpartition("~")
        where.add("(f.recorded_at, f.id) < (%s, %s)", at, id_)
    parts = sql.reach(where, "f.unit", units, ("f.person",), person)
    return sql.newest(db, FindingRow, sql.of(_FINDING, parts), ("f.recorded_at", "f.id"), PAGE + 1)


def finding(db: psycopg.Connection[Any], id_: str) -> FindingRow | None:
    return sql.row(db, FindingRow, f"{_FINDING} WHERE f.id = %s", (id_,))


def findings_of_case(db: psycopg.Connection[Any], case_id: str) -> list[FindingRow]:
    return sql.rows(db, FindingRow, f"{_FINDING} WHERE f.case_id = %s ORDER BY f.recorded_at", (case_id,))
