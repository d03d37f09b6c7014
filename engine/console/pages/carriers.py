"""Carriers: what is on display where, what differs from what is published, the papers to print, and putting a display on record."""

from __future__ import annotations

from typing import Any, get_args

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.carriers import printing
from engine.carriers.check import check
from engine.console.actions import Act, Refusal, perform
from engine.console.pages.catalogue import current_items
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from rules.carriers import OF_UNITS
from rules.limit import Limit
from rules.payloads import CarrierKind

KINDS: tuple[str, ...] = get_args(CarrierKind)


def add(router: APIRouter, console: Console) -> None:
    @router.get("/carriers")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.read")
            return _page(v)

    @router.post("/carriers/displayed")
    def displayed(request: Request) -> Response:
        with visit(console, request) as v:
            wrong = _wrong(v)
            refusal = None if wrong else _say(v, "carrier.displayed", _data(v))
            return _page(v, refusal, wrong) if wrong or refusal else v.go("/carriers?done=recorded")

    @router.post("/carriers/removed")
    def removed(request: Request) -> Response:
        with visit(console, request) as v:
            place = {name: v.form.get(name, "") for name in ("item", "carrier", "place")}
            refusal = _say(v, "carrier.removed", place)
            return _page(v, refusal) if refusal else v.go("/carriers?done=recorded")


def _page(v: Visit, refusal: Refusal | None = None, wrong: tuple[str, ...] = ()) -> Response:
    found = check(v.db, v.world, v.now)
    mine = [item for item in current_items(v) if v.may("catalogue.edit", item.unit)]
    return v.page(
        "carriers.html",
        422 if refusal or wrong else 200,
        differ=[one for one in found if one.differences],
        agree=[one for one in found if not one.differences],
        items=mine,
        units=sorted({item.unit for item in mine}),
        of_items=printing.OF_ITEMS,
        of_units=sorted(OF_UNITS),
        kinds=KINDS,
        is_limit=lambda value: isinstance(value, Limit),
        refusal=refusal,
        wrong=wrong,
        form=v.form if wrong or refusal else {},
        token=v.new_token(),
    )


def _wrong(v: Visit) -> tuple[str, ...]:
    """The fields that say nothing usable."""
    chosen = v.form.get("item") in {item.code for item in current_items(v)}
    numbers = [name for name in ("version", "limit") if not _number(v, name)]
    return (*(() if chosen else ("item",)), *(() if v.form.get("carrier") in KINDS else ("carrier",)), *numbers)


def _number(v: Visit, name: str) -> bool:
    given = v.form.get(name, "").strip()
    return not given or (given.isascii() and given.isdigit() and len(given) < 6)


def _data(v: Visit) -> dict[str, Any]:
    data: dict[str, Any] = {name: v.form.get(name, "").strip() for name in ("item", "carrier", "place")}
    if version := v.form.get("version", "").strip():
        data["version"] = int(version)
    if limit := v.form.get("limit", "").strip():
        data["committed_limit"] = {"amount": int(limit), "unit": "working_days"}
    return data


def _say(v: Visit, type_: str, data: dict[str, Any]) -> Refusal | None:
    item = v.world.item(data["item"], v.today)
    v.need("catalogue.edit", item.unit if item else None)
    return perform(v, Act(type_, "", data, v.form.get("token", "")))
