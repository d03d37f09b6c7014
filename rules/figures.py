"""What is counted in an evaluation: figures, and the marks that make them. A figure is nothing but the number of its marks, so it always leads to its cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

Direction = Literal["good", "bad", "neutral"]

# Each figure and what more of it says of those it counts for.
FIGURES: dict[str, Direction] = {
    "concluded": "neutral",  # cases concluded in the period
    "on_time": "good",  # … before each limit that the law or the promise set
    "late": "bad",  # cases whose limit was broken in the period, concluded or not; an excused breach is none
    "due": "neutral",  # on time and late: what had to be done in the period
    "by_silence": "bad",  # concluded by the rule of silence
    "limit_used": "neutral",  # concluded cases; the amount is how much of the limit was used, in thousandths
    "window": "neutral",  # concluded cases that were taken in at a window
    "direct": "good",  # … and never left it (直接办结)
    "suspensions": "neutral",  # stops of cases concluded in the period
    "warnings": "neutral",
    "yellow": "bad",
    "red": "bad",
    "escalated": "bad",
    "breaches_standing": "bad",
    "breaches_confirmed": "bad",
    "breaches_excused": "neutral",
    "breaches_withdrawn": "neutral",
    "alerts_unanswered": "bad",
    "measures": "bad",  # decided and standing; the amount is the measure's number, 1 to 7
    "complaints": "neutral",  # received and not taken back
    "complaints_upheld": "bad",  # … and found to be right, at least in part
    "ratings": "neutral",  # the amount is the grade given, 1 to 5; an unfounded one does not count
    "satisfied": "good",  # ratings of three and more
}
# Figures whose average amount says something, and what a higher one says.
AVERAGES: dict[str, Direction] = {"limit_used": "bad", "ratings": "good"}
# A figure that is the sum of others: it has no marks of its own, and its cases are theirs.
SUMS: dict[str, tuple[str, ...]] = {"due": ("on_time", "late")}
SATISFIED_FROM = 3


class Mark(msgspec.Struct, frozen=True, order=True):
    """One thing that counts once in one figure. `about` tells it from others of the same case; `at` says in which period it falls."""

    figure: str
    unit: str
    persons: tuple[str, ...]
    case: str
    about: str
    at: datetime
    amount: int = 1


class Sum(msgspec.Struct, frozen=True):
    """How many, and the sum of their amounts."""

    count: int = 0
    total: int = 0

    def plus(self, other: Sum) -> Sum:
        return Sum(self.count + other.count, self.total + other.total)


class Tally(msgspec.Struct, frozen=True):
    """The figures of one unit or person. What is not named was not there."""

    sums: dict[str, Sum] = {}

    def of(self, figure: str) -> Sum:
        """A figure; those that are sums of others are added up here."""
        found = Sum()
        for part in SUMS.get(figure, (figure,)):
            found = found.plus(self.sums.get(part, Sum()))
        return found

    def count(self, figure: str) -> int:
        return self.of(figure).count

    def plus(self, other: Tally) -> Tally:
        names = {*self.sums, *other.sums}
        return Tally({name: self.sums.get(name, Sum()).plus(other.sums.get(name, Sum())) for name in sorted(names)})


def tally(marks: Iterable[Mark]) -> Tally:
    """The figures that marks make; their order does not matter."""
    sums: dict[str, Sum] = {}
    for mark in marks:
        sums[mark.figure] = sums.get(mark.figure, Sum()).plus(Sum(1, mark.amount))
    return Tally(dict(sorted(sums.items())))


def by_unit(marks: Iterable[Mark]) -> dict[str, Tally]:
    return _grouped((mark.unit, mark) for mark in marks)


def by_person(marks: Iterable[Mark]) -> dict[str, Tally]:
    """A mark counts for everybody whom it names; one that names nobody counts for the unit alone."""
    return _grouped((person, mark) for mark in marks for person in mark.persons)


def _grouped(pairs: Iterable[tuple[str, Mark]]) -> dict[str, Tally]:
    found: dict[str, list[Mark]] = {}
    for key, mark in pairs:
        found.setdefault(key, []).append(mark)
    return {key: tally(marks) for key, marks in sorted(found.items())}


def within(marks: Iterable[Mark], since: datetime, till: datetime) -> list[Mark]:
    """The marks of a period, half-open."""
    return [mark for mark in marks if since <= mark.at < till]
