"""Reads of what is published: items and calendars, each with all its versions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from psycopg.rows import dict_row
from starlette.responses import Response

from engine.api.replies import reply
from engine.api.state import Database, reader
from engine.storage.connect import Connection

router = APIRouter(prefix="/api/v1", tags=["catalogue"], dependencies=[Depends(reader)])
_VERSIONS = "SELECT id, version, effective_from, recorded_at, retired, body FROM config_entry WHERE kind = %s ORDER BY id, version"


@router.get("/items", summary="Service items with all their versions", response_model=None)
def items(request: Request, database: Database) -> Response:
    return reply(request, {"rows": _versions(database, "item")})


@router.get("/calendars", summary="Calendars with all their versions", response_model=None)
def calendars(request: Request, database: Database) -> Response:
    return reply(request, {"rows": _versions(database, "calendar")})


def _versions(database: Connection, kind: str) -> list[dict[str, Any]]:
    with database.cursor(row_factory=dict_row) as reading:
        return reading.execute(_VERSIONS, (kind,)).fetchall()
