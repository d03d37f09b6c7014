"""Limits in days, weeks, months and years: counted day by day, minus the days the clock stood still."""

from collections.abc import Sequence
from copy import copy
from datetime import date, datetime
from typing import NamedTuple

from rules.calendar import ONE_DAY, Calendar, Direction
from rules.limit import HOURLY, Limit
from rules.periods import add_days, days_in_period
from rules.profile import Profile
from rules.suspensions import Stop, suspended_days


class Stretch(NamedTuple):
    """Days that ran: later than `after`, through `through`. `again` counts how often the limit was started anew."""

    after: date
    through: date
    working: bool
    again: int


class DayCount(NamedTuple):
    """How a limit in days came to its end: `end` before, `due_on` after rolling; `stops` are those that took effect."""

    received_on: date
    day_zero: date
    stretches: tuple[Stretch, ...]
    stops: tuple[Stop, ...]
    end: date
    due_on: date


def day_zero(start: datetime | date, calendar: Calendar, profile: Profile) -> tuple[date, date]:
    """The local date of receipt, and the day from which days are counted."""
    received = _received_on(start, calendar, profile)
    if profile.non_working_receipt == "deemed_received_next":
        return received, calendar.roll(received, "next")
    return received, received


def _received_on(start: datetime | date, calendar: Calendar, profile: Profile) -> date:
    if not isinstance(start, datetime):
        return start
    local = start.astimezone(calendar.zone)
    if profile.cut_off is not None and f"{local:%H:%M}" >= profile.cut_off:
        return add_days(local.date(), 1)
    return local.date()


def count_days(
    legs: Sequence[Limit], days: tuple[date, date], stops: Sequence[Stop], calendar: Calendar, profile: Profile
) -> DayCount | None:
    """Count the limit and its extensions (`legs`) from day zero; None while the clock stands still without an end."""
    counter = Counter(legs, days[1], calendar, profile)
    effective: list[Stop] = []
    for stop in stops:
        if not counter.reaches(stop):
            break
        if stop.lasts:
            return None
        effective.append(stop)
        counter.suspend(stop)
    counter.run(None)
    return DayCount(*days, tuple(counter.stretches), tuple(effective), counter.day, counter.due_on())


class Counter:
    """A clock that counts days. `day` is the last one dealt with, `left` what the first of `legs` still needs."""

    def __init__(self, legs: Sequence[Limit], first: date, calendar: Calendar, profile: Profile) -> None:
        self.calendar, self.profile = calendar, profile
        self.all_legs, self.zero = tuple(legs), first
        self.stretches: list[Stretch] = []
        self.again = 0
        self.left = 0
        self.day = first
        self.legs: tuple[Limit, ...] = ()
        self._begin(first, first_counts=profile.day_zero == "included")

    def reaches(self, stop: Stop) -> bool:
        """Run up to a stop; whether it comes before the limit has expired."""
        if self.profile.period_end_roll == "previous_working_day" and stop.stopped_on > self._undisturbed():
            return False
        first, _ = suspended_days(stop, self.profile.suspension)
        self.run(add_days(first, -1))
        return bool(self.legs) or stop.stopped_on <= self.due_on()

    def _undisturbed(self) -> date:
        """The last day if nothing more stops the clock; rolled back, it may lie before a stop that the count has not reached."""
        other = copy(self)
        other.stretches = list(self.stretches)
        other.run(None)
        return other.due_on()

    def suspend(self, stop: Stop) -> None:
        """Stand still, then go on with what is left or with the whole limit again."""
        if stop.restarts:
            self.again += 1
            self._begin(stop.restarted_on, first_counts=self.profile.suspension.restart_day_counts)
        elif self.left or len(self.legs) > 1:
            self.day = max(self.day, suspended_days(stop, self.profile.suspension)[1])
        else:
            # It stopped on the last day: nothing is left, and the limit ends on the restart day.
            self.legs = ()
            self.day = max(self.day, stop.restarted_on)

    def run(self, through: date | None) -> None:
        """Count on to the end, but not beyond `through`."""
        while self.legs:
            end = self._end_of_leg()
            if through is not None and end > through:
                self._take(through)
                return
            self._take(end)
            self._next_leg(self.legs[1:])

    def due_on(self) -> date:
        """The last day once nothing is left, rolled as the profile says."""
        if self.all_legs[-1].unit == "working_days":
            return self.calendar.roll(self.day, "next")
        if self.profile.period_end_roll == "none":
            return self._with_minimum(self.day)
        direction: Direction = "next" if self.profile.period_end_roll == "next_working_day" else "previous"
        return self._with_minimum(self.calendar.roll(self.day, direction))

    def _begin(self, day: date, *, first_counts: bool) -> None:
        self.zero = day
        self.day = add_days(day, -1) if first_counts and self.all_legs[0].amount else day
        self._next_leg(self.all_legs, day, first_counts=first_counts)

    def _next_leg(self, legs: tuple[Limit, ...], day: date | None = None, *, first_counts: bool = False) -> None:
        self.legs = legs
        if legs and legs[0].unit == "working_days":
            self.left = legs[0].amount
        elif legs:
            self.left = days_in_period(legs[0], day or self.day, self.profile.month_end, first_counts=first_counts)

    def _working(self) -> bool:
        return self.legs[0].unit == "working_days"

    def _end_of_leg(self) -> date:
        if self._working():
            return self.calendar.add_working_days(self.day, self.left)
        return add_days(self.day, self.left)

    def _take(self, through: date) -> None:
        if through <= self.day:
            return
        working = self._working()
        self.left -= self.calendar.working_days_between(self.day, through) if working else (through - self.day).days
        self.stretches.append(Stretch(self.day, through, working, self.again))
        self.day = through

    def _with_minimum(self, end: date) -> date:
        """Regulation (EEC, Euratom) No 1182/71 art. 3 (5): a period of two days or more has two working days."""
        ran = [stretch for stretch in self.stretches if stretch.again == self.again]
        if not self.profile.minimum_working_days or sum((each.through - each.after).days for each in ran) < 2:
            return end
        worked = sum(self.calendar.working_days_between(max(each.after, self.zero), each.through) for each in ran)
        worked += self.calendar.working_days_between(self.day, end)
        missing = self.profile.minimum_working_days - worked
        return self.calendar.add_working_days(end, missing) if missing > 0 else end


def provisional(count: DayCount, legs: Sequence[Limit], calendar: Calendar, profile: Profile) -> bool:
    """Whether a day of an estimated or missing year had a say in the end."""
    last_unit, rolls = legs[-1].unit, profile.period_end_roll != "none"
    needs_minimum = profile.minimum_working_days > 0
    ranges = [(each.after + ONE_DAY, each.through) for each in count.stretches if each.working or needs_minimum]
    if last_unit == "working_days" or rolls or needs_minimum:
        ranges.append((min(count.end, count.due_on), max(count.end, count.due_on)))
    if profile.non_working_receipt == "deemed_received_next":
        ranges.append((count.received_on, count.day_zero))
    return any(calendar.provisional(first, last) for first, last in ranges)


def is_daily(limit: Limit) -> bool:
    """Whether a limit is counted in days rather than in hours."""
    return limit.unit not in HOURLY and limit.unit != "until_date"


def start_instant(start: datetime | date, first: date, calendar: Calendar) -> datetime:
    """The instant at which the clock starts, which a later day zero moves to that day."""
    opens = calendar.start_of(first)
    return max(start, opens) if isinstance(start, datetime) else opens
