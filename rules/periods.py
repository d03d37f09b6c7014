"""Ends of calendar periods: weeks, months and years on the calendar, without office or court in mind."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

from rules.errors import RuleError
from rules.limit import Limit

MonthEnd = Literal["last_day", "first_of_next"]


def add_days(day: date, days: int) -> date:
    """`day` moved by calendar days; RuleError `out_of_range` beyond the years 1 to 9999."""
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise _too_far(day) from error


def add_months(day: date, months: int, month_end: MonthEnd) -> date:
    """The same day of another month; where that month is too short, its last day or the first of the next."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year < 9999:
        raise _too_far(day)
    longest = monthrange(year, month + 1)[1]
    if day.day <= longest:
        return date(year, month + 1, day.day)
    last = date(year, month + 1, longest)
    return last if month_end == "last_day" else add_days(last, 1)


def add_period(day: date, by: Limit, month_end: MonthEnd) -> date:
    """`day` moved by calendar days, weeks, months or years (either way), not rolled."""
    if by.unit == "calendar_days":
        return add_days(day, by.amount)
    if by.unit == "weeks":
        return add_days(day, 7 * by.amount)
    return add_months(day, by.amount * (12 if by.unit == "years" else 1), month_end)


def days_in_period(by: Limit, first: date, month_end: MonthEnd, *, first_counts: bool) -> int:
    """Length in days of a period after `first`, or from `first` on if that day counts itself."""
    end = add_period(first, by, month_end)
    if first_counts and by.unit in {"months", "years"} and end.day != first.day:
        # BGB § 188 (2), (3): a month that begins with the 31st ends with the last day of a shorter month.
        end = add_period(first, by, "last_day") + timedelta(days=1)
    return (end - first).days


def whole_months(first: date, last: date, month_end: MonthEnd) -> int:
    """How many months have passed whole from `first` to `last` (not before `first`)."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if add_months(first, months, month_end) <= last else months - 1


def _too_far(day: date) -> RuleError:
    return RuleError("out_of_range", f"the end lies outside the years 1 to 9999 (from {day}); check the amount")
