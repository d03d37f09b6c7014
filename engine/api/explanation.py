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
from engine.console.i18n import Locale, locale_from
from engine.explanation.answer import CaseExplanation, answer
from engine.explanation.reading import as_known as known_then
from engine.explanation.reading import explained, facts_of
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.case import Clock
from rules.facts import Fact

router = APIRouter(prefix="/api/v1", tags=["cases"], dependencies=[Depends(reader)])
AsKnown = Annotated[datetime | None, Query(description="As it was known at this instant (RFC 3339), default now")]
Lang = Annotated[Locale | None, Query(description="Language of the text, default by Accept-Language, else zh")]


@router.get("/cases/{case_id:path}/explanation", summary="Why these dates, day by day", response_model=None)
def explanation(
    request: Request, database: Database, parts: Parts, case_id: CaseId, lang: Lang = None, as_known: AsKnown = None
) -> Response:
    locale = locale_from(lang, request.headers.get("accept-language"))
    return reply(request, explanation_of(database, case_id, locale, parts.clock.now(), as_known and _aware(as_known)))


@router.get("/cases/{case_id:path}/as-known", summary="The dates as they were known at an instant", response_model=None)
def as_known(
    request: Request,
    database: Database,
    case_id: CaseId,
    on: Annotated[datetime, Query(description="Instant (RFC 3339)")],
) -> Response:
    """From the facts registered by then and the calendar then in force; an instant without offset is in UTC."""
    at = _aware(on)
    case = known_then(case_id, _facts(database, case_id), load_world(database), at).case
    clocks = {name: _dates(clock) for name, clock in case.clocks.items()} if case else {}
    return reply(request, {"case": case_id, "on": at, "known": case is not None, "clocks": clocks})


def explanation_of(
    database: Connection, case_id: str, locale: Locale, now: datetime, at: datetime | None = None
) -> CaseExplanation:
    """Every clock of a case with its days and words, as it is or as it was known at an instant; 404 where there is no such case."""
    facts, world = _facts(database, case_id), load_world(database)
    found = explained(case_id, facts, world, now) if at is None else known_then(case_id, facts, world, at)
    return answer(case_id, found, locale, at)


def _facts(database: Connection, case_id: str) -> tuple[Fact, ...]:
    for _, facts in facts_of(database, [case_id]):
        return facts
    raise ProblemError(404, "unknown_case", f"no case {case_id!r}", field="case_id")


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _dates(clock: Clock) -> dict[str, Any]:
    due = clock.due
    return {
        "due_on": due and due.due_on,
        "expires_at": due and due.expires_at,
        "provisional": due is not None and due.provisional,
    }
