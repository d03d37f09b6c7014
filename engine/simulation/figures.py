"""Figures before and after: counted mark by mark, in every dimension at once, added up over any number of chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from rules.what_if import Broken, Standing

CASES = ("warning", "yellow", "red", "deemed", "held")
FIGURES = (*CASES, "breaches", "earlier", "later")


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


def changes(before: Standing, after: Standing) -> tuple[list[str], list[str]]:
    """The figures in which the case counts only after, and only before."""
    if before is after:
        return [], []
    was, now = before.marks, after.marks
    gained = [name for name in CASES if now[name] and not was[name]]
    lost = [name for name in CASES if was[name] and not now[name]]
    old, new = set(before.breaches), set(after.breaches)
    gained += ["breaches"] * bool(_clocks(new) - _clocks(old)) + list(_moves(before, after))
    return gained, lost + ["breaches"] * bool(_clocks(old) - _clocks(new))


def _clocks(breaches: Iterable[Broken]) -> set[str]:
    return {breach.clock for breach in breaches}


def _moves(before: Standing, after: Standing) -> Iterator[str]:
    """How the date that is shown moves: of the promise, else of the law."""
    old, new = ({end.clock: end.ends_at for end in one.ends} for one in (before, after))
    clock = next((name for name in ("committed", "statutory") if name in old and name in new), None)
    if clock is not None and old[clock] != new[clock]:
        yield "later" if new[clock] > old[clock] else "earlier"


def counted(sums: Sums, item: str, unit: str, before: Standing, after: Standing, gained: list[str]) -> None:
    """One case in all its figures."""
    places = [("all", ""), ("item", item), ("unit", unit)]
    was, now = before.marks, after.marks
    for name in CASES:
        if was[name] or now[name]:
            sums.add(places, name, _count(was[name], now[name]))
    for name in ("earlier", "later"):
        if name in gained:
            sums.add(places, name, _count(False, True))
    sums.add(places, "cases", Count(1, 1))
    _breaches(sums, item, before, after)


def _breaches(sums: Sums, item: str, before: Standing, after: Standing) -> None:
    """Each breach for its own unit (an office's is that office's) and for those it is proposed against."""
    old, new = ({b.clock: b for b in one.breaches} for one in (before, after))
    for clock in old.keys() | new.keys():
        was, now = old.get(clock), new.get(clock)
        sums.add([("all", ""), ("item", item)], "breaches", _count(was is not None, now is not None))
        for dimension in ("unit", "person"):
            had, has = _names(was, dimension), _names(now, dimension)
            for name in had | has:
                sums.add([(dimension, name)], "breaches", _count(name in had, name in has))


def _names(breach: Broken | None, dimension: str) -> set[str]:
    if breach is None:
        return set()
    return {breach.unit} if dimension == "unit" else set(breach.against)


def _count(was: bool, now: bool) -> Count:
    return Count(int(was), int(now), int(now and not was), int(was and not now))
