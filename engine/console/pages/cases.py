"""The list of cases, and the same rows as CSV and Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from fastapi import APIRouter
from openpyxl import Workbook
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from engine.console.case_list import listed
from engine.console.pages.catalogue import current_items
from engine.console.parts import Console
from engine.console.views.cases import LEVELS, STATUSES, CaseFilter, CaseRow, every_case, list_cases
from engine.console.visit import Visit, visit

MOST_CSV, MOST_EXCEL = 100_000, 20_000
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = ("case", "item", "unit", "status", "level", "due", "statutory", "holder", "accepted", "outcome", "legal_at")


def add(router: APIRouter, console: Console) -> None:
    @router.get("/cases")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("case.read")
            return _page(v)

    @router.get("/cases.csv")
    def as_csv(request: Request) -> Response:
        with visit(console, request) as v:
            lines = _lines(v, MOST_CSV)
            head = {"Content-Disposition": 'attachment; filename="cases.csv"'}
            return StreamingResponse(iter(list(_csv(lines))), media_type="text/csv; charset=utf-8", headers=head)

    @router.get("/cases.xlsx")
    def as_excel(request: Request) -> Response:
        with visit(console, request) as v:
            head = {"Content-Disposition": 'attachment; filename="cases.xlsx"'}
            return Response(_excel(_lines(v, MOST_EXCEL)), media_type=EXCEL_TYPE, headers=head)


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


def _lines(v: Visit, most: int) -> Iterator[list[str]]:
    """The head and the rows of the view as it is filtered, in words."""
    v.need_role("case.read")
    yield [v.t(f"export.{name}") for name in _COLUMNS]
    for row in every_case(v.db, CaseFilter.of(v.request.query_params), v.units("case.read"), most):
        yield [_safe(words) for words in _words(v, row)]


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
        v.d.local(row.accepted_at).isoformat() if row.accepted_at else "",
        v.t.code("outcome", row.outcome_kind) if row.outcome_kind else "",
        v.d.local(row.legal_at).isoformat() if row.legal_at else "",
    )


def _safe(words: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{words}" if words[:1] in {"=", "+", "-", "@", "\t"} else words


def _csv(lines: Iterator[list[str]]) -> Iterator[str]:
    yield "\ufeff"  # Excel reads Chinese in UTF-8 only with a mark
    for line in lines:
        buffer = io.StringIO()
        csv.writer(buffer).writerow(line)
        yield buffer.getvalue()


def _excel(lines: Iterator[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for line in lines:
        sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
