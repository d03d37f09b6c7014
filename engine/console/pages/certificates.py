"""Certificates: the list for those signed in, and one for anybody who has its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import segno
from fastapi import APIRouter
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from engine.certificates.content import IssueError
from engine.certificates.document import Document, read
from engine.certificates.issue import document_of
from engine.certificates.verify import verify_online
from engine.console.case_list import standing
from engine.console.drawing import drawn
from engine.console.errors import NotFound
from engine.console.explanation import explained
from engine.console.export import Cell, exports
from engine.console.paging import address, cursor, every, following
from engine.console.parts import Console
from engine.console.views.case import case_file
from engine.console.views.certificates import PAGE, CertificateRow, certificate, list_certificates
from engine.console.visit import Visit, any_visit, visit

_LARGEST = 5_000_000


def add(router: APIRouter, console: Console) -> None:
    @router.get("/certificates")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("case.read")
            rows = list_certificates(v.db, v.units("case.read"), cursor(request.query_params.get("after", "")))
            more = address("/certificates", {}, following(rows, PAGE, "recorded_at"))
            return v.page("certificates.html", rows=rows[:PAGE], next=more)

    exports(router, console, "/certificates", "nav.certificates", _lines)

    @router.post("/certificates/verify")
    async def verify(request: Request) -> Response:
        async with request.form() as form:
            upload = form.get("file")
            content = await upload.read(_LARGEST) if isinstance(upload, UploadFile) else b""
        return await run_in_threadpool(_verified, console, request, content)

    @router.get("/certificates/{number:path}")
    def show(request: Request, number: str) -> Response:
        with any_visit(console, request) as v:
            row = certificate(v.db, number)
            if row is None:
                raise NotFound
            return _page(v, row)


def _page(v: Visit, row: CertificateRow) -> Response:
    found = explained(v, [row.case_id]).get(row.case_id) if row.case_id else None
    item = v.world.item(row.item or "", v.today)
    silent = item.silence.clock if item else "committed"
    clock = next((c for c in found.clocks if c.name == silent), found.main) if found else None
    base = v.console.public_url or str(v.request.base_url)
    return v.page(
        "certificate.html",
        row=row,
        case=case_file(v.db, row.case_id) if row.case_id else None,
        clock=clock,
        strip=drawn(clock, standing(v, clock)) if clock else None,
        qr=_qr(f"{base.rstrip('/')}/certificates/{row.number}"),
        document=(document := _document(v, row.number)),
        applicant=masked(v, document),
        granted=(item.silence.grants if item else None) or v.item_name(row.item),
        basis=item.silence.basis if item else "",
    )


def masked(v: Visit, document: Document | None) -> str:
    """The applicant's name as the certificate shows it to anybody; the certificate page is public."""
    applicant = document.certificate.applicant if document else None
    return applicant.masked if applicant else v.t("certificate.sealed")


def _document(v: Visit, number: str) -> Document | None:
    """The signed document. The page with the status is there even where it cannot be written."""
    try:
        content = document_of(v.db, number, v.now, v.console.site)
    except IssueError:
        return None
    return read(content) if content else None


def _verified(console: Console, request: Request, content: bytes) -> Response:
    with any_visit(console, request) as v:
        return v.page("certificate_check.html", verdict=verify_online(v.db, content))


def _qr(address: str) -> Markup:
    picture = segno.make(address, error="m").svg_inline(scale=4, border=2, svgclass="", lineclass="")
    return Markup(picture)  # noqa: S704 - drawn by segno from an address of ours


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    v.need_role("case.read")
    yield [
        v.t(name)
        for name in (
            "certificate.number",
            "col.status",
            "col.item",
            "col.unit",
            "legal_at",
            "certificate.issued",
            "col.case",
        )
    ]
    units = v.units("case.read")
    for row in every(lambda after: list_certificates(v.db, units, after), PAGE, "recorded_at"):
        status, item = v.t.code("certificate_status", row.status), v.item_name(row.item)
        yield row.number, status, item, v.unit_name(row.unit), v.iso(row.legal_at), v.iso(row.issued_at), row.case_id
