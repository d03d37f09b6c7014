"""Breaches counted in windows: however many turn at once, the counts are those of counting each window by hand."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.tally import Tally

FIRST = date(2026, 1, 1)
WINDOWS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=12)
TURNS = st.lists(st.dictionaries(st.integers(0, 11), st.booleans(), max_size=6), max_size=6)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def by_hand(windows: list[tuple[int, int]], standing: dict[int, bool]) -> list[int]:
    def within(other: int, last: int, length: int) -> bool:
        return last - length < windows[other][0] <= last

    return [
        sum(standing.get(m, False) or m == n for m in range(len(windows)) if within(m, last, length))
        for n, (last, length) in enumerate(windows)
    ]


@given(WINDOWS, TURNS)
@settings(deadline=None)
def test_counts_are_those_of_each_window_counted_by_hand(windows, turns):
    tally, standing = Tally(), dict[int, bool]()
    for n, (last, length) in enumerate(windows):
        tally.open(str(n), day(last - length), day(last))
    before = by_hand(windows, standing)
    for turn in turns:
        turned = {n: stands for n, stands in turn.items() if n < len(windows)}
        days = [tally.turn(str(n), stands=stands) for n, stands in turned.items()]
        standing |= turned
        found = [tally.count(str(n)) for n in range(len(windows))]
        assert found == by_hand(windows, standing)
        told = set(tally.bearing([one for one in days if one is not None]))
        assert {str(n) for n in range(len(windows)) if found[n] != before[n]} <= told
        before = found
