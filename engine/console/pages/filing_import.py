"""Many items from an Excel workbook: every mistake with its cell first, then drafts; and an empty workbook to fill in."""

from __future__ import annotations

import tempfile
from base64 import b64decode, b64encode
from collections.abc import Sequence
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
from rules.items import Item

LARGEST = 5_000_000
_CARRIED = 400_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add(router: APIRouter, console: Console) -> None:
    @router.get("/filings/import")
    def ask(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return v.page("filing_import.html", found=None, filed=0, content="")

    @router.get("/filings/template.xlsx")
    def template(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return Response(
                _empty(v), media_type=EXCEL, headers={"Content-Disposition": 'attachment; filename="items.xlsx"'}
            )

    @router.post("/filings/import")
    async def take(request: Request) -> Response:
        return await run_in_threadpool(_taken, console, request, await uploaded(request))


async def uploaded(request: Request) -> bytes:
    """The workbook that was chosen, or the one that was checked before and came back with the page."""
    async with request.form() as form:
        upload, kept = form.get("file"), form.get("content")
        if isinstance(upload, UploadFile) and upload.filename:
            return await upload.read(LARGEST)
    try:
        return b64decode(str(kept or ""), validate=True)
    except ValueError:
        return b""


def kept(content: bytes) -> str:
    """What goes along with a page, so that nobody chooses the same file twice; a very large one is chosen again."""
    return b64encode(content).decode() if len(content) <= _CARRIED else ""


def _taken(console: Console, request: Request, content: bytes) -> Response:
    with visit(console, request) as v:
        v.need_role("catalogue.edit")
        found = checked(v, content)
        items = found.catalogue.items if found.catalogue else ()
        filed = _filed(v, items) if items and v.form.get("go") == "file" else 0
        if isinstance(filed, Fault):
            found, filed = Checked(None, (filed,)), 0
        status = 422 if found.refused else 200
        return v.page("filing_import.html", status, found=found, filed=filed, content=kept(content))


def _filed(v: Visit, items: Sequence[Item]) -> int | Fault:
    """How many drafts were made; nothing is written where one of them is not this person's to file, or is refused."""
    others = sorted({item.unit for item in items if not v.may("catalogue.edit", item.unit)})
    if others:
        return Fault("", 0, "", "forbidden", f"{v.t('filing_wrong.unit_not_yours')}: {', '.join(others)}")
    try:
        return file_all(v.db, items, v.person, v.console.clock)
    except OperatorError as error:
        return Fault("", 0, "", "refused", str(error))


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
