"""Certificates: the list for those signed in, and one for anybody who has its number."""

from __future__ import annotations

import segno
from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from engine.console.case_list import standing
from engine.console.drawing import drawn
from engine.console.errors import NotFound
from engine.console.explanation import explained
from engine.console.parts import Console
from engine.console.views.case import case_file
from engine.console.views.certificates import CertificateRow, certificate, list_certificates
from engine.console.visit import Visit, any_visit, visit


def add(router: APIRouter, console: Console) -> None:
    @router.get("/certificates")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("case.read")
            return v.page("certificates.html", rows=list_certificates(v.db, v.units("case.read")))

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
        applicant=masked(v, row),
        granted=(item.silence.grants if item else None) or v.item_name(row.item),
        basis=item.silence.basis if item else "",
    )


def masked(v: Visit, row: CertificateRow) -> str:
    """The applicant's masked name as the certificate records it; the certificate page is public."""
    return str(row.data.get("applicant_masked") or v.t("certificate.sealed"))


def _qr(address: str) -> Markup:
    picture = segno.make(address, error="m").svg_inline(scale=4, border=2, svgclass="", lineclass="")
    return Markup(picture)  # noqa: S704 - drawn by segno from an address of ours
