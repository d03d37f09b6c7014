"""The breaches of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql


class BreachRow(msgspec.Struct, frozen=True):
    id: str
    key: str
    kind: str
    clock: str | None
    status: str
    unit: str | None
    grade: str | None
    supervision_flag: bool
    legal_at: datetime | None
    recorded_at: datetime
    confirmed_at: datetime | None
    data: dict[str, Any]


def breaches_of_case(db: psycopg.Connection[Any], case_id: str) -> list[BreachRow]:
    columns = ", ".join(BreachRow.__struct_fields__)
    return sql.rows(db, BreachRow, f"SELECT {columns} FROM breach WHERE case_id = %s ORDER BY legal_at", (case_id,))  # noqa: S608
