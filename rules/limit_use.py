"""How much of its limit a concluded case used: days that ran until it was completed, against the days that the clock had."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict

from rules.calendar import Calendar
from rules.case import Case, Clock
from rules.elapsed import elapsed
from rules.limit import HOURLY, Unit
from rules.profile import Profile
from rules.world import World

_TO_MIDNIGHT = timedelta(microseconds=1)  # what happens at 24:00 belongs to the day that ends


class LimitUse(TypedDict):
    """`amount` of `of` units ran, as the clock counts them: stopped time is neither used nor had."""

    clock: str
    unit: Unit
    amount: int
    of: int


def limit_use(case: Case, world: World) -> LimitUse | None:
    """Of the promise, else of the law; None while it runs, stands still, or has no length to take a part of.

    By the calendar in force when it was completed, so that a later one does not change what was said.
    """
    clock = case.clocks.get("committed") or case.clocks.get("statutory")
    done = case.closed_at if clock is None or clock.completed_at is None else clock.completed_at
    if clock is None or clock.due is None or done is None or case.item is None:
        return None
    calendar, profile = world.calendar(done), world.profile_of(case.item)
    unit = _unit(clock, calendar)
    if unit is None:
        return None
    end = clock.due.expires_at if unit in HOURLY else clock.due.due_on
    of = _ran(clock, end, unit, calendar, profile)
    ran = _ran(clock, done - _TO_MIDNIGHT, unit, calendar, profile)
    return LimitUse(clock=clock.name, unit=unit, amount=ran, of=of) if of else None


def _unit(clock: Clock, calendar: Calendar) -> Unit | None:
    """Working days for what is counted in them, minutes for hours, calendar days for all longer periods."""
    if clock.limit.unit in HOURLY:
        return "working_minutes" if calendar.has_hours else None
    return "working_days" if clock.limit.unit == "working_days" else "calendar_days"


def _ran(clock: Clock, until: datetime | date, unit: Unit, calendar: Calendar, profile: Profile) -> int:
    zero = 1 if profile.day_zero == "included" and unit not in HOURLY else 0
    return elapsed(clock.start.value, until, unit, calendar, profile, clock.spans)[0] + zero
