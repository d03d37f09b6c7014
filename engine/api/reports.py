"""Reports: evaluation of units and persons, the cases behind each figure, tables for the people's congress, the year-end list, the detectors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum
from typing import Annotated, Literal, get_args

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from engine.api.acts import PersonId
from engine.api.paging import decoded, encoded
from engine.api.parameters import Cursor, Name, Size
from engine.api.permissions import demand
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, Parts, State, reader
from engine.detection.rates import detectors
from engine.scores import answers
from engine.scores.board import Board, board, commendation, scope_for, tree_of
from engine.scores.kept import Asked, listed
from engine.scores.marks import place
from engine.scores.settlement import settle, settled
from engine.scores.tables import tables
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.errors import RuleError
from rules.figures import FIGURES
from rules.formula import Subject
from rules.reporting_period import ReportingPeriod, reporting_period
from rules.world import World

_READ: list[str | Enum] = ["reports"]
QUARTER = 91  # days
router = APIRouter(prefix="/api/v1/reports", dependencies=[Depends(reader)])
Written = Annotated[str, Query(max_length=20, description="2026, 2026Q1 or 2026-03")]
Figure = Literal[
    "concluded", "on_time", "late", "due", "by_silence", "limit_used", "window", "direct", "suspensions", "warnings", "yellow",
    "red", "escalated", "breaches_standing", "breaches_confirmed", "breaches_excused", "breaches_withdrawn",
    "alerts_unanswered", "measures", "complaints", "complaints_upheld", "ratings", "satisfied",
]  # fmt: skip
assert set(get_args(Figure)) == set(FIGURES)


class Settling(BaseModel):
    """Records the evaluation of a period as it stands."""

    model_config = ConfigDict(extra="forbid")
    actor: PersonId
    period: Annotated[str, Field(max_length=20)]
    subject: Subject = "unit"


@router.get(
    "/scores", summary="Figures, scores and grades of a period, the best first", response_model=None, tags=_READ
)
def scores(
    request: Request, database: Database, parts: Parts, *, period: Written, subject: Subject = "unit", unit: Name = None
) -> Response:
    found = _board(database, parts, period, subject, unit)
    return reply(request, answers.scores(found, settled(database, found.period.name, subject), unit))


@router.get("/scores/cases", summary="The cases behind a figure, in order of time", response_model=None, tags=_READ)
def cases(
    request: Request,
    database: Database,
    parts: Parts,
    *,
    period: Written,
    figure: Figure,
    unit: Name = None,
    person: Name = None,
    cursor: Cursor = None,
    size: Size = 100,
) -> Response:
    world, asked = load_world(database), _period(period)
    scope = scope_for(world, asked, None, unit, person)
    found = listed(database, world, _today(world, parts), Asked(asked, scope, figure, _after(cursor), size + 1))
    more = encoded(place(found[size - 1])) if len(found) > size else None
    return reply(request, {"rows": [answers.mark(one) for one in found[:size]], "next": more})


@router.get(
    "/tables",
    summary="By unit, month, category and measure: the report to the people's congress",
    response_model=None,
    tags=_READ,
)
def report(request: Request, database: Database, parts: Parts, *, period: Written, unit: Name = None) -> Response:
    world = load_world(database)
    found = tables(database, world, _period(period), _below(world, unit), _today(world, parts))
    return reply(request, {"period": period, "tables": [answers.table(one) for one in found]})


@router.get("/commendations", summary="Who is commended at the end of a year", response_model=None, tags=_READ)
def commendations(
    request: Request, database: Database, parts: Parts, *, year: Written, subject: Subject = "unit"
) -> Response:
    world = load_world(database)
    found = commendation(database, world, _year(year), subject, None, _today(world, parts))
    return reply(request, {"year": year, "subject": subject, "rows": [answers.candidate(one) for one in found]})


@router.get(
    "/detectors",
    summary="How often what each detector found was confirmed and how often it proved empty, by source",
    response_model=None,
    tags=_READ,
)
def detection(
    request: Request, database: Database, parts: Parts, *, since: date | None = None, unit: Name = None
) -> Response:
    world = load_world(database)
    now = parts.clock.now()
    calendar = world.calendar(now)
    begin = since or calendar.local_date(now) - timedelta(days=QUARTER)
    found = detectors(database, calendar.start_of(begin), _below(world, unit))
    rows = [{**msgspec.to_builtins(one), "dismissed_share": one.dismissed_share} for one in found]
    return reply(request, {"since": begin.isoformat(), "rows": rows})


@router.post(
    "/scores/settlements",
    summary="Settle an evaluation: it stays as known now",
    response_model=None,
    tags=["decisions"],
)
def settlement(asked: Settling, database: Database, parts: Parts) -> Response:
    demand(database, asked.actor, "score.settle")
    found = _board(database, parts, asked.period, asked.subject, None)
    done = settle(database, found, parts.clock.now(), asked.actor)
    return Response(msgspec.json.encode(answers.scores(found, done)), 201, media_type="application/json")


def _board(database: Connection, parts: State, period: str, subject: Subject, unit: str | None) -> Board:
    world = load_world(database)
    return board(database, world, _period(period), subject, _below(world, unit), _today(world, parts))


def _today(world: World, parts: State) -> date:
    now = parts.clock.now()
    return world.calendar(now).local_date(now)


def _below(world: World, unit: str | None) -> frozenset[str] | None:
    """A unit with all below it; a name that is no unit's is told so."""
    if unit is None:
        return None
    if unit not in world.units:
        raise ProblemError(404, "not_found", f"no unit {unit!r}", field="unit")
    return tree_of(world).subtree(unit)


def _period(written: str) -> ReportingPeriod:
    try:
        return reporting_period(written)
    except RuleError as error:
        raise ProblemError(422, "malformed", error.message, field=error.field) from error


def _year(written: str) -> ReportingPeriod:
    found = _period(written)
    if not found.quarters:
        raise ProblemError(422, "malformed", f"{written!r} is no year; write it like 2026", field="year")
    return found


def _after(cursor: str | None) -> Sequence[str]:
    return () if cursor is None else decoded(cursor, 4)
