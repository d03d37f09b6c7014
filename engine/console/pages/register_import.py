"""Units and people from an Excel workbook, where there are none yet or many change: every mistake with its cell first. Items are filed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from engine.console.pages.filing_import import EXCEL, checked, kept, uploaded
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from engine.provisioning.export import catalogue_of, merged
from engine.provisioning.record import Count, provision
from engine.storage.connect import Connection
from engine.workbook.faults import Checked
from engine.workbook.writing import write


def add(router: APIRouter, console: Console) -> None:
    @router.get("/units/import")
    def ask(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.provision")
            return v.page("register_import.html", found=None, counts=[], items=0, written=False, content="")

    @router.get("/units/register.xlsx")
    def register(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.provision")
            headers = {"Content-Disposition": 'attachment; filename="register.xlsx"'}
            return Response(_written(v), media_type=EXCEL, headers=headers)

    @router.post("/units/import")
    async def take(request: Request) -> Response:
        return await run_in_threadpool(_taken, console, request, await uploaded(request))


def _taken(console: Console, request: Request, content: bytes) -> Response:
    with visit(console, request) as v:
        v.need_role("catalogue.provision")
        found = checked(v, content)
        items = len(found.catalogue.items) if found.catalogue else 0
        written = v.form.get("go") == "write" and not found.refused and not items
        counts = _provisioned(v, found, written=written) if not found.refused and not items else []
        status = 422 if found.refused or items else 200
        return v.page(
            "register_import.html",
            status,
            found=found,
            counts=counts,
            items=items,
            written=written,
            content=kept(content),
        )


def _provisioned(v: Visit, found: Checked, *, written: bool) -> list[Count]:
    """What is new or changed by kind; nothing is written unless it is asked for."""
    assert isinstance(v.db, Connection)
    assert found.catalogue is not None
    whole = merged(catalogue_of(v.db), found.catalogue)
    counts = provision(v.db, whole, v.console.clock.now(), v.person, dry_run=not written)
    return [count for count in counts if count.recorded]


def _written(v: Visit) -> bytes:
    """What is configured now without its items: empty sheets with their headers at first."""
    assert isinstance(v.db, Connection)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        write(msgspec.structs.replace(catalogue_of(v.db), items=()), path)
        return path.read_bytes()
