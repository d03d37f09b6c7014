"""The configuration as a whole: export, and import of units, people, calendars and rules. Items are filed, not imported here."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from engine.api.acts import Act
from engine.api.permissions import demand
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, Parts, reader
from engine.provisioning.export import catalogue_of, merged, written
from engine.provisioning.folder import ProvisionError, read_parts
from engine.provisioning.record import provision
from engine.storage.connect import Connection

router = APIRouter(prefix="/api/v1", dependencies=[Depends(reader)])


class Import(Act):
    """Parts of a world in the shapes of a rehearsal: units, people, sources, calendars, accountability, settings. `dry_run` writes nothing."""

    parts: Annotated[dict[str, Any], Field(description="as in the YAML files of `jiannuo provision`, without items")]
    dry_run: bool = False


@router.get("/configuration", summary="Everything that is configured", tags=["catalogue"], response_model=None)
def export(request: Request, database: Database) -> Response:
    return reply(request, written(catalogue_of(database)))


@router.post("/configuration", summary="Import configuration", tags=["decisions"], response_model=None)
def import_(asked: Import, database: Database, parts: Parts) -> Response:
    demand(database, asked.actor, "catalogue.provision")
    if "items" in asked.parts:
        raise ProblemError(
            422, "items_are_filed", "items come by POST /filings, where they are reviewed", field="parts.items"
        )
    try:
        catalogue = merged(catalogue_of(database), read_parts(asked.parts, "parts"))
        counts = provision(database, catalogue, parts.clock.now(), asked.actor, dry_run=asked.dry_run)
    except ProvisionError as error:
        raise ProblemError(422, "malformed", str(error), field="parts") from error
    return _counted(database, counts, 200 if asked.dry_run else 201)


def _counted(_: Connection, counts: list[Any], status: int) -> Response:
    body = {count.kind: {"pieces": count.pieces, "recorded": count.recorded} for count in counts}
    return Response(msgspec.json.encode(body), status, media_type="application/json")
