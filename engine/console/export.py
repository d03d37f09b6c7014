"""What is seen on a page as a file: CSV that Excel reads, streamed however long it is, and Excel with a sheet for each table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from engine.console.parts import Console
from engine.console.visit import Visit, visit

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXCEL = 20_000
_CHUNK = 500
Cell = str | int | float | None
Lines = Iterable[Sequence[Cell]]
Listing = Callable[[Visit], Iterator[Sequence[Cell]]]


def exports(router: APIRouter, console: Console, path: str, title: str, lines: Listing) -> None:
    """`PATH.csv` and `PATH.xlsx` of a list: `lines` gives the head, then the rows as the address bar filters them, and refuses who may not see them."""
    name = path.rpartition("/")[2]

    @router.get(f"{path}.csv")
    def as_csv(request: Request) -> Response:
        return csv_file(console, request, lines, name)

    @router.get(f"{path}.xlsx")
    def as_excel(request: Request) -> Response:
        with visit(console, request) as v:
            return excel_file({v.t(title): _cut(v, lines(v))}, name)


def csv_file(console: Console, request: Request, lines: Listing, name: str) -> Response:
    """Streamed: the first bytes go out at once, and what is sent is not kept."""
    with visit(console, request) as v:
        next(lines(v))  # whoever may not have it is told so before the first byte
    head = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(_csv(console, request, lines), media_type="text/csv; charset=utf-8", headers=head)


def excel_file(sheets: Mapping[str, Lines], name: str) -> Response:
    """`sheets`: title → lines, the first of them the head."""
    head = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(_excel(sheets), media_type=EXCEL_TYPE, headers=head)


def safe(cell: Cell) -> Cell:
    """A cell that a spreadsheet will not take for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t"} else cell


def _cut(v: Visit, lines: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """As many rows as a sheet bears; where there are more, the last line says so."""
    yield from islice(lines, 1 + MOST_EXCEL)
    if next(lines, None) is not None:
        yield [v.t("export.cut", n=MOST_EXCEL)]


def _csv(console: Console, request: Request, lines: Listing) -> Iterator[str]:
    """In pieces of many lines: each piece costs a turn of the server."""
    with visit(console, request) as v:
        found = lines(v)
        yield "\ufeff"  # Excel reads Chinese in UTF-8 only with a mark
        for first in found:
            buffer = io.StringIO()
            writer = csv.writer(buffer)
            writer.writerows([safe(cell) for cell in line] for line in chain([first], islice(found, _CHUNK - 1)))
            yield buffer.getvalue()


def _excel(sheets: Mapping[str, Lines]) -> bytes:
    from openpyxl import Workbook  # a page with a table needs it only when it is taken away

    book = Workbook(write_only=True)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for line in lines:
            sheet.append([safe(cell) for cell in line])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
