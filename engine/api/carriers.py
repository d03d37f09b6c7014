"""What is on display against what is published. Displays are put on record as facts: POST /events with `carrier.displayed` or `carrier.removed`."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from engine.api.parameters import Name
from engine.api.replies import reply
from engine.api.state import Database, Parts, reader
from engine.carriers.check import check
from engine.storage.world import load_world

router = APIRouter(prefix="/api/v1", tags=["catalogue"], dependencies=[Depends(reader)])


@router.get("/carriers", summary="Carriers and how they differ from what is published", response_model=None)
def carriers(request: Request, database: Database, parts: Parts, item: Name = None) -> Response:
    found = check(database, load_world(database), parts.clock.now(), item)
    rows = [{**msgspec.structs.asdict(one), "binds": one.binds} for one in found]
    return reply(request, {"rows": rows})
