"""Decision tables over declared attributes: where two rows answer at once, where none does, and which row never will.

The attributes a table names take finitely many values that its comparisons can tell apart; all their combinations are tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

import msgspec

from rules.conditions import And, Compare, Condition, Not, Or, holds

MOST = 20_000
Situation = dict[str, Any]


class Review(msgspec.Struct, frozen=True):
    """`overlaps`: pairs of rows with different answers and a situation in which both hold; `gap`: one in which none does.

    `idle`: rows that hold in no situation. `complete` is false where there are too many situations to try.
    """

    overlaps: tuple[tuple[int, int, Situation], ...] = ()
    gap: Situation | None = None
    idle: tuple[int, ...] = ()
    complete: bool = True


def review(rows: Sequence[tuple[Condition, str]], declared: dict[str, Any]) -> Review:
    """What is wrong with rows of (condition, answer); every attribute they name must be declared and rightly compared."""
    values = _values([condition for condition, _ in rows], declared)
    size = 1
    for each in values.values():
        size *= len(each)
    if size > MOST:
        return Review(complete=False)
    overlaps: dict[tuple[int, int], Situation] = {}
    gap: Situation | None = None
    met: set[int] = set()
    for combination in product(*values.values()):
        situation = dict(zip(values, combination, strict=True))
        true = [n for n, (condition, _) in enumerate(rows) if holds(condition, situation, declared)]
        met.update(true)
        gap = situation if not true and gap is None else gap
        for pair in combinations(true, 2):
            if rows[pair[0]][1] != rows[pair[1]][1]:
                overlaps.setdefault(pair, situation)
    found = tuple((*pair, situation) for pair, situation in sorted(overlaps.items(), key=lambda one: one[0]))
    return Review(found, gap, tuple(n for n in range(len(rows)) if n not in met))


def compares(condition: Condition) -> Iterator[Compare]:
    """Every comparison in a condition."""
    match condition:
        case Compare():
            yield condition
        case Not(operand):
            yield from compares(operand)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from compares(operand)


def _values(conditions: Iterable[Condition], declared: dict[str, Any]) -> dict[str, list[Any]]:
    named: dict[str, set[Any]] = {}
    for condition in conditions:
        for compare in compares(condition):
            given = compare.value if isinstance(compare.value, tuple) else (compare.value,)
            named.setdefault(compare.attribute, set()).update(given)
    return {name: _told_apart(declared[name], given) for name, given in sorted(named.items())}


def _told_apart(declared: Any, given: set[Any]) -> list[Any]:
    """One value of each kind that comparisons with the given ones can tell apart."""
    if isinstance(declared, list | tuple):
        return list(declared)
    match declared:
        case "boolean":
            return [False, True]
        case "integer":
            return sorted({near for value in given for near in (value - 1, value, value + 1)})
        case "date":
            return sorted({near for value in given for near in _days_around(value)})
    return sorted({"", *given, *(f"{value}~" for value in given)})


def _days_around(value: str) -> tuple[str, ...]:
    day = date.fromisoformat(value[:10])
    return ((day - timedelta(days=1)).isoformat(), value, (day + timedelta(days=1)).isoformat())
