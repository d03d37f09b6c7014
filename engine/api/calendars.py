"""Calendars as instruments: one version to read; an import that first shows what it would move, and is then confirmed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from engine.api.acts import PersonId, Text
from engine.api.permissions import demand
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, Parts, reader
from engine.calendars.confirmation import confirm
from engine.calendars.impact import impact
from engine.calendars.proposal import propose
from engine.calendars.versions import Version, versions
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.errors import RuleError

router = APIRouter(prefix="/api/v1", dependencies=[Depends(reader)])
Name = Annotated[str, Path(max_length=255, pattern=r"^[^\x00]+$")]
_CONFLICTS = frozenset({"version_exists", "nothing_new", "impact_outdated"})


class CalendarImport(BaseModel):
    """A calendar in the shape of a rehearsal. Without `confirm` nothing is written and the impact is answered; `confirm` is its `digest`."""

    model_config = ConfigDict(extra="forbid")
    actor: PersonId
    calendar: Annotated[dict[str, Any], Field(description="`version`, and what differs from `extends`")]
    confirm: Text | None = None


@router.get("/calendars/{version:path}", summary="One version of the calendar", tags=["catalogue"], response_model=None)
def version(request: Request, database: Database, parts: Parts, version: Name) -> Response:
    found = versions(database, load_world(database), parts.clock.now())
    one = next((each for each in found if each.version == version), None)
    if one is None:
        raise ProblemError(404, "not_found", f"no calendar {version!r}", field="version")
    return reply(request, _shown(one))


@router.post(
    "/calendars",
    summary="Import a calendar: its impact, then its confirmation",
    tags=["decisions"],
    response_model=None,
)
def import_(asked: CalendarImport, database: Database, parts: Parts) -> Response:
    demand(database, asked.actor, "calendar.import")
    try:
        if asked.confirm is None:
            return _json(_foreseen(database, asked.calendar, parts), 200)
        done = confirm(database, asked.calendar, asked.confirm, asked.actor, parts.clock)
        return _json(done, 201)
    except RuleError as error:
        status = 409 if error.code in _CONFLICTS else 422
        raise ProblemError(status, error.code, error.message, field=error.field or None) from error


def _foreseen(database: Connection, form: dict[str, Any], parts: Parts) -> dict[str, Any]:
    now = parts.clock.now()
    proposal = propose(database, form, now)
    found = impact(database, proposal, now)
    head = {"version": proposal.calendar.version, "over": proposal.before.version, "digest": proposal.digest}
    return {**head, "remarks": proposal.remarks, **msgspec.structs.asdict(found)}


def _shown(one: Version) -> dict[str, Any]:
    papers = [{**msgspec.to_builtins(paper.form), "inherited": paper.inherited} for paper in one.papers]
    pattern = one.calendar.pattern if one.calendar else None
    return {
        "version": one.version,
        "known_from": one.known_from,
        "recorded_at": one.recorded_at,
        "actor": one.actor,
        "in_force": one.in_force,
        "region": pattern.region if pattern else None,
        "zone": pattern.zone if pattern else None,
        "years": {str(year): status for year, status in sorted(pattern.years.items())} if pattern else {},
        "instruments": papers,
        "calendar": one.body,
    }


def _json(value: Any, status: int) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
