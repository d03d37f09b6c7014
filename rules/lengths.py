"""Limits in different units, compared on the calendar: what a working day is worth in days of the year that counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from fractions import Fraction

from rules.calendar import Calendar
from rules.limit import HOURLY, Limit

# Provisions of the State Council on working hours of workers and staff, art. 3: eight hours a day.
USUAL_DAY = 8 * 3600
WORKING = frozenset({"working_days", *HOURLY})
_DAYS = {"calendar_days": Fraction(1), "weeks": Fraction(7)}


class Yardstick:
    """One year of one calendar. Every length is a number of days of it, or of working seconds where all units are working ones."""

    def __init__(self, calendar: Calendar, on: date) -> None:
        year = _year(calendar, on)
        first, last = date(year - 1, 12, 31), date(year, 12, 31)
        self.days = (last - first).days
        self.working_days = calendar.working_days_between(first, last)
        self.day_seconds = _day_seconds(calendar, first, self.working_days) if calendar.has_hours else USUAL_DAY

    def measured(self, *sums: Sequence[Limit]) -> tuple[Fraction, ...] | None:
        """The total of each list of limits in one measure; None where one of them is a date, not a length."""
        units = {limit.unit for limits in sums for limit in limits}
        if "until_date" in units:
            return None
        measure = self._of(units)
        return tuple(sum((limit.amount * measure[limit.unit] for limit in limits), Fraction(0)) for limits in sums)

    def most(self, share: Fraction, of: Limit, unit: str) -> int:
        """The largest whole amount of a unit within a share of a limit."""
        measure = self._of({of.unit, unit})
        return int(share * of.amount * measure[of.unit] / measure[unit])

    def _of(self, units: Collection[str]) -> dict[str, Fraction]:
        if len(units) == 1:
            return dict.fromkeys(units, Fraction(1))
        seconds = {unit: Fraction(each) for unit, each in HOURLY.items()} | {"working_days": Fraction(self.day_seconds)}
        if WORKING.issuperset(units):
            return seconds
        of_a_second = Fraction(self.days, self.working_days * self.day_seconds)
        periods = {"months": Fraction(self.days, 12), "years": Fraction(self.days)}
        return _DAYS | periods | {unit: each * of_a_second for unit, each in seconds.items()}


def _year(calendar: Calendar, on: date) -> int:
    """The year the limits begin to count in, if its days are arranged; else the nearest one whose days are."""
    official = [year for year, status in calendar.pattern.years.items() if status == "official"]
    if not official or calendar.pattern.other_years == "official":
        return on.year
    return min(official, key=lambda year: abs(year - on.year))


def _day_seconds(calendar: Calendar, first: date, working_days: int) -> int:
    """Office time of a working day, on average over the year after `first`."""
    days = (first + timedelta(days=n) for n in range(1, 367))
    seconds = sum(
        int((closes - opens).total_seconds())
        for day in days
        if day.year == first.year + 1
        for opens, closes in calendar.hours_on(day)
    )
    return seconds // working_days or USUAL_DAY
