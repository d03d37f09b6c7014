"""Units and items, to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.chart import chart
from engine.console.errors import NotFound
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from engine.procedures.graph import graph_of
from engine.procedures.written import bpmn
from rules.items import Item
from rules.world import Unit


class UnitRow(msgspec.Struct, frozen=True):
    unit: Unit
    depth: int
    items: int


def add(router: APIRouter, console: Console) -> None:
    @router.get("/units")
    def units(request: Request) -> Response:
        with visit(console, request) as v:
            return v.page("units.html", rows=list(_tree(v)))

    @router.get("/units/{id_}")
    def unit(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            if id_ not in v.world.units:
                raise NotFound
            people = [person for person in v.world.people if person.unit == id_]
            items = [item for item in current_items(v) if item.unit == id_]
            return v.page("unit.html", unit=v.world.units[id_], people=people, items=items)

    @router.get("/items")
    def items(request: Request) -> Response:
        with visit(console, request) as v:
            wanted = request.query_params.get("unit", "")
            rows = [item for item in current_items(v) if wanted in {"", item.unit}]
            return v.page("items.html", rows=rows, wanted=wanted, units=list(v.world.units.values()))

    @router.get("/charts/{code:path}")
    def as_bpmn(request: Request, code: str) -> Response:
        with visit(console, request) as v:
            found = v.world.item(code, v.today)
            if found is None:
                raise NotFound
            return Response(bpmn(graph_of(found), found.code, found.name), media_type="application/xml")

    @router.get("/items/{code:path}")
    def item(request: Request, code: str) -> Response:
        with visit(console, request) as v:
            found = v.world.item(code, v.today)
            if found is None:
                raise NotFound
            return v.page("item.html", item=found, may_edit=v.may("catalogue.edit", found.unit), chart=chart(v, found))


def current_items(v: Visit) -> list[Item]:
    """Each item's version in force today, in order of code."""
    codes = sorted({item.code for item in v.world.items()})
    return [item for code in codes if (item := v.world.item(code, v.today))]


def _tree(v: Visit) -> Iterator[UnitRow]:
    """Units from the top down, each below its superior."""
    count = Counter(item.unit for item in current_items(v))
    below: dict[str | None, list[Unit]] = {}
    for unit in v.world.units.values():
        known = unit.parent if unit.parent in v.world.units else None
        below.setdefault(known, []).append(unit)

    def walk(parent: str | None, depth: int) -> Iterator[UnitRow]:
        for unit in below.get(parent, ()):
            yield UnitRow(unit, depth, count[unit.id])
            yield from walk(unit.id, depth + 1)

    yield from walk(None, 0)
