"""Conditions over case attributes: a small typed tree. Parsed and checked at publication; evaluated here.

A missing or wrongly typed value makes the answer *unknown* (None), never false: silence must not grant by a slip of the pen.
"""

from __future__ import annotations

import re
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


def holds(condition: Condition, attributes: dict[str, Any], declared: dict[str, Any]) -> bool | None:
    """True, False, or None where an attribute is missing or not of its declared type (Kleene's strong logic)."""
    match condition:
        case Compare():
            return _compare(condition, attributes, declared)
        case Not(operand):
            inner = holds(operand, attributes, declared)
            return None if inner is None else not inner
        case And(operands):
            return _all([holds(o, attributes, declared) for o in operands])
        case Or(operands):
            inner = _all([None if h is None else not h for h in (holds(o, attributes, declared) for o in operands)])
            return None if inner is None else not inner


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _compare(condition: Compare, attributes: dict[str, Any], declared: dict[str, Any]) -> bool | None:
    value = attributes.get(condition.attribute)
    if not is_of_type(value, declared.get(condition.attribute)):
        return None
    wanted = condition.value
    if condition.operator == "in":
        return isinstance(wanted, tuple) and value in wanted
    if type(value) is not type(wanted):
        return None
    return bool(_ORDER[condition.operator](value, wanted))


_ORDER: dict[str, Any] = {
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
