"""On which days two calendars say something different: what lies outside cannot move."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from rules.calendar import Calendar


class Span(msgspec.Struct, frozen=True):
    """The first and the last day of a stretch, both in it."""

    first: date
    last: date


def differing(before: Calendar, after: Calendar, within: Span) -> Span | None:
    """The stretch of `within` from the first day that differs to the last; None if none does."""
    if before.zone.key != after.zone.key:
        return within
    days = (within.first + timedelta(days=n) for n in range((within.last - within.first).days + 1))
    found = [day for day in days if _differs(before, after, day)]
    return Span(found[0], found[-1]) if found else None


def _differs(before: Calendar, after: Calendar, day: date) -> bool:
    return (
        before.is_working_day(day) != after.is_working_day(day)
        or before.provisional(day, day) != after.provisional(day, day)
        or before.hours_on(day) != after.hours_on(day)
    )
