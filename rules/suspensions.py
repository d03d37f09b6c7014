"""Suspensions of one clock, overlapping ones joined, in instants and in days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from rules.calendar import ONE_DAY, Calendar
from rules.errors import RuleError
from rules.limit import Span
from rules.profile import Suspension

# Later than any instant a calendar answers: the end of a suspension that has none yet.
FOREVER = datetime.max.replace(tzinfo=UTC)
NEVER = date.max


class Stop(NamedTuple):
    """One stop of the clock: overlapping suspensions count once, and run the limit again if any of them does.

    `begin` and `end` are instants (`FOREVER` while it lasts), `stopped_on` and `restarted_on` their local dates.
    """

    begin: datetime
    end: datetime
    stopped_on: date
    restarted_on: date
    restarts: bool

    @property
    def lasts(self) -> bool:
        return self.end == FOREVER


def in_instants(spans: Sequence[Span], start: datetime, calendar: Calendar) -> list[Stop]:
    """Stops to the second that reach beyond `start`; a date is 00:00 of that day."""
    return _joined(_stops(spans, calendar, stop_at_end=False, restart_at_end=False), start, calendar)


def in_days(spans: Sequence[Span], start: datetime, calendar: Calendar, rules: Suspension) -> list[Stop]:
    """Stops that reach beyond `start`, for counting days; a date stops and restarts as the profile counts that day."""
    stops = _stops(spans, calendar, stop_at_end=rules.stop_day_counts, restart_at_end=not rules.restart_day_counts)
    return _joined(stops, start, calendar)


def suspended_days(stop: Stop, rules: Suspension) -> tuple[date, date]:
    """First and last day that a stop takes from the count; the last may lie before the first: it takes none."""
    first = stop.stopped_on + ONE_DAY if rules.stop_day_counts else stop.stopped_on
    last = stop.restarted_on - ONE_DAY if rules.restart_day_counts else stop.restarted_on
    return first, last


def _stops(spans: Sequence[Span], calendar: Calendar, *, stop_at_end: bool, restart_at_end: bool) -> list[Stop]:
    found: list[Stop] = []
    for index, span in enumerate(spans):
        begin, stopped_on = _moment(span.start, calendar, at_end=stop_at_end)
        end, restarted_on = _end(span, calendar, at_end=restart_at_end)
        exact = isinstance(span.start, datetime) and isinstance(span.stop, datetime)
        if restarted_on < stopped_on or (exact and end < begin):
            text = "a suspension ends after it begins; swap its dates"
            raise RuleError("suspension_ends_before_it_begins", text, f"suspensions[{index}].to")
        # Stop and restart on one day that both count: no time was lost.
        found.append(Stop(begin, max(begin, end), stopped_on, restarted_on, span.kind == "restart"))
    return found


def _end(span: Span, calendar: Calendar, *, at_end: bool) -> tuple[datetime, date]:
    return (FOREVER, NEVER) if span.stop is None else _moment(span.stop, calendar, at_end=at_end)


def _moment(at: datetime | date, calendar: Calendar, *, at_end: bool) -> tuple[datetime, date]:
    if isinstance(at, datetime):
        return at.astimezone(UTC), calendar.local_date(at)
    return (calendar.end_of(at) if at_end else calendar.start_of(at)), at


def _joined(stops: list[Stop], start: datetime, calendar: Calendar) -> list[Stop]:
    """Overlapping stops are one, and so are two without running time between them; not where the second stops a later day than the first restarts."""
    found: list[Stop] = []
    for stop in sorted(_from_start(stop, start, calendar) for stop in stops if stop.end > start):
        if found and (stop.begin < found[-1].end or _in_the_instant(found[-1], stop)):
            found[-1] = _union(found[-1], stop)
        else:
            found.append(stop)
    return found


def _in_the_instant(early: Stop, late: Stop) -> bool:
    """Whether the clock stops again in the very instant of its restart, on that day."""
    return late.begin == early.end and late.stopped_on <= early.restarted_on


def _from_start(stop: Stop, start: datetime, calendar: Calendar) -> Stop:
    """One asked before the start suspends only from the start (time-limits.md 4): the day it stops is then the starting day."""
    return stop._replace(begin=max(stop.begin, start), stopped_on=max(stop.stopped_on, calendar.local_date(start)))


def _union(one: Stop, other: Stop) -> Stop:
    """Of two that end in one instant the later restart day counts: a stop whose days both count ends where it begins."""
    longer = max(one, other, key=lambda stop: (stop.end, stop.restarted_on))
    stopped_on = min(one.stopped_on, other.stopped_on)
    return Stop(one.begin, longer.end, stopped_on, longer.restarted_on, one.restarts or other.restarts)
