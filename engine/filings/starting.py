"""Where a draft begins: templates of usual kinds, or an item of the unit's own; with a code that is still free."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rules.world import World

TEMPLATES = ("licensing", "low_risk", "renewal", "joint", "prompt", "penalty")
_FOLDER = Path(__file__).parent / "templates"
# What belongs to one publication of one item, and goes into no copy.
_OWN = frozenset({"code", "version", "effective_from", "published_on", "withheld", "carriers", "retired", "exceptions"})
_NUMBERED = re.compile(r"(.*?)(\d+)")


def template(name: str) -> dict[str, Any] | None:
    """An item without code, name and unit; None where there is no such template."""
    return dict(_read(name)) if name in TEMPLATES else None


def fresh(item: dict[str, Any], world: World, unit: str) -> dict[str, Any]:
    """What a template or another item gives to a new one of a unit; a category that this register has not is left out."""
    kept = {name: value for name, value in item.items() if name not in _OWN}
    if kept.get("category") not in world.categories:
        kept.pop("category", None)
    return {**kept, "unit": unit, "code": next_code(world, unit)}


def next_code(world: World, unit: str) -> str:
    """The next number in the row of the unit's codes; empty where it has none to go by."""
    codes = {item.code for item in world.items()}
    own = [m for item in world.items() if item.unit == unit and (m := _NUMBERED.fullmatch(item.code))]
    if not own:
        return ""
    prefix = Counter(m[1] for m in own).most_common(1)[0][0]
    taken = [m for code in codes if (m := _NUMBERED.fullmatch(code)) and m[1] == prefix]
    width = max(len(m[2]) for m in taken)
    return f"{prefix}{max(int(m[2]) for m in taken) + 1:0{width}d}"


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text("utf-8"))
    return found
