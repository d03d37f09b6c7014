"""How much time of a unit lies between two moments."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import get_args

from rules.calendar import Calendar
from rules.errors import RuleError
from rules.hour_count import hours_between
from rules.limit import HOURLY, Bounds, Span, Unit
from rules.periods import add_days, whole_months
from rules.profile import Profile
from rules.suspensions import Stop, in_days, in_instants, suspended_days

ONE_SECOND = timedelta(seconds=1)


def elapsed(
    since: datetime | date,
    until: datetime | date,
    unit: Unit,
    calendar: Calendar,
    profile: Profile,
    spans: Sequence[Span] = (),
) -> tuple[int, int | None]:
    """Whole units from `since` to `until` without suspended time, and the seconds where the unit is hours or minutes.

    Days are counted by date, the first one not; 0 if `until` lies before.
    """
    if unit == "until_date":
        raise RuleError("wrong_value", "time passes in days, weeks, months, years, hours or minutes", "unit")
    if unit in HOURLY:
        seconds = _seconds(_instant(since, calendar), _instant(until, calendar), spans, calendar)
        return seconds // HOURLY[unit], seconds
    return _days(since, until, unit, calendar, profile, spans), None


def count(first: date, last: date, bounds: Bounds, unit: Unit, calendar: Calendar) -> int:
    """Working days or calendar days from `first` to `last`, each end included if its bracket is square."""
    if unit not in {"working_days", "calendar_days"}:
        raise RuleError("wrong_value", "count takes working_days or calendar_days", "unit")
    assert bounds in get_args(Bounds)
    after = add_days(first, -1) if bounds[0] == "[" else first
    through = last if bounds[1] == "]" else add_days(last, -1)
    return _between(after, through, calendar, working=unit == "working_days")


def _between(after: date, through: date, calendar: Calendar, *, working: bool) -> int:
    if working:
        return calendar.working_days_between(after, through)
    return max(0, (through - after).days)


def _seconds(since: datetime, until: datetime, spans: Sequence[Span], calendar: Calendar) -> int:
    stops = in_instants(spans, since, calendar)
    for stop in stops:
        if stop.restarts and stop.begin <= until:
            since = max(since, stop.end)
    return hours_between(since, until, stops, calendar) // ONE_SECOND


def _days(
    since: datetime | date,
    until: datetime | date,
    unit: Unit,
    calendar: Calendar,
    profile: Profile,
    spans: Sequence[Span],
) -> int:
    first, last = _day(since, calendar), _day(until, calendar)
    stops = in_days(spans, _instant(since, calendar), calendar, profile.suspension)
    if last < first:
        return 0
    if unit == "working_days":
        return _ran(first, last, stops, calendar, profile, working=True)[0]
    days, first = _ran(first, last, stops, calendar, profile, working=False)
    return _in_unit(days, first, unit, profile)


def _ran(
    first: date, last: date, stops: Sequence[Stop], calendar: Calendar, profile: Profile, *, working: bool
) -> tuple[int, date]:
    """Days that ran after `first` through `last`, and the day from which they were counted in the end."""
    day, total = first, 0
    for stop in stops:
        begins, ends = suspended_days(stop, profile.suspension)
        if stop.stopped_on > last:
            break
        through = min(add_days(begins, -1), last)
        total += _between(day, through, calendar, working=working)
        if stop.restarts:
            total, first = 0, max(day, ends)
        # A stop that takes no day must not make the one before it count twice.
        day = first if stop.restarts else max(day, through, ends)
    return total + _between(day, last, calendar, working=working), first


def _in_unit(days: int, first: date, unit: Unit, profile: Profile) -> int:
    """Whole weeks, months or years in `days` that ran from `first` on: suspended time counts in calendar days."""
    if unit == "calendar_days":
        return days
    if unit == "weeks":
        return days // 7
    if not days:
        return 0
    months = whole_months(first, add_days(first, days), profile.month_end)
    return months // 12 if unit == "years" else months


def _day(at: datetime | date, calendar: Calendar) -> date:
    return calendar.local_date(at) if isinstance(at, datetime) else at


def _instant(at: datetime | date, calendar: Calendar) -> datetime:
    return at if isinstance(at, datetime) else calendar.start_of(at)
