"""Many items from an Excel workbook: every mistake with its cell first, then drafts; and an empty workbook to fill in."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from engine.console.parts import Console
from engine.console.visit import Visit, visit
from engine.errors import OperatorError
from engine.filings.importing import file_all
from engine.provisioning.export import catalogue_of
from engine.provisioning.folder import Catalogue
from engine.workbook.faults import Checked, check
from engine.workbook.reading import Fault
from engine.workbook.writing import write

LARGEST = 5_000_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add(router: APIRouter, console: Console) -> None:
    @router.get("/filings/import")
    def ask(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return v.page("filing_import.html", found=None, filed=0)

    @router.get("/filings/template.xlsx")
    def template(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return Response(
                _empty(v), media_type=EXCEL, headers={"Content-Disposition": 'attachment; filename="items.xlsx"'}
            )

    @router.post("/filings/import")
    async def take(request: Request) -> Response:
        async with request.form() as form:
            upload = form.get("file")
            content = await upload.read(LARGEST) if isinstance(upload, UploadFile) else b""
        return await run_in_threadpool(_taken, console, request, content)


def _taken(console: Console, request: Request, content: bytes) -> Response:
    with visit(console, request) as v:
        v.need_role("catalogue.edit")
        found = checked(v, content)
        items = found.catalogue.items if found.catalogue else ()
        filed = 0
        if items and v.form.get("go") == "file":
            for unit in {item.unit for item in items}:
                v.need("catalogue.edit", unit)
            filed = file_all(v.db, items, v.person, console.clock)
        return v.page("filing_import.html", 422 if found.refused else 200, found=found, filed=filed)


def checked(v: Visit, content: bytes) -> Checked:
    """Against what is configured now; a file that is no workbook is a fault like any other."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        try:
            return check(Path(file.name), v.t.locale, catalogue_of(v.db))
        except OperatorError:
            return Checked(None, (Fault("", 0, "", "unreadable", v.t("filing.no_workbook")),))


def _empty(v: Visit) -> bytes:
    """The sheets with their headers, and the units a clerk may file for."""
    units = tuple(unit for unit in v.world.units.values() if v.may("catalogue.edit", unit.id))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.xlsx"
        write(Catalogue(units=units), path)
        return path.read_bytes()
