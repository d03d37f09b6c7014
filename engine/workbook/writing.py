"""A catalogue as a workbook: what has a column goes there, the rest into `more`, so that nothing is lost on the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from engine.provisioning.folder import Catalogue
from engine.workbook.columns import SETTINGS, SHEETS, Sheet
from engine.workbook.values import cell_of

Record = dict[str, Any]


def write(catalogue: Catalogue, path: Path) -> None:
    """Every sheet with its header, in the order of `columns.SHEETS`."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    body: Record = msgspec.to_builtins(catalogue)
    for sheet in SHEETS:
        page = book.create_sheet(sheet.zh)
        page.freeze_panes = "A2"
        page.append([_head(page, column.header) for column in sheet.columns])
        for row in _rows(body, sheet):
            page.append(row)
    book.save(path)


def _head(page: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(page, value=text)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True)
    return cell


def _rows(body: Record, sheet: Sheet) -> list[list[Any]]:
    if sheet.key == "settings":
        return [
            [name, ", ".join(v) if isinstance(v, list | tuple) else v]
            for name in SETTINGS
            if isinstance(v := body.get(name), str | list | tuple) and v
        ]
    if not sheet.within:
        return [_row(record, sheet) for record in body.get(sheet.key) or ()]
    return [
        _row(
            {
                "item": item["code"],
                "version": item["version"],
                **(_spoken(part) if isinstance(part, dict) else _named(part, sheet)),
            },
            sheet,
        )
        for item in body.get("items") or ()
        for part in _get(item, sheet.within) or ()
    ]


def _spoken(part: Record) -> Record:
    """A part's own silence that says `none` is another thing than none of its own."""
    return {**part, "silence": {"effect": "none"}} if part.get("silence") == {} else part


def _named(part: str, sheet: Sheet) -> Record:
    """A material that is only its name, an exclusion that is only its condition."""
    return {"when" if sheet.key == "exclusions" else "name": part}


def _row(record: Record, sheet: Sheet) -> list[Any]:
    left = _without(
        record,
        [column.path for column in sheet.columns]
        + [one.within for one in SHEETS if one.within and sheet.key == "items"],
    )
    return [
        cell_of(left if column.kind == "json" else _get(record, column.path), column.kind) for column in sheet.columns
    ]


def _get(record: Record, path: str) -> Any:
    found: Any = record
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _without(record: Record, paths: list[str]) -> Record:
    """What no column and no other sheet shows."""
    left = {}
    for name, value in record.items():
        inner = [path.removeprefix(f"{name}.") for path in paths if path.startswith(f"{name}.")]
        if name in paths:
            continue
        rest = _without(value, inner) if inner and isinstance(value, dict) else value
        if rest not in ({}, [], None):
            left[name] = rest
    return left
