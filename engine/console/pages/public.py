"""What anybody may read without signing in: powers and commitments by unit, one item, the touch screen, and the papers."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from engine.carriers import printing
from engine.carriers.leaflet import words
from engine.carriers.of_units import items_of
from engine.carriers.pdf import qr
from engine.carriers.writing import Writer
from engine.console.errors import NotFound
from engine.console.parts import Console
from engine.console.visit import Visit, any_visit
from rules.carriers import OF_UNITS
from rules.items import Item


def add(router: APIRouter, console: Console) -> None:
    @router.get("/public")
    def home(request: Request) -> Response:
        with any_visit(console, request) as v:
            units = [(unit, len(items_of(v.world, unit.id, v.today))) for unit in v.world.units.values()]
            return v.page("public_home.html", units=[pair for pair in units if pair[1]], w=words(v.t.locale))

    @router.get("/public/units/{unit}")
    def unit(request: Request, unit: str) -> Response:
        with any_visit(console, request) as v:
            return _unit(v, unit, "public_unit.html")

    @router.get("/public/units/{unit}/touch")
    def touch(request: Request, unit: str) -> Response:
        with any_visit(console, request) as v:
            return _unit(v, unit, "public_touch.html")

    @router.get("/public/units/{unit}/{kind}.pdf")
    def unit_paper(request: Request, unit: str, kind: str) -> Response:
        with any_visit(console, request) as v:
            if unit not in v.world.units or kind not in OF_UNITS:
                raise NotFound
            since = _day(request.query_params.get("since"))
            found = printing.of_unit(v.world, unit, kind, v.t.locale, v.today, site(v), since)
            return _pdf(found, f"{unit}-{kind}")

    @router.get("/public/items/{code:path}/{kind}.pdf")
    def paper(request: Request, code: str, kind: str) -> Response:
        with any_visit(console, request) as v:
            item = _item(v, code)
            if kind not in printing.OF_ITEMS:
                raise NotFound
            return _pdf(printing.of_item(v.world, item, kind, v.t.locale, v.today, site(v)), f"{code}-{kind}")

    @router.get("/public/items/{code:path}")
    def page(request: Request, code: str) -> Response:
        with any_visit(console, request) as v:
            item = _item(v, code)
            leaflet = Writer(v.world, v.t.locale, v.today, site(v)).page(item)
            return v.page(
                "public_item.html",
                leaflet=leaflet,
                item=item,
                w=words(v.t.locale),
                papers=printing.OF_ITEMS,
                qr=Markup(qr(leaflet.address)),  # noqa: S704 - drawn by segno from an address of ours
                shown=_version(request.query_params.get("v")),
            )


def site(v: Visit) -> str:
    """The public address, as papers name it; without one that is known, as the reader came."""
    return (v.console.public_url or v.console.site or str(v.request.base_url)).rstrip("/")


def _unit(v: Visit, unit: str, template: str) -> Response:
    if unit not in v.world.units:
        raise NotFound
    items = items_of(v.world, unit, v.today)
    writer = Writer(v.world, v.t.locale, v.today, site(v))
    return v.page(
        template, unit=v.world.units[unit], items=items, writer=writer, w=words(v.t.locale), papers=sorted(OF_UNITS)
    )


def _item(v: Visit, code: str) -> Item:
    item = v.world.published(code, v.today)
    if item is None or item.retired:
        raise NotFound
    return item


def _version(given: str | None) -> int | None:
    """The version that a paper with this code shows; None where none is named."""
    return int(given) if given is not None and given.isascii() and given.isdigit() and len(given) < 9 else None


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return None


def _pdf(found: printing.Printed, name: str) -> Response:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    headers = {"Content-Disposition": f'inline; filename="{safe}.pdf"'}
    return Response(found.pdf, media_type="application/pdf", headers=headers)
