"""Checks of conditions: every name declared, every value of its type, every text understood. At run time it would be a hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.conditions import LONGEST, Compare, Condition, Value, is_of_type
from rules.decision_table import compares
from rules.items import Silence
from rules.lint import Ground, Lint
from rules.lint_silence import silences_of
from rules.payloads import PAYLOADS

TYPES = ("boolean", "integer", "text", "date")
_ORDERED = frozenset({"<", "<=", ">", ">="})


def unknown_attribute(at: Ground) -> Iterator[Lint]:
    """A condition or a date that rests on an attribute nobody declared can never be told."""
    for field, condition in _conditions(at):
        for compare in compares(condition):
            if compare.attribute not in at.item.attributes:
                yield at.error("unknown_attribute", field, attribute=compare.attribute)
    for field, name in _dates(at):
        if name not in at.item.attributes:
            yield at.error("unknown_attribute", field, attribute=name)


def wrong_type(at: Ground) -> Iterator[Lint]:
    """What is compared has to be of the declared type, or the answer is unknown for ever."""
    for name, declared in at.item.attributes.items():
        if not _is_type(declared):
            yield at.error("wrong_type", f"attributes.{name}", "declaration", attribute=name)
    for field, condition in _conditions(at):
        for compare in compares(condition):
            declared = at.item.attributes.get(compare.attribute)
            if _is_type(declared) and not well_typed(compare, at.item.attributes):
                yield at.error("wrong_type", field, attribute=compare.attribute, type=_name(declared))
    for field, name in _dates(at):
        if at.item.attributes.get(name, "date") != "date":
            yield at.error("wrong_type", field, "date", attribute=name)


def wrong_condition(at: Ground) -> Iterator[Lint]:
    """What cannot be understood is an unmet precondition at run time: it holds the effect up in every case."""
    for field, text in _texts(at):
        if len(text) > LONGEST:
            yield at.error("wrong_condition", field, "too_long", length=len(text), most=LONGEST)
        elif text not in at.world.conditions:
            yield at.error("wrong_condition", field, text=text)
    for field, silence in silences_of(at):
        yield from _unreadable(at, field, silence)
        if field != "silence" and (silence.exclusions or silence.flips or silence.preconditions or silence.table):
            yield at.error("wrong_condition", field, "not_evaluated")


def _unreadable(at: Ground, field: str, silence: Silence) -> Iterator[Lint]:
    for place, needed in enumerate(silence.preconditions):
        if needed.fact is not None and needed.fact not in PAYLOADS:
            yield at.error("wrong_condition", f"{field}.preconditions[{place}].fact", "fact", fact=needed.fact)
    for place, fact in enumerate(silence.answered_by):
        if fact != "decision" and fact not in PAYLOADS:
            yield at.error("wrong_condition", f"{field}.answered_by[{place}]", "fact", fact=fact)


def _texts(at: Ground) -> Iterator[tuple[str, str]]:
    """Every condition with its place."""
    for field, silence in silences_of(at):
        yield from ((f"{field}.flips[{n}].when", flip.when) for n, flip in enumerate(silence.flips))
        yield from (
            (f"{field}.table[{n}].when", row.when) for n, row in enumerate(silence.table) if row.when is not None
        )
        for place, needed in enumerate(silence.preconditions):
            if needed.when is not None:
                yield f"{field}.preconditions[{place}].when", needed.when
        for place, out in enumerate(silence.exclusions):
            yield f"{field}.exclusions[{place}].when", out if isinstance(out, str) else out.when


def _conditions(at: Ground) -> Iterator[tuple[str, Condition]]:
    for field, text in _texts(at):
        if (found := at.world.conditions.get(text)) is not None:
            yield field, found


def _dates(at: Ground) -> Iterator[tuple[str, str]]:
    """Limits that end on an attribute's date."""
    for field in ("committed_limit", "statutory_limit"):
        limit = getattr(at.item, field)
        if limit is not None and limit.attribute is not None:
            yield f"{field}.attribute", limit.attribute


def _is_type(declared: Any) -> bool:
    if isinstance(declared, list | tuple):
        return bool(declared) and all(isinstance(one, str) for one in declared)
    return declared in TYPES


def well_typed(compare: Compare, attributes: dict[str, Any]) -> bool:
    """Whether a comparison can be told: its attribute is declared, and the value is of that type."""
    declared = attributes.get(compare.attribute)
    if not _is_type(declared):
        return False
    values: tuple[Value, ...] = compare.value if isinstance(compare.value, tuple) else (compare.value,)
    if compare.operator in _ORDERED and (declared == "boolean" or isinstance(declared, list | tuple)):
        return False
    return all(is_of_type(value, declared) for value in values)


def _name(declared: Any) -> str:
    return " | ".join(declared) if isinstance(declared, list | tuple) else str(declared)
