"""What the reconciler found, and the run it found it in. Findings are kept; a run says how many and whether it came to its end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec
import structlog

from engine.storage.connect import Connection, Pool
from engine.storage.rows import insert

_LONGEST = 4000  # of a text; a row changed as a whole is found all the same

_log = structlog.get_logger(__name__)


class Finding(msgspec.Struct, frozen=True):
    """One difference. `kind`: due_date | read_table | snapshot | chain | ledger | wake | told_too_late | workflow_missing | workflow_stray |
    workflow_unknown | not_derived.

    `place`: table, clock, row or workflow; `repaired`: rewritten | removed | concluded | told_again | told_to_end, or None.
    """

    kind: str
    place: str
    stream_id: str
    expected: str
    found: str
    repaired: str | None = None

    def mended(self, how: str) -> Finding:
        return msgspec.structs.replace(self, repaired=how)


class Run:
    """One run on record. Times are the machine's own."""

    def __init__(self, pool: Pool, started_by: str, *, repair: bool) -> None:
        self.id, self.repair = secrets.token_hex(8), repair
        self.found = self.repaired = 0
        self.checked: dict[str, int] = {}
        self.not_covered: dict[str, int] = {}
        self.problem: str | None = None
        self._pool = pool
        row = {"id": self.id, "started_by": started_by, "repair": repair, "started_at": datetime.now(UTC)}
        with pool.connection() as connection:
            insert(connection, "reconcile_run", [{**row, "found": 0, "repaired": 0, "checked": {}, "not_covered": {}}])

    def keep(self, findings: Iterable[Finding]) -> None:
        """Puts findings on record, in order."""
        rows = [self._row(number, one) for number, one in enumerate(findings, self.found + 1)]
        self.found += len(rows)
        self.repaired += sum(row["repaired"] is not None for row in rows)
        for row in rows:
            _log.error(
                "reconcile_difference", **{name: row[name] for name in ("kind", "place", "stream_id", "repaired")}
            )
        with self._pool.connection() as connection:
            insert(connection, "reconcile_finding", rows)

    def end(self) -> None:
        with self._pool.connection() as connection:
            connection.execute(
                "UPDATE reconcile_run SET ended_at = %s, found = %s, repaired = %s, checked = %s::jsonb,"
                " not_covered = %s::jsonb, problem = %s WHERE id = %s",
                (
                    datetime.now(UTC),
                    self.found,
                    self.repaired,
                    msgspec.json.encode(self.checked).decode(),
                    msgspec.json.encode(self.not_covered).decode(),
                    self.problem,
                    self.id,
                ),
            )

    def _row(self, number: int, one: Finding) -> dict[str, object]:
        cut = {"expected": one.expected[:_LONGEST], "found": one.found[:_LONGEST]}
        return {
            **msgspec.structs.asdict(one),
            **cut,
            "run_id": self.id,
            "number": number,
            "found_at": datetime.now(UTC),
        }


def findings_of(connection: Connection, run_id: str) -> Iterable[Mapping[str, object]]:
    """A run's findings in order, as they are kept."""
    columns = ("kind", "place", "stream_id", "expected", "found", "repaired", "found_at")
    rows = connection.execute(
        "SELECT kind, place, stream_id, expected, found, repaired, found_at FROM reconcile_finding WHERE run_id = %s ORDER BY number",
        (run_id,),
    )
    return (dict(zip(columns, row, strict=True)) for row in rows)


def last_result(connection: Connection) -> dict[str, float]:
    """Figures of the last whole run that came to its end, by name; `ended_at` in seconds since 1970. Nothing before the first."""
    row = connection.execute(
        "SELECT extract(epoch FROM ended_at)::float8, found, repaired, (checked ->> 'dates')::int,"
        " (SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text(not_covered)), (problem IS NOT NULL)::int FROM reconcile_run"
        " WHERE ended_at IS NOT NULL AND started_by <> 'audit' ORDER BY started_at DESC LIMIT 1"
    ).fetchone()
    names = ("ended_at", "found", "repaired", "dates_compared", "dates_not_covered", "incomplete")
    return {name: float(value or 0) for name, value in zip(names, row, strict=True)} if row else {}
