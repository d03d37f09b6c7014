"""Excel workbooks, read row by row. The first row names the columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

from openpyxl import load_workbook

from engine.imports.records import Broken, Row


def read(stream: BinaryIO, sheet: str | None = None) -> Iterator[Row | Broken]:
    """Rows of one sheet (the first by default). ValueError where the sheet does not exist."""
    book = load_workbook(stream, read_only=True, data_only=True)
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise ValueError(f"no sheet {sheet!r} in the workbook; it has {', '.join(book.sheetnames)}")
        rows = (book[sheet] if sheet else book[book.sheetnames[0]]).iter_rows(values_only=True)
        head = [str(name).strip() if name is not None else "" for name in next(rows, ())]
        for number, cells in enumerate(rows, start=2):
            if any(cell is not None for cell in cells):
                yield Row(
                    f"row {number}", {name: _plain(cell) for name, cell in zip(head, cells, strict=False) if name}
                )
    finally:
        book.close()


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else cell
