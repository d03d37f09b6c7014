"""Figures before and after: counted mark by mark, in every dimension at once, added up over any number of chunks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import msgspec

from rules.what_if import Broken, Standing

CASES = ("warning", "yellow", "red", "deemed", "held")
FIGURES = (*CASES, "breaches", "earlier", "later")
Concerned: TypeAlias = tuple[str, tuple[str, ...]] | None


class Count(msgspec.Struct, array_like=True):
    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0

    def add(self, other: Count) -> None:
        self.before += other.before
        self.after += other.after
        self.gained += other.gained
        self.lost += other.lost


class Sums:
    """(dimension, name, figure) → Count. Dimensions: `all`, `item`, `unit`, `person`."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str, str], Count] = {}

    def add(self, places: Iterable[tuple[str, str]], figure: str, count: Count) -> None:
        for dimension, name in places:
            self.counts.setdefault((dimension, name, figure), Count()).add(count)

    def merge(self, counted: Iterable[tuple[str, str, str, Count]]) -> None:
        for dimension, name, figure, count in counted:
            self.add([(dimension, name)], figure, count)

    def listed(self) -> list[tuple[str, str, str, Count]]:
        return [(*key, count) for key, count in self.counts.items()]


class Change(NamedTuple):
    """What a case counts in before and after, and which way the date moves that is shown."""

    was: frozenset[str]
    now: frozenset[str]
    moved: str | None = None


def change(before: Standing, after: Standing) -> Change:
    was = before.marks
    return Change(was, was) if after is before else Change(was, after.marks, _moved(before, after))


def _moved(before: Standing, after: Standing) -> str | None:
    """The date of the promise, else of the law."""
    old, new = ({end.clock: end.ends_at for end in one.ends} for one in (before, after))
    clock = next((name for name in ("committed", "statutory") if name in old and name in new), None)
    if clock is None or old[clock] == new[clock]:
        return None
    return "later" if new[clock] > old[clock] else "earlier"


def differences(one: Change, before: Standing, after: Standing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The figures in which the case counts only after, and only before."""
    old, new = ({breach.clock for breach in each.breaches} for each in (before, after))
    moved = (one.moved,) if one.moved is not None else ()
    gained = tuple(name for name in CASES if name in one.now - one.was)
    lost = tuple(name for name in CASES if name in one.was - one.now)
    return (*gained, *["breaches"] * bool(new - old), *moved), (*lost, *["breaches"] * bool(old - new))


class Cases:
    """Cases that are alike in all that is counted are counted together."""

    def __init__(self) -> None:
        self._cases: Counter[tuple[str, str, Change]] = Counter()
        self._breaches: Counter[tuple[str, Concerned, Concerned]] = Counter()

    def add(self, item: str, unit: str, one: Change, before: Standing, after: Standing) -> None:
        self._cases[item, unit, one] += 1
        if before.breaches or after.breaches:
            old, new = ({b.clock: _concerned(b) for b in each.breaches} for each in (before, after))
            self._breaches.update((item, old.get(clock), new.get(clock)) for clock in old.keys() | new.keys())

    def sums(self) -> Sums:
        found = Sums()
        for (item, unit, one), number in self._cases.items():
            _case(found, [("all", ""), ("item", item), ("unit", unit)], one, number)
        for (item, was, now), number in self._breaches.items():
            _breach(found, item, was, now, number)
        return found


def _concerned(breach: Broken) -> Concerned:
    return breach.unit, breach.against


def _case(sums: Sums, places: Iterable[tuple[str, str]], one: Change, number: int) -> None:
    for name in one.was | one.now:
        sums.add(places, name, _count(name in one.was, name in one.now, number))
    if one.moved is not None:
        sums.add(places, one.moved, _count(False, True, number))
    sums.add(places, "cases", Count(number, number))


def _breach(sums: Sums, item: str, was: Concerned, now: Concerned, number: int) -> None:
    """Each breach for its own unit (an office's is that office's) and for those it is proposed against."""
    sums.add([("all", ""), ("item", item)], "breaches", _count(was is not None, now is not None, number))
    had, has = _places(was), _places(now)
    for place in had | has:
        sums.add([place], "breaches", _count(place in had, place in has, number))


def _places(concerned: Concerned) -> set[tuple[str, str]]:
    if concerned is None:
        return set()
    unit, against = concerned
    return {("unit", unit), *(("person", person) for person in against)}


def _count(was: bool, now: bool, number: int) -> Count:
    return Count(number * was, number * now, number * (now and not was), number * (was and not now))
