"""When a limit ends, how far away something lies, how much has passed (time-limits.md 3 and 4).

Dates are local, instants returned are UTC; instants given are aware. Refusals are `RuleError`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from rules.calendar import ONE_DAY, Calendar
from rules.day_count import DayCount, count_days, day_zero, provisional, start_instant
from rules.day_lines import day_lines, hour_lines
from rules.elapsed import count, elapsed
from rules.errors import RuleError
from rules.hour_count import HourCount, count_hours, shift_hours
from rules.instants import moment
from rules.limit import HOURLY, Bounds, DayLine, Due, Limit, Span, Unit
from rules.periods import add_period
from rules.profile import Profile, Suspension
from rules.suspensions import Stop, in_days, in_instants

__all__ = [
    "Bounds", "DayLine", "Due", "Limit", "RuleError", "Span", "Unit",
    "count", "due", "elapsed", "explain", "project", "shift",
]  # fmt: skip


def due(
    limit: Limit,
    start: datetime | date,
    calendar: Calendar,
    profile: Profile,
    spans: Sequence[Span] = (),
    extensions: Sequence[Limit] = (),
) -> Due:
    """The end of a limit that started at `start`; RuleError `suspension_open` while the clock stands still."""
    if limit.unit == "working_days" and limit.amount > 0 and not spans and not extensions and profile.is_plain:
        return calendar.due(calendar.local_date(start) if isinstance(start, datetime) else start, limit.amount)
    found = project(limit, start, calendar, profile, spans, extensions)
    if found is None:
        raise RuleError("suspension_open", "the clock stands still; say when the suspension ends", "suspensions")
    return found


def project(
    limit: Limit,
    start: datetime | date,
    calendar: Calendar,
    profile: Profile,
    spans: Sequence[Span] = (),
    extensions: Sequence[Limit] = (),
) -> Due | None:
    """The end as `due` gives it, or None while a suspension without end stops the clock."""
    _check(limit, extensions)
    if limit.unit == "until_date":
        return _until(limit, extensions, calendar, profile)
    if limit.unit in HOURLY:
        hours = _hours(limit, start, calendar, spans, extensions)
        return hours and _due_in_hours(hours, calendar)
    days = _days(limit, start, calendar, profile, spans, extensions)
    return days and _due_in_days(days, (limit, *extensions), calendar, profile)


def explain(
    limit: Limit,
    start: datetime | date,
    calendar: Calendar,
    profile: Profile,
    spans: Sequence[Span] = (),
    extensions: Sequence[Limit] = (),
) -> list[DayLine]:
    """One line per day from the start to the last day (day_lines.py); raises what `due` raises."""
    end = due(limit, start, calendar, profile, spans, extensions)
    if limit.unit == "until_date":
        return [DayLine(end.due_on, counted=False, n=None, why="until_date", basis="")]
    if limit.unit in HOURLY:
        hours = _hours(limit, start, calendar, spans, extensions)
        return list(hour_lines(hours, HOURLY[limit.unit], calendar, profile)) if hours else []
    days = _days(limit, start, calendar, profile, spans, extensions)
    return list(day_lines(days, calendar, profile)) if days else []


def _days(
    limit: Limit,
    start: datetime | date,
    calendar: Calendar,
    profile: Profile,
    spans: Sequence[Span],
    extensions: Sequence[Limit],
) -> DayCount | None:
    zero = day_zero(start, calendar, profile)
    stops = _stops(tuple(spans), start_instant(start, zero[1], calendar), calendar, profile.suspension) if spans else ()
    return count_days((limit, *extensions), zero, stops, calendar, profile)


@lru_cache(maxsize=4096)
def _stops(spans: tuple[Span, ...], start: datetime, calendar: Calendar, rules: Suspension) -> tuple[Stop, ...]:
    """What stops one limit of a case stops its other limits and its steps; the arguments say all there is to it."""
    return tuple(in_days(spans, start, calendar, rules))


def _hours(
    limit: Limit, start: datetime | date, calendar: Calendar, spans: Sequence[Span], extensions: Sequence[Limit]
) -> HourCount | None:
    at = start.astimezone(UTC) if isinstance(start, datetime) else calendar.start_of(start)
    seconds = sum(each.seconds for each in (limit, *extensions))
    return count_hours(timedelta(seconds=seconds), at, in_instants(spans, at, calendar), calendar)


def shift(start: datetime | date, by: Limit, calendar: Calendar, profile: Profile) -> datetime | date:
    """The moment `by` away, before it if negative, not rolled; units of days keep the clock time."""
    if by.unit == "until_date":
        raise RuleError("wrong_value", "a shift needs an amount, not a date", "unit")
    if by.unit in HOURLY:
        at = start if isinstance(start, datetime) else calendar.start_of(start)
        found = shift_hours(at, timedelta(seconds=by.seconds), calendar)
        return found if by.amount else start
    if not isinstance(start, datetime):
        return _shift_day(start, by, calendar, profile)
    local = start.astimezone(calendar.zone)
    moved = datetime.combine(_shift_day(local.date(), by, calendar, profile), local.timetz()) if by.amount else local
    return moved.astimezone(UTC)


def _shift_day(day: date, by: Limit, calendar: Calendar, profile: Profile) -> date:
    if by.unit == "working_days":
        return calendar.add_working_days(day, by.amount)
    return add_period(day, by, profile.month_end)


def _check(limit: Limit, extensions: Sequence[Limit]) -> None:
    if limit.unit != "until_date" and limit.amount < 0:
        raise RuleError("wrong_value", "a limit is 0 or more; only a shift may be negative", "limit.amount")
    for index, extension in enumerate(extensions):
        field = f"extensions[{index}]"
        if extension.unit == "until_date" or extension.amount < 0:
            raise RuleError("wrong_value", "an extension has an amount of 0 or more", field)
        if limit.unit != "until_date" and (limit.unit in HOURLY) != (extension.unit in HOURLY):
            raise RuleError(
                "extension_unit",
                f"{limit.unit} cannot be extended by {extension.unit}; use hours for hours, days for days",
                f"{field}.unit",
            )


def _until(limit: Limit, extensions: Sequence[Limit], calendar: Calendar, profile: Profile) -> Due:
    """A fixed date: the clock cannot be stopped and the end is never rolled, but it can be extended."""
    if limit.on is None:
        raise RuleError(
            "date_unknown",
            f"the attribute {limit.attribute!r} is not recorded yet, so there is no date",
            "limit.attribute",
        )
    end = moment(limit.on, calendar.zone, "limit.on")
    for extension in extensions:
        end = shift(end, extension, calendar, profile)
    if isinstance(end, datetime):
        return Due(last_day_before(end, calendar), end, provisional=False)
    return Due(end, calendar.end_of(end), provisional=False)


def last_day_before(end: datetime, calendar: Calendar) -> date:
    """The last day that is still in time: an end at 00:00 belongs to the day before, as everywhere."""
    day = calendar.local_date(end)
    return day - ONE_DAY if end == calendar.start_of(day) else day


def _due_in_hours(hours: HourCount, calendar: Calendar) -> Due:
    unsure = any(calendar.provisional(first, last) for first, last in hours.looked_at)
    return Due(hours.due_on, hours.end, unsure)


def _due_in_days(days: DayCount, legs: Sequence[Limit], calendar: Calendar, profile: Profile) -> Due:
    return Due(days.due_on, calendar.end_of(days.due_on), provisional(days, legs, calendar, profile))
