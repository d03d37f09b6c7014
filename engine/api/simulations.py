"""What-if: draft rules over past cases. Asked for, answered at once, carried out beside the requests; the result is kept with the draft."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from engine.api.acts import PersonId
from engine.api.paging import decoded, encoded
from engine.api.parameters import Cursor, Name, Size
from engine.api.permissions import demand
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, Parts, reader
from engine.simulation import answers, keep
from engine.simulation.background import begin
from engine.simulation.check import checked
from engine.simulation.draft import Draft, Scope, units_of
from engine.simulation.keep import Asked, Kept, Wanted
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.errors import RuleError, refusal

router = APIRouter(prefix="/api/v1/simulations", dependencies=[Depends(reader)], tags=["reports"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[0-9a-f]+$")]
Form = dict[str, Any]


class Simulating(BaseModel):
    """Draft rules in the shapes of a rehearsal. An item that leaves out its unit, version or date says only what changes of the published one."""

    model_config = ConfigDict(extra="forbid")
    actor: PersonId
    title: Annotated[str, Field(max_length=200)] = ""
    items: Annotated[list[Form], Field(max_length=500)] = []
    calendar: Form | None = None
    accountability: Annotated[list[Form], Field(max_length=500)] = []
    since: Annotated[date | None, Field(description="accepted on this day or later")] = None
    until: Annotated[date | None, Field(description="accepted on this day or earlier")] = None
    units: Annotated[list[str], Field(max_length=500, description="with all below them; none: everywhere")] = []


@router.post("", summary="Run draft rules over past cases", response_model=None, tags=["decisions"])
def simulate(asked: Simulating, database: Database, parts: Parts) -> Response:
    try:
        draft, scope = _read(asked)
        world = load_world(database)
        checked(world, draft)
        units = units_of(world, draft)
    except RuleError as error:
        raise ProblemError(422, error.code, error.message, field=error.field or None) from error
    for unit in units:
        demand(database, asked.actor, "rules.simulate", unit=unit)
    known = tuple(unit for unit in units if unit is not None)
    id_ = keep.ask(database, Asked(asked.title, asked.actor, draft, scope, known), parts.clock.now())
    database.commit()
    begin(parts.pool, parts.clock, id_)
    body = msgspec.json.encode(answers.simulation(_found(database, id_)))
    return Response(body, 202, {"Location": f"/api/v1/simulations/{id_}"}, "application/json")


@router.get("", summary="Simulations, the newest first", response_model=None)
def simulations(request: Request, database: Database, item: Name = None, size: Size = 50) -> Response:
    found = [answers.simulation(kept) for kept in keep.latest(database, item, size)]
    return reply(request, {"rows": found})


@router.get("/{id_}", summary="A simulation: its progress, then its figures", response_model=None)
def simulation(request: Request, database: Database, id_: Id) -> Response:
    return reply(request, answers.simulation(_found(database, id_)))


class Cancelling(BaseModel):
    model_config = ConfigDict(extra="forbid")
    actor: PersonId


@router.post(
    "/{id_}/cancellation", summary="End a simulation without a result", response_model=None, tags=["decisions"]
)
def cancel(request: Request, database: Database, id_: Id, asked: Cancelling) -> Response:
    kept = _found(database, id_)
    for unit in kept.units or (None,):
        demand(database, asked.actor, "rules.simulate", unit=unit)
    keep.cancel(database, id_, asked.actor)
    database.commit()
    return reply(request, answers.simulation(_found(database, id_)))


@router.get("/{id_}/cases", summary="The cases behind a figure", response_model=None)
def cases(
    request: Request, database: Database, *, id_: Id, gained: Name = None, lost: Name = None, item: Name = None, unit: Name = None,
    person: Name = None, cursor: Cursor = None, size: Size = 100,
) -> Response:  # fmt: skip
    _found(database, id_)
    after = decoded(cursor, 1)[0] if cursor is not None else ""
    found = keep.cases(database, id_, Wanted(gained, lost, item, unit, person), after, size + 1)
    more = encoded([found[size - 1].case_id]) if len(found) > size else None
    return reply(request, {"rows": [answers.change(row) for row in found[:size]], "next": more})


@router.get("/{id_}/measures", summary="Proposed measures that would be others", response_model=None)
def measures(
    request: Request, database: Database, id_: Id, person: Name = None, unit: Name = None, size: Size = 200
) -> Response:
    _found(database, id_)
    found = keep.measures(database, id_, person, unit, size)
    return reply(request, {"rows": [answers.measure(row) for row in found]})


def _read(asked: Simulating) -> tuple[Draft, Scope]:
    try:
        draft = msgspec.convert(asked.model_dump(include={"items", "calendar", "accountability"}), Draft)
        return draft, Scope(asked.since, asked.until, tuple(asked.units))
    except msgspec.ValidationError as error:
        raise refusal(error) from error


def _found(database: Connection, id_: str) -> Kept:
    kept = keep.find(database, id_)
    if kept is None:
        raise ProblemError(404, "not_found", f"no simulation {id_!r}", field="id")
    return kept
