"""Papers of supervision: one as a page in the reader's language, and as PDF."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.errors import NotFound
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from engine.documents.access import papers, right_to
from engine.documents.kinds import About, Kind
from engine.documents.pdf import pdf_of
from engine.documents.reading import PaperError, PaperRow, by_id, content_of, latest, read
from engine.documents.record import matter


def add(router: APIRouter, console: Console) -> None:
    @router.get("/proceedings/{id_:path}/documents/{kind}")
    def of_proceeding(request: Request, id_: str, kind: str) -> Response:
        with visit(console, request) as v:
            return _go_to_latest(v, About("proceeding", id_), kind)

    @router.get("/alerts/{id_}/documents/{kind}")
    def of_alert(request: Request, id_: str, kind: str) -> Response:
        with visit(console, request) as v:
            return _go_to_latest(v, About("alert", id_), kind)

    @router.get("/documents/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _page(v, _found(v, id_))

    @router.get("/documents/{id_}/pdf")
    def pdf(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _found(v, id_)
            return _pdf(v, row)


def _go_to_latest(v: Visit, about: About, kind: str) -> Response:
    _need(v, about)
    row = latest(papers(v.db, about, v.now), kind) if kind in get_args(Kind) else None
    if row is None:
        raise NotFound
    return v.go(f"/documents/{row.id}")


def _found(v: Visit, id_: str) -> PaperRow:
    row = by_id(v.db, id_)
    if row is None:
        raise NotFound
    _need(v, About(row.about, row.about_id))  # type: ignore[arg-type]  # as it was written
    return row


def _need(v: Visit, about: About) -> None:
    """Whoever may not read the matter is not told that it exists."""
    found = matter(v.db, about)
    right = right_to(found) if found else None
    if right is None or not v.may(right.action, right.unit, right.concerned):
        raise NotFound


def _page(v: Visit, row: PaperRow) -> Response:
    try:
        written = read(content_of(v.db, row)).texts[v.t.locale]
    except PaperError:
        written = None
    others = [one for one in papers(v.db, About(row.about, row.about_id), v.now) if one.id != row.id]  # type: ignore[arg-type]
    return v.page("document.html", row=row, written=written, others=others)


def _pdf(v: Visit, row: PaperRow) -> Response:
    try:
        content = pdf_of(v.db, content_of(v.db, row), row.content_hash, v.t.locale, v.now)
    except PaperError:
        return v.go(f"/documents/{row.id}")
    name = f"{row.kind}-{row.year}-{row.serial}.pdf"
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
