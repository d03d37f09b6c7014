"""A year of a calendar as months and days, each with its kind, its name and its instrument."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from rules.calendar import Calendar

# What a day can be; the words are `why.KIND`.
KINDS = ("working", "weekend", "off", "make_up", "special_hours")
ONE_DAY = timedelta(days=1)


class Day(msgspec.Struct, frozen=True):
    on: date
    kind: str
    name: str
    basis: str

    @property
    def exception(self) -> bool:
        return self.kind in {"off", "make_up", "special_hours"}


class Month(msgspec.Struct, frozen=True):
    """Weeks from Monday to Sunday; None where a day belongs to another month."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    working: int


def months(calendar: Calendar, year: int) -> list[Month]:
    return [_month(calendar, date(year, number, 1)) for number in range(1, 13)]


def exceptions(calendar: Calendar, year: int) -> list[Day]:
    """The arranged days of a year, in order."""
    found = [date.fromordinal(day) for day in sorted(calendar.pattern.days)]
    return [_day(calendar, on) for on in found if on.year == year]


def _month(calendar: Calendar, first: date) -> Month:
    days = [_day(calendar, on) for on in _days(first)]
    padded: list[Day | None] = [*[None] * first.weekday(), *days]
    padded += [None] * (-len(padded) % 7)
    weeks = tuple(tuple(padded[place : place + 7]) for place in range(0, len(padded), 7))
    return Month(first, weeks, sum(calendar.is_working_day(day.on) for day in days))


def _days(first: date) -> Iterator[date]:
    on = first
    while on.month == first.month:
        yield on
        on += ONE_DAY


def _day(calendar: Calendar, on: date) -> Day:
    kind, basis = calendar.why(on)
    rule = calendar.pattern.days.get(on.toordinal())
    return Day(on, kind, rule.name if rule else "", basis)
