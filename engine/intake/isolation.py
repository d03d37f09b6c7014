"""A defect in one case never stops the others: where a whole batch fails, halves are tried, down to the case that is to blame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg
import structlog

from engine.intake.traces import trace

T = TypeVar("T")
R = TypeVar("R")
# SQL states that no message is to blame for: connection, resources, operator, system, transaction state.
_NOBODYS_FAULT = ("08", "25", "53", "57", "58")

_log = structlog.get_logger(__name__)


def isolating(act: Callable[[Sequence[T], bool], list[R]], things: Sequence[T], case_of: Callable[[T], str]) -> list[R]:
    """`act(things, suspect)` for all at once; in parts, by case, if that raises. One case alone that raises is acted on as `suspect`."""
    try:
        return act(things, False)
    except Exception as error:
        if out_of_reach(error):
            raise
        cases = list(dict.fromkeys(case_of(thing) for thing in things))
        _log.error("batch_failed", cases=len(cases), first=cases[0], **trace(error))
        if len(cases) == 1:
            return act(things, True)
    first = set(cases[: len(cases) // 2])
    return _in_place(act, things, [case_of(thing) in first for thing in things], case_of)


def out_of_reach(error: Exception) -> bool:
    """Whether the database failed rather than what was asked of it; trying parts would not help."""
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate[:2] in _NOBODYS_FAULT


def _in_place(
    act: Callable[[Sequence[T], bool], list[R]], things: Sequence[T], is_first: Sequence[bool], case_of: Callable[[T], str]
) -> list[R]:  # fmt: skip
    halves = {
        side: iter(isolating(act, [t for t, first in zip(things, is_first, strict=True) if first is side], case_of))
        for side in (True, False)
    }
    return [next(halves[side]) for side in is_first]
