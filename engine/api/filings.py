"""Filings over HTTP: a unit saves and submits an entry, offices review it, the leading-group office approves and publishes it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from engine.api.acts import Act, Text
from engine.api.parameters import Name
from engine.api.permissions import demand
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, Parts, State, reader
from engine.filings import reading
from engine.filings.desk import act, with_entry
from engine.filings.rights import asked_for
from engine.lint.telling import Told, told
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.errors import refusal
from rules.filing import Approve, Filing, GiveReview, Publish, Refused, Save, SendBack, Submit, Wish, Withdraw
from rules.items import Item
from rules.lint_catalogue import lint_item
from rules.world import World

router = APIRouter(prefix="/api/v1", dependencies=[Depends(reader)])
WishName = Literal["save", "submit", "review", "approve", "return", "publish", "withdraw"]
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
_WISHES: dict[WishName, type[Any]] = {
    "save": Save, "submit": Submit, "review": GiveReview, "approve": Approve, "return": SendBack, "publish": Publish, "withdraw": Withdraw,
}  # fmt: skip


class Entry(Act):
    """An item as a unit wants it, in the shape of a rehearsal. `version` and `effective_from` are given at publication."""

    item: dict[str, Any]
    note: Annotated[str, Field(max_length=20_000, pattern=r"^[^\x00]*$")] = ""


class Move(Act):
    """The fields of what is wanted: `item` to save, `office` and `verdict` to review, `effective_from` to publish …"""

    item: dict[str, Any] | None = None
    note: Text | None = None
    office: Text | None = None
    verdict: Text | None = None
    remarks: Text | None = None
    reason: Text | None = None
    effective_from: Text | None = None
    withhold: dict[str, Any] | None = None
    acknowledged: list[Text] | None = None


class Checked(BaseModel):
    """An item to be checked; nothing is written."""

    model_config = ConfigDict(extra="forbid")
    item: dict[str, Any]


@router.post(
    "/items/lint", summary="Check an item against the catalogue of checks", tags=["catalogue"], response_model=None
)
def lint(asked: Checked, database: Database, parts: Parts) -> Response:
    world, now = load_world(database), parts.clock.now()
    try:
        item = msgspec.convert(filled(asked.item, world, now), Item)
    except msgspec.ValidationError as error:
        wrong = refusal(error)
        return _json([Told(wrong.code, "error", str(asked.item.get("code", "")), wrong.field, wrong.message)], 200)
    found = lint_item(item, with_entry(world, msgspec.to_builtins(item)), on=world.calendar(now).local_date(now))
    return _json([told(one, "zh") for one in found], 200)


@router.post("/filings", summary="File a catalogue entry as a draft", tags=["decisions"], response_model=None)
def file(asked: Entry, database: Database, parts: Parts) -> Response:
    item = filled(asked.item, load_world(database), parts.clock.now())
    return _moved(database, parts, secrets.token_hex(8), Save(item=item, note=asked.note), asked.actor, 201)


@router.post(
    "/filings/{filing_id}/{wish}", summary="The next step of a filing", tags=["decisions"], response_model=None
)
def move(filing_id: Id, wish: WishName, asked: Move, database: Database, parts: Parts) -> Response:
    if asked.item is not None:
        asked.item = filled(asked.item, load_world(database), parts.clock.now())
    return _moved(database, parts, filing_id, _wish(wish, asked), asked.actor, 200)


@router.get("/filings", summary="Filings, the last changed first", tags=["catalogue"], response_model=None)
def filings(request: Request, database: Database, phase: Name = None, code: Name = None) -> Response:
    return reply(request, {"rows": reading.listed(database, phase=phase, code=code)})


@router.get(
    "/filings/{filing_id}", summary="A filing with its log and differences", tags=["catalogue"], response_model=None
)
def filing(request: Request, filing_id: Id, database: Database, parts: Parts) -> Response:
    found = _known(database, filing_id)
    world = load_world(database)
    body = _shown(found, world, parts)
    log = reading.log(database, filing_id)
    return reply(request, {**body, "log": log, "against_published": reading.against_published(found, world)})


def filled(item: dict[str, Any], world: World, now: datetime) -> dict[str, Any]:
    """A draft names no version and no day; it is looked at as if it took effect tomorrow, and publication gives both."""
    tomorrow = world.calendar(now).local_date(now) + timedelta(days=1)
    return {"version": 1, "effective_from": tomorrow.isoformat(), **item}


def _moved(database: Connection, parts: State, id_: str, wish: Wish, who: str, status: int) -> Response:
    before = reading.find(database, id_)
    if before is None and status == 200:
        raise ProblemError(404, "not_found", f"no filing {id_!r}", field="filing_id")
    action, unit = asked_for(wish, before)
    demand(database, who, action, unit=unit)
    done = act(database, id_, wish, who, parts.clock)
    if isinstance(done, Refused):
        database.commit()  # what was refused stays on record
        raise ProblemError(409 if before else 422, done.code, done.message, field=done.field or None)
    return _json(_shown(done, load_world(database), parts), status)


def _shown(filing: Filing, world: World, parts: State) -> dict[str, Any]:
    found = reading.lint_of(filing, world, parts.clock.now())
    return {**msgspec.to_builtins(filing), "lint": msgspec.to_builtins([told(one, "zh") for one in found])}


def _known(database: Connection, id_: str) -> Filing:
    found = reading.find(database, id_)
    if found is None:
        raise ProblemError(404, "not_found", f"no filing {id_!r}", field="filing_id")
    return found


def _wish(name: WishName, asked: Move) -> Wish:
    given = asked.model_dump(exclude={"actor", "basis"}, exclude_none=True)
    try:
        found: Wish = msgspec.convert({"type": name, **given}, _WISHES[name])
    except msgspec.ValidationError as error:
        wrong = refusal(error)
        raise ProblemError(422, "malformed", wrong.message, field=wrong.field or None) from error
    return found


def _json(value: Any, status: int) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
