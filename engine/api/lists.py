"""Reads across cases: findings, breaches, proceedings, alerts, holds."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from engine.api import registers
from engine.api.paging import page
from engine.api.parameters import Cursor, Name, Size
from engine.api.replies import reply
from engine.api.state import Database, reader

router = APIRouter(prefix="/api/v1", dependencies=[Depends(reader)])
_SUPERVISION: list[str | Enum] = ["supervision"]


@router.get("/findings", summary="Findings, newest first", tags=_SUPERVISION, response_model=None)
def findings(
    request: Request,
    database: Database,
    *,
    status: Literal["open", "confirmed", "dismissed", "excused", "withdrawn"] | None = None,
    kind: Name = None,
    unit: Name = None,
    person: Name = None,
    case: Name = None,
    cursor: Cursor = None,
    size: Size = 100,
) -> Response:
    wanted = {"status": status, "kind": kind, "unit": unit, "person": person, "case": case}
    return reply(request, page(database, registers.FINDINGS, wanted, cursor, size))


@router.get("/breaches", summary="Breaches, newest first", tags=_SUPERVISION, response_model=None)
def breaches(
    request: Request,
    database: Database,
    *,
    status: Literal["standing", "withdrawn", "excused"] | None = None,
    kind: Name = None,
    unit: Name = None,
    case: Name = None,
    cursor: Cursor = None,
    size: Size = 100,
) -> Response:
    wanted = {"status": status, "kind": kind, "unit": unit, "case": case}
    return reply(request, page(database, registers.BREACHES, wanted, cursor, size))


@router.get("/proceedings", summary="Proceedings, newest first", tags=_SUPERVISION, response_model=None)
def proceedings(
    request: Request,
    database: Database,
    *,
    phase: Name = None,
    unit: Name = None,
    person: Name = None,
    case: Name = None,
    owner: Name = None,
    cursor: Cursor = None,
    size: Size = 100,
) -> Response:
    wanted = {"phase": phase, "unit": unit, "person": person, "case": case, "owner": owner}
    return reply(request, page(database, registers.PROCEEDINGS, wanted, cursor, size))


@router.get("/alerts", summary="Alerts, newest first", tags=_SUPERVISION, response_model=None)
def alerts(
    request: Request,
    database: Database,
    *,
    status: Literal["open", "acknowledged", "answered", "closed"] | None = None,
    level: Literal["warning", "yellow", "red", "escalated"] | None = None,
    cause: Name = None,
    case: Name = None,
    cursor: Cursor = None,
    size: Size = 100,
) -> Response:
    wanted = {"status": status, "level": level, "cause": cause, "case": case}
    return reply(request, page(database, registers.ALERTS, wanted, cursor, size))


@router.get("/holds", summary="Effects that are on hold, newest first", tags=_SUPERVISION, response_model=None)
def holds(
    request: Request,
    database: Database,
    *,
    status: Literal["open", "closed"] | None = None,
    reason: Name = None,
    owner: Name = None,
    case: Name = None,
    cursor: Cursor = None,
    size: Size = 100,
) -> Response:
    wanted = {"status": status, "reason": reason, "owner": owner, "case": case}
    return reply(request, page(database, registers.HOLDS, wanted, cursor, size))
