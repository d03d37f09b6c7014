"""From the form to the item it describes, laid over what it was before."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from engine.console.entry import rows
from engine.console.entry.columns import (
    CHECKS,
    DEFAULTS,
    EXTENSION,
    LIMIT_COLUMNS,
    LIMITS,
    LINES,
    NUMBERS,
    PLAIN,
    TABLES,
    Form,
)
from engine.console.entry.conditions import named
from engine.console.entry.silence import silence_of
from engine.money import fen

_WHOLE = re.compile(r"-?\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*")
_COMMA = re.compile(r"[,，、]")
TYPES = ("boolean", "integer", "text", "date", "list")
Item = dict[str, Any]


class Read(msgspec.Struct):
    """`wrong`: what could not be read, by field (codes of `filing_wrong`). `texts`: conditions as they are kept, by row.

    `places`: where a part of the item stands on the page, as `steps[0]` in `steps-2`.
    """

    item: Item = {}
    wrong: dict[str, str] = {}
    texts: dict[str, str] = {}
    places: dict[str, str] = {}


def read(form: Form, before: Item) -> Read:
    found = Read(item=dict(before))
    put = found.item
    for name in PLAIN:
        _put(put, name, form.get(name, "").strip(), DEFAULTS.get(name))
    for name in LINES:
        _put(put, name, [line for part in form.get(name, "").splitlines() if (line := part.strip())])
    for name in CHECKS:
        _put(put, name, form.get(name) == "yes")
    for name in LIMITS:
        _put(put, name, limit(form, name, name, found))
    _put(put, "basis", _basis(form, before.get("basis")))
    _put(put, "extension", _extension(form, before, found))
    for table in ("steps", "warnings", "suspensions", "offices", "duties", "fees", "exceptions", "materials"):
        _put(put, table, _rows(form, table, before, found))
    _put(put, "windows", [cells["window"] for _, cells in rows.filled(form, "windows")])
    _put(put, "attributes", _attributes(form, found))
    _put(put, "silence", silence_of(form, before.get("silence") or {}, found))
    return found


def limit(cells: Form, name: str, field: str, found: Read) -> dict[str, Any] | None:
    """An amount of a unit; or until a date, or until the date that an attribute holds."""
    text, unit = cells.get(f"{name}-amount", "").strip(), cells.get(f"{name}-unit") or "working_days"
    if not text:
        return None
    if unit == "until_date":
        return {"unit": unit, "on" if _DATE.fullmatch(text) else "attribute": text}
    if not _WHOLE.fullmatch(text) or len(text) > 8:
        found.wrong[field] = "whole_number"
        return None
    return {"amount": int(text), "unit": unit}


def _rows(form: Form, table: str, before: Item, found: Read) -> list[Any]:
    given = rows.filled(form, table)
    taken = {cells.get("id") for _, cells in given}
    every = []
    for n, (place, cells) in enumerate(given):
        found.places[f"{table}[{n}]"] = f"{table}-{place}"
        every.append(_row(cells, table, f"{table}-{place}", before, found))
        if table == "steps" and not cells.get("id"):
            every[-1]["id"] = next(f"s{k}" for k in range(1, 999) if f"s{k}" not in taken)
            taken.add(every[-1]["id"])
    return _materials(every, before) if table == "materials" else every


def _row(cells: dict[str, str], table: str, field: str, before: Item, found: Read) -> Item:
    row = _cells(cells, table, field, found)
    if table == "fees" and "amount" in row:
        row["amount"] = fen(row["amount"])
    key = TABLES[table].known_by
    same = [one for one in before.get(table) or () if isinstance(one, dict) and key and one.get(key) == row.get(key)]
    hidden = {name: value for name, value in (same[0] if same else {}).items() if name not in _shown(table)}
    if table in {"steps", "offices"}:
        own = {name: row.pop(name) for name in ("effect", "basis") if name in row}
        _put(hidden, "silence", {**hidden.get("silence", {}), **own} if "effect" in own else {})
    return {**hidden, **row}


def _cells(cells: dict[str, str], table: str, field: str, found: Read) -> Item:
    row: Item = {}
    for column in (*TABLES[table].columns, *TABLES[table].more, "id"):
        if column in LIMIT_COLUMNS:
            _put(row, column, limit(cells, column, field, found))
        else:
            _put(row, column, cells.get(column, ""), DEFAULTS.get(f"{table}.{column}"))
    for column in NUMBERS & set(row):
        row[column] = _number(row[column], field, found)
    return row


def _number(text: str, field: str, found: Read) -> int | None:
    if _WHOLE.fullmatch(text) and len(text) < 9:
        return int(text)
    found.wrong[field] = "whole_number"
    return None


def _shown(table: str) -> set[str]:
    return {*TABLES[table].columns, *TABLES[table].more}


def _materials(every: list[Item], before: Item) -> list[Any]:
    """A material that is no more than its name is written as such, as long as none was written otherwise."""
    written_out = any(isinstance(one, dict) for one in before.get("materials") or ())
    return [row if written_out or set(row) != {"name"} else row["name"] for row in every]


def _attributes(form: Form, found: Read) -> Item:
    declared: Item = {}
    for place, cells in rows.filled(form, "attributes"):
        name, field = cells.get("name", ""), f"attributes-{place}"
        found.places[f"attributes.{name}"] = field
        if not named(name) or name in declared:
            found.wrong[field] = "attribute_twice" if name in declared else "attribute_name"
        declared[name] = _type(cells)
    return declared


def _type(cells: dict[str, str]) -> Any:
    """One of four types, or texts to choose from."""
    kind = cells.get("type") or "boolean"
    return (
        [part for each in _COMMA.split(cells.get("values", "")) if (part := each.strip())] if kind == "list" else kind
    )


def _basis(form: Form, before: Any) -> dict[str, str]:
    """The two the form shows, beside others that an item may name."""
    shown = ("statutory", "committed")
    others = {name: text for name, text in before.items() if name not in shown} if isinstance(before, dict) else {}
    return {**others, **{name: text for name in shown if (text := form.get(f"basis-{name}", "").strip())}}


def _extension(form: Form, before: Item, found: Read) -> Item | None:
    """None where neither a length nor anything else that counts is given."""
    longest = limit(form, "extension", "extension", found)
    own: Item = {} if longest is None else {"max": longest}
    for name in EXTENSION:
        _put(own, name, form.get(f"extension-{name}", "").strip(), DEFAULTS.get(f"extension-{name}"))
    if "max_times" in own:
        own["max_times"] = _number(own["max_times"], "extension-max_times", found)
    return own or ({} if before.get("extension") == {} else None)


def _put(item: Item, name: str, value: Any, default: str | None = None) -> None:
    """Empty fields are no fields, and neither is what an item means anyway."""
    if value in ("", None, [], {}, False) or value == default:
        item.pop(name, None)
    else:
        item[name] = value
