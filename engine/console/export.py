"""What is seen on a page as a file: CSV that Excel reads, and Excel with a sheet for each table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from starlette.responses import Response, StreamingResponse

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | None
Lines = Iterable[Sequence[Cell]]


def csv_file(lines: Lines, name: str) -> Response:
    head = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(iter(list(_csv(lines))), media_type="text/csv; charset=utf-8", headers=head)


def excel_file(sheets: Mapping[str, Lines], name: str) -> Response:
    """`sheets`: title → lines, the first of them the head."""
    head = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(_excel(sheets), media_type=EXCEL_TYPE, headers=head)


def safe(cell: Cell) -> Cell:
    """A cell that a spreadsheet will not take for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t"} else cell


def _csv(lines: Lines) -> Iterator[str]:
    yield "\ufeff"  # Excel reads Chinese in UTF-8 only with a mark
    for line in lines:
        buffer = io.StringIO()
        csv.writer(buffer).writerow(map(safe, line))
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
