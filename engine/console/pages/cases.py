"""The list of cases, and the same rows as CSV and Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.case_list import listed
from engine.console.export import Cell, exports
from engine.console.pages.catalogue import current_items
from engine.console.parts import Console
from engine.console.views.cases import LEVELS, STATUSES, CaseFilter, CaseRow, every_case, list_cases
from engine.console.visit import Visit, visit

_COLUMNS = ("case", "item", "unit", "status", "level", "due", "statutory", "holder", "accepted", "outcome", "legal_at")


def add(router: APIRouter, console: Console) -> None:
    @router.get("/cases")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("case.read")
            return _page(v)

    exports(router, console, "/cases", "nav.cases", _lines)


def _page(v: Visit) -> Response:
    wanted = CaseFilter.of(v.request.query_params)
    units = v.units("case.read")
    page = list_cases(v.db, wanted, units)
    seen = [u for u in v.world.units.values() if units is None or u.id in units]
    items = [i for i in current_items(v) if (units is None or i.unit in units) and wanted.unit in {"", i.unit}]
    return v.page(
        "cases.html", wanted=wanted, cases=list(listed(v, page.rows)), next=page.next, units=seen,
        items=items, statuses=STATUSES, levels=LEVELS,
    )  # fmt: skip


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    """The head and the rows of the view as it is filtered, in words."""
    v.need_role("case.read")
    yield [v.t(f"export.{name}") for name in _COLUMNS]
    for row in every_case(v.db, CaseFilter.of(v.request.query_params), v.units("case.read")):
        yield _words(v, row)


def _words(v: Visit, row: CaseRow) -> tuple[str, ...]:
    return (
        row.case_id,
        v.item_name(row.item),
        v.unit_name(row.unit),
        v.t.code("status", row.status),
        v.t.code("level", row.level),
        str(row.due_on or ""),
        str(row.statutory_due_on or ""),
        v.person_name(row.holder) if row.holder else "",
        v.iso(row.accepted_at),
        v.t.code("outcome", row.outcome_kind) if row.outcome_kind else "",
        v.iso(row.legal_at),
    )
