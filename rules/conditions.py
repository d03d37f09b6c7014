"""Conditions over case attributes: a small typed tree. Parsed and checked at publication; evaluated here.

A missing or wrongly typed value makes the answer *unknown* (None), never false: silence must not grant by a slip of the pen.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from rules.errors import RuleError
from rules.instants import moment

UTC = ZoneInfo("UTC")
LONGEST = 500
Value = bool | int | str
Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in"]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T.+)?")


class Compare(msgspec.Struct, frozen=True, tag="compare"):
    attribute: str
    operator: Operator
    value: Value | tuple[Value, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    operand: Condition


class And(msgspec.Struct, frozen=True, tag="and"):
    operands: tuple[Condition, ...]


class Or(msgspec.Struct, frozen=True, tag="or"):
    operands: tuple[Condition, ...]


Condition = Compare | Not | And | Or


def holds(
    condition: Condition, attributes: dict[str, Any], declared: dict[str, Any], zone: ZoneInfo = UTC
) -> bool | None:
    """True, False, or None where an attribute is missing or not of its declared type (Kleene's strong logic).

    `zone` is that of the office: there a day is a day where a date and an instant are compared.
    """
    match condition:
        case Compare():
            return _compare(condition, attributes, declared, zone)
        case Not(operand):
            inner = holds(operand, attributes, declared, zone)
            return None if inner is None else not inner
        case And(operands):
            return _all([holds(o, attributes, declared, zone) for o in operands])
        case Or(operands):
            found = [holds(o, attributes, declared, zone) for o in operands]
            inner = _all([None if one is None else not one for one in found])
            return None if inner is None else not inner


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _compare(condition: Compare, attributes: dict[str, Any], declared: dict[str, Any], zone: ZoneInfo) -> bool | None:
    kind, value = declared.get(condition.attribute), attributes.get(condition.attribute)
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if not all(is_of_type(each, kind) for each in (value, *wanted)) or not _is_orderly(condition.operator, kind):
        return None
    answers = [_answer(condition.operator, value, each, kind, zone) for each in wanted]
    return any(answers)


def _is_orderly(operator: Operator, kind: Any) -> bool:
    """Yes or no, and a word from a list, have no order."""
    return operator in {"==", "!=", "in"} or kind in ("integer", "text", "date")


def _answer(operator: Operator, value: Any, wanted: Any, kind: Any, zone: ZoneInfo) -> bool:
    if kind == "date":
        value, wanted = _alike(moment(value, zone, ""), moment(wanted, zone, ""), zone)
    return bool(_ORDER[operator](value, wanted))


def _alike(one: datetime | date, other: datetime | date, zone: ZoneInfo) -> tuple[Any, Any]:
    """Two instants are compared as instants; where one of the two is a day alone, both are days at the office."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one, other
    days = [each.astimezone(zone).date() if isinstance(each, datetime) else each for each in (one, other)]
    return days[0], days[1]


_ORDER: dict[str, Any] = {
    "in": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _is_moment(text: str) -> bool:
    try:
        moment(text, UTC, "")
    except RuleError:
        return False
    return True


def is_of_type(value: Any, declared: Any) -> bool:
    """Whether a value is of a declared attribute type: `boolean`, `integer`, `text`, `date`, or a list of allowed texts."""
    if isinstance(declared, list | tuple):
        return value in declared
    match declared:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "text":
            return isinstance(value, str)
        case "date":
            return isinstance(value, str) and _DATE.fullmatch(value) is not None and _is_moment(value)
    return False
