"""From an item as it is written to the values of the form's fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.console.entry.columns import (
    CHECKS,
    DEFAULTS,
    EXTENSION,
    LIMIT_COLUMNS,
    LIMITS,
    LINES,
    PLAIN,
    SILENCE,
    TABLES,
)
from engine.console.entry.conditions import picked
from engine.money import yuan

Written = Mapping[str, Any]


def fields_of(item: Written) -> dict[str, str]:
    """Every value of the form; an item's silence about a thing is shown as what it means."""
    found = {name: str(item.get(name) or DEFAULTS.get(name, "")) for name in PLAIN}
    found |= {name: "\n".join(item.get(name) or ()) for name in LINES}
    found |= {name: "yes" if item.get(name) else "" for name in CHECKS}
    for name in LIMITS:
        found |= limit_fields(name, item.get(name))
    found |= _bases(item.get("basis") or {})
    found |= _part("silence", SILENCE, item.get("silence") or {})
    extension = item.get("extension") or {}
    found |= limit_fields("extension", extension.get("max")) | _part("extension", EXTENSION, extension)
    found |= _otherwise(item.get("silence") or {})
    for table in TABLES:
        for place, row in enumerate(rows_of(item, table)):
            for column, value in row.items():
                found |= _cell(f"{table}-{place}-{column}", table, column, value)
    return found


def limit_fields(name: str, limit: Written | None) -> dict[str, str]:
    """A limit that is a date shows the date, or the attribute that holds it, where the others show an amount."""
    given = limit or {}
    amount = given.get("on") or given.get("attribute") if given.get("unit") == "until_date" else given.get("amount", "")
    return {f"{name}-amount": str(amount), f"{name}-unit": str(given.get("unit", "working_days"))}


def rows_of(item: Written, table: str) -> list[dict[str, Any]]:
    """The rows of a table, each with the cells it has something in."""
    silence = item.get("silence") or {}
    match table:
        case "attributes":
            return [_attribute(name, kind) for name, kind in (item.get("attributes") or {}).items()]
        case "rules":
            return list(_rules(silence))
        case "table":
            return [_ruled(row) for row in _ruling(silence)]
        case "needs":
            return [_needed(row) for row in silence.get("preconditions") or ()]
        case "materials":
            return [{"name": one} if isinstance(one, str) else dict(one) for one in item.get("materials") or ()]
        case "windows":
            return [{"window": one} for one in item.get("windows") or ()]
        case "fees":
            return [{**fee, "amount": yuan(fee.get("amount"))} for fee in item.get("fees") or ()]
    return [_row(row, table) for row in item.get(table) or ()]


def _row(row: Written, table: str) -> dict[str, Any]:
    """A step's and an office's own silence has two cells; one that says `none` is another thing than one that says nothing."""
    known = (*TABLES[table].columns, *TABLES[table].more, "id")
    cells = {name: row[name] for name in known if name in row}
    own = row.get("silence") if "effect" in known else None
    return cells if own is None else {**cells, "effect": own.get("effect", "none"), "basis": own.get("basis")}


def _attribute(name: str, kind: Any) -> dict[str, str]:
    listed = isinstance(kind, list | tuple)
    return {"name": name, "type": "list" if listed else str(kind), "values": ", ".join(kind) if listed else ""}


def _rules(silence: Written) -> Iterator[dict[str, Any]]:
    for out in silence.get("exclusions") or ():
        text, basis = (out, None) if isinstance(out, str) else (out.get("when", ""), out.get("basis"))
        yield {"effect": "excluded", **picked(text), "basis": basis}
    yield from (_ruled(flip) for flip in silence.get("flips") or ())


def _ruled(row: Written) -> dict[str, Any]:
    return {"effect": row.get("effect"), **picked(row.get("when") or ""), "basis": row.get("basis")}


def _needed(row: Written) -> dict[str, Any]:
    return {"fact": row.get("fact"), **picked(row.get("when") or ""), "basis": row.get("basis")}


def _ruling(silence: Written) -> list[Written]:
    """The rows of a decision table without its default row, which has fields of its own."""
    rows = list(silence.get("table") or ())
    return rows[:-1] if rows and not rows[-1].get("when") else rows


def _otherwise(silence: Written) -> dict[str, str]:
    rows = silence.get("table") or ()
    last = rows[-1] if rows and not rows[-1].get("when") else {}
    return {f"otherwise-{name}": str(last.get(name) or "") for name in ("effect", "basis")}


def _bases(basis: Any) -> dict[str, str]:
    each = basis if isinstance(basis, dict) else {"statutory": basis}
    return {f"basis-{name}": str(each.get(name) or "") for name in ("statutory", "committed")}


def _part(name: str, columns: tuple[str, ...], values: Written) -> dict[str, str]:
    return {f"{name}-{each}": str(values.get(each) or DEFAULTS.get(f"{name}-{each}", "")) for each in columns}


def _cell(name: str, table: str, column: str, value: Any) -> dict[str, str]:
    if column in LIMIT_COLUMNS:
        return limit_fields(name, value)
    return {name: str(DEFAULTS.get(f"{table}.{column}", "") if value is None else value)}
