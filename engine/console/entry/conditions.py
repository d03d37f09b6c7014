"""A condition as comparisons to pick, joined by `and` or by `or`, and as the text that is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.conditions import parse
from engine.console.entry.columns import COMPARISONS, Form
from rules.conditions import And, Compare, Or
from rules.errors import RuleError

_WHOLE = re.compile(r"-?\d+")
_NAME = re.compile(r"[^\W\d]\w*")
_COMMA = re.compile(r"[,，、]")
_ATTRIBUTE = re.compile(r"(\w+-\d+)-attribute(\d?)")


class NotPickedError(ValueError):
    """What is wrong with a picked condition: a code of `filing_wrong`."""


def picked(text: str) -> dict[str, str]:
    """The cells of a row. What is more than up to three comparisons stays text."""
    if not text:
        return {}
    try:
        tree = parse(text)
    except RuleError:
        return {"raw": text}
    parts = tree.operands if isinstance(tree, And | Or) else (tree,)
    compared = [one for one in parts if isinstance(one, Compare)]
    if len(compared) != len(parts) or len(parts) > len(COMPARISONS) or not all(_plain(one) for one in compared):
        return {"raw": text}
    cells = {"join": "or"} if isinstance(tree, Or) else {}
    for n, one in zip(COMPARISONS, compared, strict=False):
        cells |= {f"attribute{n}": one.attribute, f"operator{n}": one.operator, f"value{n}": _said(one)}
    return cells


def written(row: Mapping[str, str], declared: Mapping[str, Any]) -> str:
    """The condition in its own language; empty where nothing is picked. Raises NotPickedError."""
    if row.get("raw"):
        return row["raw"]
    parts = [
        _comparison(row[f"attribute{n}"], row.get(f"operator{n}") or "==", row.get(f"value{n}", ""), declared)
        for n in COMPARISONS
        if row.get(f"attribute{n}")
    ]
    if not parts and any(row.get(f"value{n}") for n in COMPARISONS):
        raise NotPickedError("attribute_missing")
    return f" {row.get('join') or 'and'} ".join(parts)


def settled(form: Form, declared: Mapping[str, Any]) -> dict[str, str]:
    """The form as a page shows it: where values are picked from a list, the first stands for one that is not in it."""
    found = dict(form)
    for name in form:
        if (at := _ATTRIBUTE.fullmatch(name)) and form.get(f"{at[1]}-operator{at[2]}") != "in":
            kind = declared.get(form[name])
            values = ("true", "false") if kind == "boolean" else kind if isinstance(kind, list | tuple) else ()
            if values and form.get(f"{at[1]}-value{at[2]}") not in values:
                found[f"{at[1]}-value{at[2]}"] = values[0]
    return found


def named(name: str) -> bool:
    """Whether a condition can name an attribute so."""
    return _NAME.fullmatch(name) is not None


def _plain(one: Compare) -> bool:
    values = one.value if isinstance(one.value, tuple) else ()
    return not any(_COMMA.search(str(value)) for value in values)


def _said(one: Compare) -> str:
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    return ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def _comparison(name: str, operator: str, value: str, declared: Mapping[str, Any]) -> str:
    kind = declared.get(name)
    if operator != "in":
        return f"attributes.{name} {operator} {_literal(value, kind)}"
    values = [part.strip() for part in _COMMA.split(value) if part.strip()]
    return f"attributes.{name} in [{', '.join(_literal(one, kind) for one in values)}]"


def _literal(value: str, kind: Any) -> str:
    if not value and kind != "text":
        raise NotPickedError("value_missing")
    if kind == "integer" and not _WHOLE.fullmatch(value):
        raise NotPickedError("whole_number")
    if kind in ("boolean", "integer"):
        return value
    if '"' in value and "'" in value:
        raise NotPickedError("quotes")
    return f"'{value}'" if '"' in value else f'"{value}"'
