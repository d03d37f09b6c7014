"""A workbook as the records of a folder, each with the cells it came from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import msgspec

from engine.errors import OperatorError
from engine.workbook.columns import SETTINGS, SHEETS, Column, Sheet
from engine.workbook.values import CellError, value_of

Record = dict[str, Any]


class Fault(msgspec.Struct, frozen=True, order=True):
    """What is wrong, and in which cell. `code` is a lint code or that of an error; a warning does not stop an import."""

    sheet: str
    row: int
    cell: str
    code: str
    message: str
    severity: str = "error"


class Place(msgspec.Struct, frozen=True):
    """A cell; or, of a record that came from no workbook, its list and `field`."""

    sheet: str
    row: int
    column: int
    field: str = ""

    @property
    def cell(self) -> str:
        if not self.row:
            return self.field
        from openpyxl.utils import get_column_letter

        return f"{get_column_letter(self.column)}{self.row}"

    def fault(self, code: str, message: str, severity: str = "error") -> Fault:
        return Fault(self.sheet, self.row, self.cell, code, message, severity)


class Book(msgspec.Struct):
    """`parts` is what a YAML folder would say; `places` the cell of every field, by list and index."""

    parts: dict[str, Any]
    places: dict[tuple[str, int], dict[str, Place]]
    faults: list[Fault]


class _Row(msgspec.Struct):
    record: Record
    places: dict[str, Place]
    start: Place


def read(path: Path) -> Book:
    """Everything that can be read; what cannot is a fault with its cell. OperatorError for what is no workbook."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, BadZipFile, InvalidFileException, KeyError) as error:
        raise OperatorError(f"{path}: 不是 Excel 工作簿 · is no Excel workbook: {error}") from error
    found = Book(parts={}, places={}, faults=[])
    try:
        by_key = {
            sheet.key: list(_rows(book[title], sheet, found.faults))
            for title in book.sheetnames
            if (sheet := _sheet(title))
        }
    finally:
        book.close()
    for sheet in SHEETS:
        if sheet.within:
            _put_within(found, sheet, by_key.get(sheet.key, []))
        elif sheet.key == "settings":
            _put_settings(found, by_key.get("settings", []))
        elif sheet.key in by_key:
            _put(found, sheet.key, by_key[sheet.key])
    return found


def _sheet(title: str) -> Sheet | None:
    """By its Chinese title or its key; other sheets are the clerk's own notes."""
    return next((sheet for sheet in SHEETS if title.strip() in {sheet.zh, sheet.key}), None)


def _rows(page: Any, sheet: Sheet, faults: list[Fault]) -> Iterator[_Row]:
    columns: list[Column | None] = []
    for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
        if number == 1:
            columns = [_column(sheet, cell, Place(page.title, 1, n), faults) for n, cell in enumerate(cells, start=1)]
        elif any(cell is not None and str(cell).strip() for cell in cells):
            yield _row(page.title, number, columns, cells, faults)


def _column(sheet: Sheet, cell: Any, place: Place, faults: list[Fault]) -> Column | None:
    words = str(cell or "").split()
    if not words:
        return None
    found = next((column for column in sheet.columns if {words[0], words[-1]} & {column.zh, column.path}), None)
    if found is None:
        known = ", ".join(column.zh for column in sheet.columns)
        faults.append(place.fault("unknown_column", f"没有这一列 · there is no column {cell!r}; {known}"))
    return found


def _row(title: str, number: int, columns: list[Column | None], cells: Any, faults: list[Fault]) -> _Row:
    found = _Row({}, {}, Place(title, number, 1))
    for place, (column, cell) in enumerate(zip(columns, cells, strict=False), start=1):
        if column is None:
            continue
        where = Place(title, number, place)
        found.places[column.path] = where
        try:
            value = value_of(cell, column.kind)
        except CellError as error:
            faults.append(where.fault("wrong_value", str(error)))
            continue
        if value is not None:
            _set(found.record, column.path, value)
    return found


def _set(record: Record, path: str, value: Any) -> None:
    if path == "more":
        _merge(record, value if isinstance(value, dict) else {})
        return
    *outer, last = path.split(".")
    for name in outer:
        record = record.setdefault(name, {})
    record[last] = value


def _merge(record: Record, more: Record) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(record.get(name), dict):
            _merge(record[name], value)
        else:
            record.setdefault(name, value)


def _put(found: Book, key: str, rows: list[_Row]) -> None:
    found.parts[key] = [row.record for row in rows]
    for index, row in enumerate(rows):
        found.places[key, index] = {"": row.start, **row.places}


def _put_settings(found: Book, rows: list[_Row]) -> None:
    for row in rows:
        name, value = row.record.get("name"), str(row.record.get("value", ""))
        if name not in SETTINGS:
            found.faults.append(
                row.start.fault(
                    "unknown_setting", f"没有这一设置 · there is no setting {name!r}; {', '.join(SETTINGS)}"
                )
            )
        else:
            found.parts[name] = [part.strip() for part in value.split(",")] if name == "inspectors" else value


def _put_within(found: Book, sheet: Sheet, rows: list[_Row]) -> None:
    """Rows that are parts of items, in their order."""
    items = found.parts.get("items", [])
    for row in rows:
        code, version = row.record.pop("item", None), row.record.pop("version", None)
        place = next(
            (n for n, item in enumerate(items) if item.get("code") == code and version in {None, item.get("version")}),
            None,
        )
        if place is None:
            where = row.places.get("item", row.start)
            found.faults.append(
                where.fault("unknown_item", f"没有这一事项 · there is no item {code!r} on the sheet of items")
            )
            continue
        target = items[place]
        *outer, last = sheet.within.split(".")
        for name in outer:
            target = target.setdefault(name, {})
        part: list[Record] = target.setdefault(last, [])
        prefix = f"{sheet.within}[{len(part)}]"
        found.places["items", place] |= {prefix: row.start} | {
            f"{prefix}.{path}": at for path, at in row.places.items()
        }
        part.append(row.record)
