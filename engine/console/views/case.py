"""One case: its row, its ledger, the head of its stream."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql
from engine.console.views.cases import CaseRow


class CaseFile(CaseRow, frozen=True):
    item_version: int | None
    clock: str | None
    outcome_status: str | None
    source: str | None
    version: int
    head_hash: bytes
    next_at: datetime | None
    updated_at: datetime
    view: dict[str, Any]


def case_file(db: psycopg.Connection[Any], case_id: str) -> CaseFile | None:
    columns = ", ".join(CaseFile.__struct_fields__)
    return sql.row(db, CaseFile, f"SELECT {columns} FROM case_file WHERE case_id = %s", (case_id,))  # noqa: S608


class LedgerRow(msgspec.Struct, frozen=True, dict=True):
    version: int
    kind: str
    type: str
    key: str | None
    body: str
    occurred_at: datetime | None
    legal_at: datetime | None
    recorded_at: datetime
    actor: str | None
    source: str | None
    message_id: str | None
    under: str
    hash: bytes
    prev_hash: bytes

    @property
    def automatic(self) -> bool:
        """Concluded by the engine, not told by anybody."""
        return self.kind == "entry"

    @cached_property
    def content(self) -> dict[str, Any]:
        found = json.loads(self.body)
        return found if isinstance(found, dict) else {}

    @property
    def data(self) -> dict[str, Any]:
        found = self.content.get("data", self.content)
        return found if isinstance(found, dict) else {}

    @property
    def clause(self) -> str:
        """The clause that the entry cites, where it cites one."""
        return str(self.data.get("clause") or self.data.get("basis") or self.content.get("basis") or "")


def ledger(db: psycopg.Connection[Any], stream_id: str, most: int = 400) -> list[LedgerRow]:
    """A stream's entries in order, from its first."""
    columns = ", ".join(LedgerRow.__struct_fields__)
    query = f"SELECT {columns} FROM entry WHERE stream_id = %s ORDER BY version LIMIT {most}"  # noqa: S608
    return sql.rows(db, LedgerRow, query, (stream_id,))
