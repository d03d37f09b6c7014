"""The form of a catalogue entry: from an item as it is written to fields of one column, and back. What the form does not know stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.conditions import parse
from rules.conditions import Compare
from rules.errors import RuleError

Form = Mapping[str, str]
PLAIN = (
    "code", "name", "name_en", "unit", "category", "kind", "holder", "leader_in_charge", "section_in_charge", "service_commitment", "accountability",
)  # fmt: skip
LINES = ("materials", "conditions", "rules_of_exercise", "work_discipline", "windows")
LIMITS = ("statutory_limit", "committed_limit")
UNITS = ("working_days", "calendar_days", "weeks", "months", "years", "working_hours", "working_minutes")
# Tables of the form: the columns of each, `limit` being an amount and a unit.
TABLES: dict[str, tuple[str, ...]] = {
    "steps": ("id", "name", "holder", "limit"),
    "warnings": ("before", "level"),
    "suspensions": ("reason", "basis", "term"),
    "duties": ("holder", "duty"),
    "attributes": ("name", "type"),
    "rules": ("effect", "attribute", "operator", "value", "basis", "raw"),
    "fees": ("code", "amount"),
}
# What a row is known by, so that what the form does not show of it stays.
KNOWN_BY = {"steps": "id", "suspensions": "reason", "fees": "code"}
LIMIT_COLUMNS = frozenset({"limit", "before", "term"})
SPARE = 2
_WHOLE = re.compile(r"-?\d+")


class Wrong(msgspec.Struct):
    """What could not be read, by field; the words are in the catalogue under `filing.wrong`."""

    fields: dict[str, str] = {}


def fields_of(item: Mapping[str, Any]) -> dict[str, str]:
    """An item as the values of the form's fields."""
    found = {name: str(item.get(name) or "") for name in PLAIN}
    for name in LINES:
        found[name] = "\n".join(_line(one) for one in item.get(name) or ())
    for name in LIMITS:
        found |= _limit_fields(name, item.get(name))
    basis = item.get("basis") or {}
    found |= {
        f"basis-{name}": basis.get(name, "") if isinstance(basis, dict) else str(basis)
        for name in ("statutory", "committed")
    }
    silence = item.get("silence") or {}
    found |= {
        f"silence-{name}": str(silence.get(name) or "")
        for name in ("effect", "clock", "basis", "grants", "exclusions_checked")
    }
    extension = item.get("extension") or {}
    found |= _limit_fields("extension", extension.get("max")) | {"extension-basis": extension.get("basis") or ""}
    for table, columns in TABLES.items():
        for place, row in enumerate(_rows_of(item, table)):
            for column in columns:
                found |= _cell(f"{table}-{place}-{column}", column, row.get(column))
    return found


def item_of(form: Form, before: Mapping[str, Any]) -> tuple[dict[str, Any], Wrong]:
    """The item that a form describes, laid over what it was before."""
    wrong = Wrong(fields={})
    item: dict[str, Any] = dict(before)
    for name in PLAIN:
        _put(item, name, form.get(name, "").strip())
    for name in LINES:
        _put(item, name, _lines(name, form.get(name, ""), before))
    for name in LIMITS:
        dated = (before.get(name) or {}).get("unit") == "until_date" and not form.get(f"{name}-amount", "").strip()
        _put(item, name, before[name] if dated else _limit(form, name, wrong))
    _put(item, "basis", _basis(form, before.get("basis")))
    _put(item, "extension", _extension(form, before, wrong))
    for table in ("steps", "warnings", "suspensions", "duties", "fees"):
        _put(item, table, [_row(row, table, before, wrong) for row in _given(form, table)])
    _put(
        item,
        "attributes",
        {row["name"]: _type(row.get("type", "")) for row in _given(form, "attributes") if row.get("name")},
    )
    _put(item, "silence", _silence(form, before, item.get("attributes") or {}, wrong))
    return item, wrong


def rows_shown(form: Form, table: str) -> range:
    """The places of a table's rows on the page: what is filled in, and some to spare."""
    filled = [int(m[1]) for name, value in form.items() if value and (m := re.fullmatch(rf"{table}-(\d+)-.+", name))]
    return range(max(filled, default=-1) + 1 + SPARE)


def _rows_of(item: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    if table == "attributes":
        declared = item.get("attributes") or {}
        return [
            {"name": name, "type": ", ".join(kind) if isinstance(kind, list | tuple) else kind}
            for name, kind in declared.items()
        ]
    if table == "rules":
        return list(_rules(item.get("silence") or {}))
    return [dict(row) for row in item.get(table) or ()]


def _rules(silence: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Exclusions and flips as picked conditions; one that is more than a comparison stays as it is written."""
    for out in silence.get("exclusions") or ():
        text, basis = (out, None) if isinstance(out, str) else (out.get("when", ""), out.get("basis"))
        yield {"effect": "excluded", **_picked(text), "basis": basis}
    for flip in silence.get("flips") or ():
        yield {"effect": flip["effect"], **_picked(flip["when"]), "basis": flip.get("basis")}


def _picked(text: str) -> dict[str, Any]:
    try:
        found = parse(text)
    except RuleError:
        return {"raw": text}
    if not isinstance(found, Compare) or found.operator == "in":
        return {"raw": text}
    value = str(found.value).lower() if isinstance(found.value, bool) else str(found.value)
    return {"attribute": found.attribute, "operator": found.operator, "value": value}


def _line(value: Any) -> str:
    return value if isinstance(value, str) else str(value.get("name", ""))


def _lines(name: str, text: str, before: Mapping[str, Any]) -> list[Any]:
    """One a line. A material that was more than its name stays what it was."""
    known = {_line(one): one for one in before.get(name) or ()}
    return [known.get(line, line) for line in (part.strip() for part in text.splitlines()) if line]


def _limit_fields(name: str, limit: Mapping[str, Any] | None) -> dict[str, str]:
    """A limit that is a date keeps its place in the item; the form shows amounts."""
    given = limit or {}
    return {f"{name}-amount": str(given.get("amount", "")), f"{name}-unit": str(given.get("unit", "working_days"))}


def _cell(name: str, column: str, value: Any) -> dict[str, str]:
    if column in LIMIT_COLUMNS:
        return _limit_fields(name, value)
    return {name: "" if value is None else str(value)}


def _limit(form: Form, name: str, wrong: Wrong) -> dict[str, Any] | None:
    text = form.get(f"{name}-amount", "").strip()
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        wrong.fields[name] = "whole_number"
        return None
    return {"amount": int(text), "unit": form.get(f"{name}-unit", "working_days")}


def _given(form: Form, table: str) -> list[dict[str, str]]:
    """The rows somebody filled in, in order; `place` is that of the page."""
    found = []
    for place in rows_shown(form, table):
        prefix = f"{table}-{place}-"
        row = {name.removeprefix(prefix): value.strip() for name, value in form.items() if name.startswith(prefix)}
        if any(
            value
            for name, value in row.items()
            if not name.endswith("unit") and name not in {"operator", "level", "effect"}
        ):
            found.append({**row, "place": str(place)})
    return found


def _row(row: Mapping[str, str], table: str, before: Mapping[str, Any], wrong: Wrong) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in TABLES[table]:
        _put(found, column, _limit(row, column, wrong) if column in LIMIT_COLUMNS else row.get(column, ""))
    if table == "steps":
        found.setdefault("id", f"s{int(row['place']) + 1}")
    if table == "fees" and _WHOLE.fullmatch(str(found.get("amount", ""))):
        found["amount"] = int(found["amount"])
    key = KNOWN_BY.get(table, "")
    known: Mapping[str, Any] = next(
        (one for one in before.get(table) or () if key and one.get(key) == found.get(key)), {}
    )
    return {**{name: value for name, value in known.items() if name not in TABLES[table]}, **found}


def _basis(form: Form, before: Any) -> dict[str, str]:
    """The two the form shows, beside others that an item may name."""
    shown = ("statutory", "committed")
    others = {name: text for name, text in before.items() if name not in shown} if isinstance(before, dict) else {}
    return {**others, **{name: text for name in shown if (text := form.get(f"basis-{name}", "").strip())}}


def _extension(form: Form, before: Mapping[str, Any], wrong: Wrong) -> dict[str, Any] | None:
    most = _limit(form, "extension", wrong)
    basis = form.get("extension-basis", "").strip()
    if most is None and not basis:
        return None
    return {**(before.get("extension") or {}), **({"max": most} if most else {}), **({"basis": basis} if basis else {})}


def _type(text: str) -> Any:
    """`boolean`, `integer`, `text`, `date`, or texts with commas between: a list to choose from."""
    parts = [part.strip() for part in re.split(r"[,，]", text) if part.strip()]
    return parts[0] if parts and parts[0] in {"boolean", "integer", "text", "date"} and len(parts) == 1 else parts


def _silence(form: Form, before: Mapping[str, Any], declared: Mapping[str, Any], wrong: Wrong) -> dict[str, Any]:
    silence: dict[str, Any] = dict(before.get("silence") or {})
    for name in ("effect", "clock", "basis", "grants", "exclusions_checked"):
        _put(silence, name, form.get(f"silence-{name}", "").strip())
    exclusions, flips = [], []
    for row in _given(form, "rules"):
        when = row.get("raw") or _written(row, declared, wrong)
        basis = {"basis": row["basis"]} if row.get("basis") else {}
        if row.get("effect", "excluded") == "excluded":
            exclusions.append({"when": when, **basis})
        else:
            flips.append({"when": when, "effect": row["effect"], **basis})
    _put(silence, "exclusions", exclusions)
    _put(silence, "flips", flips)
    return silence


def _written(row: Mapping[str, str], declared: Mapping[str, Any], wrong: Wrong) -> str:
    """A picked condition in the language of conditions."""
    name, value = row.get("attribute", ""), row.get("value", "")
    if not name:
        wrong.fields[f"rules-{row['place']}"] = "attribute_missing"
    kind = declared.get(name)
    plain = value if kind in {"boolean", "integer"} else '"' + value.replace('"', "") + '"'
    return f"attributes.{name} {row.get('operator') or '=='} {plain}"


def _put(item: dict[str, Any], name: str, value: Any) -> None:
    """Empty fields are no fields."""
    if value in ("", None, [], {}):
        item.pop(name, None)
    else:
        item[name] = value
