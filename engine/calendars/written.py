"""Calendars as they are written: a file of a person, and the ones that come with the product."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from rules.errors import RuleError

LARGEST = 2_000_000


def parse(text: str) -> dict[str, Any]:
    """A calendar from JSON or YAML, in the shape of interfaces.md 2. Raises RuleError."""
    if len(text) > LARGEST:
        raise RuleError("too_large", f"the file has more than {LARGEST} characters; a calendar is shorter")
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else _yaml(text)
    except (yaml.YAMLError, ValueError) as error:
        raise RuleError("not_readable", f"neither JSON nor YAML: {error}") from error
    if not isinstance(found, dict):
        raise RuleError("not_readable", "expected a mapping such as `version: CN-2027`")
    return found


def _yaml(text: str) -> Any:
    """Everything as text: YAML would make `off` false, 12:00 a number and a date no text."""
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - this loader makes text, lists and mappings, nothing else


@cache
def shipped_form(name: str) -> dict[str, Any]:
    """The written form of a calendar that comes with the product; RuleError if there is none of that name."""
    place = files("rules").joinpath("calendars", f"{name}.json")
    if not name.isalnum() or not place.is_file():
        raise RuleError("unknown_calendar", f"there is no calendar {name!r} to extend; name a recorded version or CN")
    form: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return form


def written_out(form: dict[str, Any]) -> dict[str, Any]:
    """A form that extends a shipped calendar, with that one written into it: a later release must not change a version in force."""
    base = shipped_form(form["extends"])
    own = {day["on"] for day in form.get("days", ())}
    own |= {day["on"] for paper in form.get("instruments", ()) for day in paper.get("days", ())}
    return {
        **base,
        **{name: value for name, value in form.items() if name != "extends"},
        "years": {**base.get("years", {}), **form.get("years", {})},
        "instruments": [*base.get("instruments", ()), *form.get("instruments", ())],
        "days": [*(day for day in base.get("days", ()) if day["on"] not in own), *form.get("days", ())],
    }
