"""Proceedings: those one may see, those that wait for a person, and what was decided in like cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql


class ProceedingRow(msgspec.Struct, frozen=True):
    proceeding_id: str
    case_id: str | None
    person: str | None
    unit: str | None
    breach: str | None
    finding: str | None
    grade: str | None
    count_in_window: int | None
    proposed_level: int | None
    proposed_measure: str | None
    phase: str
    statement_until: date | None
    decided_level: int | None
    decided_by: str | None
    restoration_due: bool
    opened_at: datetime | None
    phase_until: datetime | None
    owner: str | None
    stream_id: str
    data: dict[str, Any]

    def counts_on(self, day: date) -> bool:
        """Whether it may still be counted or held against somebody on a day."""
        until = self.data.get("record_until")
        return self.restoration_due or (until is not None and date.fromisoformat(until) >= day)


_PROCEEDING = f"SELECT {', '.join('p.' + name for name in ProceedingRow.__struct_fields__)} FROM proceeding p"  # noqa: S608
OPEN_PHASES = (
    "opened",
    "notified",
    "statement",
    "proposed",
    "decided",
    "served",
    "review",
    "effective",
    "executed",
    "referred",
)
ENDED_PHASES = ("closed",)
PAGE = 50


def list_proceedings(
    db: psycopg.Connection[Any],
    phases: tuple[str, ...],
    units: frozenset[str] | None,
    person: str,
    counted_on: date | None = None,
    after: str = "",
) -> list[ProceedingRow]:
    """Newest first; one row more than a page when there is a next one. `counted_on`: leaves out what may no longer be counted on that day, except one's own."""
    where = sql.Where()
    if counted_on is not None:
        still = "p.phase <> 'closed' OR p.restoration_due OR p.data->>'record_until' >= %s OR p.person = %s"
        where.add(f"({still})", counted_on.isoformat(), person)
    if after:
        at, _, id_ = after.partition("~")
        where.add("(p.opened_at, p.proceeding_id) < (%s::timestamptz, %s)", at, id_)
    parts = list(sql.each([where], "p.phase", phases))
    if phases == OPEN_PHASES:  # a closed one whose measure has to be undone is not over
        parts.append(where.but("p.phase = 'closed' AND p.restoration_due"))
    seen = (one for part in parts for one in sql.reach(part, "p.unit", units, ("p.person", "p.owner"), person))
    return sql.newest(db, ProceedingRow, sql.of(_PROCEEDING, seen), ("p.opened_at", "p.proceeding_id"), PAGE + 1)


def my_proceedings(db: psycopg.Connection[Any], person: str) -> list[ProceedingRow]:
    """Those that wait for a person: to decide, serve, review, execute or close as the phase's owner, or to be answered as the one concerned."""
    query = (
        f"({_PROCEEDING} WHERE p.owner = %s AND p.phase IN ('proposed', 'decided', 'review', 'effective', 'executed'))"
        f" UNION ALL ({_PROCEEDING} WHERE p.owner = %s AND p.restoration_due AND p.phase = 'closed')"
        f" UNION ALL ({_PROCEEDING} WHERE p.person = %s AND p.phase = 'statement') ORDER BY phase_until NULLS LAST LIMIT 50"
    )
    return sql.rows(db, ProceedingRow, query, (person, person, person))


def proceeding(db: psycopg.Connection[Any], id_: str) -> ProceedingRow | None:
    return sql.row(db, ProceedingRow, f"{_PROCEEDING} WHERE p.proceeding_id = %s", (id_,))


def proceedings_of_case(db: psycopg.Connection[Any], case_id: str) -> list[ProceedingRow]:
    return sql.rows(db, ProceedingRow, f"{_PROCEEDING} WHERE p.case_id = %s ORDER BY p.opened_at", (case_id,))


class LikeCase(msgspec.Struct, frozen=True):
    decided_level: int
    count: int


def like_cases(db: psycopg.Connection[Any], grade: str | None, count: int | None) -> list[LikeCase]:
    """What was decided where grade and number of breaches were the same; the decider sees it."""
    query = (
        "SELECT decided_level, count(*) AS count FROM proceeding WHERE decided_level IS NOT NULL AND grade = %s"
        " AND count_in_window = %s GROUP BY decided_level ORDER BY decided_level"
    )
    return sql.rows(db, LikeCase, query, (grade, count))


class Delivered(msgspec.Struct, frozen=True):
    """One message about the case and what became of it: proof that somebody was warned."""

    recipient: str
    channel: str
    kind: str
    status: str
    created_at: datetime
    delivered_at: datetime | None


def deliveries_of(db: psycopg.Connection[Any], case_id: str) -> list[Delivered]:
    query = (
        "SELECT recipient, channel, kind, status, created_at, delivered_at FROM delivery"
        " WHERE case_id = %s AND recipient <> 'applicant' ORDER BY created_at DESC LIMIT 50"
    )
    return sql.rows(db, Delivered, query, (case_id,))
