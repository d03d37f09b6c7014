"""Breaches counted by the local date of their legal instant, in (the same day a window earlier, that day]; kept up to date as facts come in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from datetime import date


class Tally:
    """Of so many proceedings, each known by its name and its window; one counts itself whether it stands or not."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[date, date]] = {}
        self._by_end: list[tuple[date, str]] = []
        self._standing: list[date] = []
        self._stands: dict[str, bool] = {}

    def open(self, name: str, first: date, last: date) -> None:
        """A proceeding whose window is later than `first`, up to and including `last`."""
        if name in self._windows:
            self._forget(name)
        self._windows[name] = first, last
        insort(self._by_end, (last, name))
        self._stands[name] = False

    def _forget(self, name: str) -> None:
        last = self._windows[name][1]
        self._by_end.remove((last, name))
        if self._stands[name]:
            self._standing.remove(last)

    def turn(self, name: str, *, stands: bool) -> date | None:
        """Whether it stands now; the day on which a count is another for it, if any is."""
        if self._stands[name] == stands:
            return None
        self._stands[name] = stands
        day = self._windows[name][1]
        if stands:
            insort(self._standing, day)
        else:
            del self._standing[bisect_left(self._standing, day)]
        return day

    def bearing(self, days: Sequence[date]) -> Iterator[str]:
        """In whose windows one of these days lies."""
        days = sorted(days)
        for last, name in self._by_end[bisect_left(self._by_end, (days[0], "")) :] if days else ():
            if self._windows[name][0] < days[bisect_right(days, last) - 1]:
                yield name

    def count(self, name: str) -> int:
        first, last = self._windows[name]
        standing = bisect_right(self._standing, last) - bisect_right(self._standing, first)
        return standing if self._stands[name] else standing + 1
