"""What silence means, from the form: effect and clock, exclusions and exceptions, a decision table, what must be so first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.console.entry import rows
from engine.console.entry.columns import DEFAULTS, SILENCE, Form
from engine.console.entry.conditions import NotPickedError, written

if TYPE_CHECKING:
    from engine.console.entry.reading import Read

Part = dict[str, Any]


def silence_of(form: Form, before: Part, found: Read) -> Part:
    """`found.item` knows the attributes by now."""
    silence = {name: value for name, value in before.items() if name not in {*SILENCE, *_LISTS}}
    for name in SILENCE:
        value, usual = form.get(f"silence-{name}", "").strip(), DEFAULTS.get(f"silence-{name}")
        if value and value != usual:
            silence[name] = value
    lists = dict(zip(_LISTS, ([], [], _table(form, found), _needs(form, found)), strict=True))
    for place, cells in rows.filled(form, "rules"):
        name = "exclusions" if cells.get("effect", "") in {"", "excluded"} else "flips"
        found.places[f"silence.{name}[{len(lists[name])}]"] = f"rules-{place}"
        effect = {} if name == "exclusions" else {"effect": cells["effect"]}
        lists[name].append({"when": _when(cells, f"rules-{place}", found), **effect, **_basis(cells)})
    return silence | {name: each for name, each in lists.items() if each}


_LISTS = ("exclusions", "flips", "table", "preconditions")


def _table(form: Form, found: Read) -> list[Part]:
    """Rows in order, and last what holds in every other situation."""
    table: list[Part] = []
    for place, cells in rows.filled(form, "table"):
        field = f"table-{place}"
        found.places[f"silence.table[{len(table)}]"] = field
        if not cells.get("effect"):
            found.wrong[field] = "effect_missing"
        table.append({"when": _when(cells, field, found), "effect": cells.get("effect") or "none", **_basis(cells)})
    last = {name: form.get(f"otherwise-{name}", "").strip() for name in ("effect", "basis")}
    if last["effect"]:
        found.places[f"silence.table[{len(table)}]"] = "otherwise-effect"
        table.append({"effect": last["effect"], **_basis(last)})
    return table


def _needs(form: Form, found: Read) -> list[Part]:
    needs: list[Part] = []
    for place, cells in rows.filled(form, "needs"):
        field = f"needs-{place}"
        found.places[f"silence.preconditions[{len(needs)}]"] = field
        named = bool(cells.get("fact"))
        told = {"fact": cells["fact"]} if named else {"when": _when(cells, field, found)}
        if named and (cells.get("raw") or cells.get("attribute")):
            found.wrong[field] = "fact_or_condition"
        needs.append({**told, **_basis(cells)})
    return needs


def _when(cells: Part, field: str, found: Read) -> str:
    try:
        text = written(cells, found.item.get("attributes") or {})
    except NotPickedError as error:
        found.wrong[field] = str(error)
        return ""
    if not text:
        found.wrong[field] = "attribute_missing"
    found.texts[field] = text
    return text


def _basis(cells: Part) -> Part:
    return {"basis": cells["basis"]} if cells.get("basis") else {}
