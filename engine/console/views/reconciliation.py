"""Runs of the reconciler and what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql


class RunRow(msgspec.Struct, frozen=True):
    id: str
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    found: int
    repaired: int
    checked: dict[str, Any]
    not_covered: dict[str, Any]
    problem: str | None


class FindingRow(msgspec.Struct, frozen=True):
    found_at: datetime
    kind: str
    place: str
    stream_id: str
    expected: str
    found: str
    repaired: str | None

    @property
    def case_id(self) -> str | None:
        kind, _, name = self.stream_id.partition(":")
        return name if kind == "case" else None


_RUN = "SELECT id, started_by, started_at, ended_at, found, repaired, checked, not_covered, problem FROM reconcile_run"
_FINDING = "SELECT found_at, kind, place, stream_id, expected, found, repaired FROM reconcile_finding"


def last_runs(db: psycopg.Connection[Any], most: int = 10) -> list[RunRow]:
    """The latest first. Audits between two runs are on record only where they found something."""
    return sql.rows(db, RunRow, f"{_RUN} ORDER BY started_at DESC LIMIT {most}")


def run(db: psycopg.Connection[Any], id_: str) -> RunRow | None:
    return sql.row(db, RunRow, f"{_RUN} WHERE id = %s", (id_,))


def findings(db: psycopg.Connection[Any], run_id: str, most: int) -> list[FindingRow]:
    """What people must look at first, then what was put right."""
    return sql.rows(
        db, FindingRow, f"{_FINDING} WHERE run_id = %s ORDER BY repaired IS NOT NULL, number LIMIT {most}", (run_id,)
    )
