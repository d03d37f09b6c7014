"""Reads that need the rules: the day-by-day explanation of a limit, and what was known on a day. Derived anew from the case's facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from engine.api.cases import CaseId
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, Parts, reader
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.case import Case, Clock
from rules.derive import derive
from rules.facts import Fact
from rules.snapshot import decode
from rules.time_limits import explain
from rules.world import World

router = APIRouter(prefix="/api/v1", tags=["cases"], dependencies=[Depends(reader)])
_SNAPSHOT = "SELECT snapshot FROM stream WHERE stream_id = %s AND snapshot IS NOT NULL"


@router.get("/cases/{case_id:path}/explanation", summary="Why these dates, day by day", response_model=None)
def explanation(request: Request, database: Database, parts: Parts, case_id: CaseId) -> Response:
    return reply(request, {"case": case_id, "clocks": explained(database, case_id, parts.clock.now())})


@router.get("/cases/{case_id:path}/as-known", summary="The dates as they were known at an instant", response_model=None)
def as_known(
    request: Request,
    database: Database,
    case_id: CaseId,
    on: Annotated[datetime, Query(description="Instant (RFC 3339)")],
) -> Response:
    """From the facts registered by then and the calendar then in force; an instant without offset is in UTC."""
    at = on if on.tzinfo else on.replace(tzinfo=UTC)
    facts = [fact for fact in _facts(database, case_id) if fact.reported_at <= at]
    case = _derived(case_id, facts, load_world(database), at)
    clocks = {name: _dates(clock) for name, clock in case.clocks.items()} if case else {}
    return reply(request, {"case": case_id, "on": at, "known": case is not None, "clocks": clocks})


def explained(database: Connection, case_id: str, now: datetime) -> dict[str, Any]:
    """Every clock of a case with its days; 404 where there is no such case."""
    world = load_world(database)
    case = _derived(case_id, _facts(database, case_id), world, now)
    return {name: _explained(clock, case, world, now) for name, clock in case.clocks.items()} if case else {}


def _facts(database: Connection, case_id: str) -> list[Fact]:
    row = database.execute(_SNAPSHOT, (f"case:{case_id}",)).fetchone()
    if row is None:
        raise ProblemError(404, "unknown_case", f"no case {case_id!r}", field="case_id")
    return list(decode(bytes(row[0])).facts)


def _derived(case_id: str, facts: list[Fact], world: World, at: datetime) -> Case | None:
    return derive(case_id, facts, world, world.calendar(at)) if facts else None


def _explained(clock: Clock, case: Case, world: World, at: datetime) -> dict[str, Any]:
    profile = world.profile_of(case.item) if case.item else world.profile
    days = explain(clock.limit, clock.start.value, world.calendar(at), profile, clock.spans, clock.extensions)
    return {**_dates(clock), "days": days}


def _dates(clock: Clock) -> dict[str, Any]:
    due = clock.due
    return {
        "due_on": due and due.due_on,
        "expires_at": due and due.expires_at,
        "provisional": due is not None and due.provisional,
    }
