"""How much real time each stretch of simulated time takes: a course in nanoseconds along the calendar."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from rules.calendar import Calendar

SECOND = 1_000_000_000
OPENING, CLOSING, MIDNIGHT = 8 * 60 + 30, 17 * 60 + 30, 24 * 60
# Limits end at 00:00 and are published some minutes later. That half hour is not rushed through: a moment that the machine
# needs then would look like hours of delay.
PUBLISHED = 30
# Minute of the local day at which a stretch ends, and the real nanoseconds it takes at normal speed.
WORKING_DAY = (
    (PUBLISHED, SECOND),
    (OPENING, SECOND // 2),
    (CLOSING, 20 * SECOND),
    (MIDNIGHT, SECOND // 2),
)
DAY_OFF = ((PUBLISHED, SECOND * 3 // 5), (MIDNIGHT, SECOND * 2 // 5))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Stretch(NamedTuple):
    """Simulated microseconds since 1970 from `start` on, `length` of them, take `cost` from `course` on."""

    start: int
    length: int
    course: int
    cost: int


class Pace:
    """The course of simulated time from `first` (a local date) on, in nanoseconds of real time at normal speed.

    `course_at` and `time_at` are inverse to each other: `time_at(course_at(t))` is `t` or, where nights run faster than a
    microsecond per nanosecond, the last instant of the same nanosecond. Neither ever decreases.
    """

    def __init__(self, calendar: Calendar, first: date) -> None:
        self._calendar = calendar
        self._next_day = first
        self._stretches: list[Stretch] = []
        self._starts: list[int] = []
        self._courses: list[int] = []

    def course_at(self, at: datetime) -> int:
        moment = microseconds(at)
        while not self._starts or self._end().start <= moment:
            self._add_day()
        found = self._stretches[max(bisect_right(self._starts, moment) - 1, 0)]
        return found.course + (moment - found.start) * found.cost // found.length

    def time_at(self, course: int) -> datetime:
        while not self._courses or self._end().course <= course:
            self._add_day()
        found = self._stretches[max(bisect_right(self._courses, course) - 1, 0)]
        # The last microsecond whose course is not beyond the one asked for.
        gone = ((course - found.course + 1) * found.length - 1) // found.cost
        return _EPOCH + (found.start + min(gone, found.length)) * _MICROSECOND

    def _end(self) -> Stretch:
        last = self._stretches[-1]
        return Stretch(last.start + last.length, 0, last.course + last.cost, 0)

    def _add_day(self) -> None:
        day, begin = self._next_day, 0
        for end, cost in WORKING_DAY if self._calendar.is_working_day(day) else DAY_OFF:
            start, stop = (microseconds(self._calendar.instant(day, minute)) for minute in (begin, end))
            self._append(start, stop - start, cost)
            begin = end
        self._next_day = day + timedelta(days=1)

    def _append(self, start: int, length: int, cost: int) -> None:
        course = self._end().course if self._stretches else 0
        # The two lists that are searched grow last: another thread never finds a place that is not there yet.
        self._stretches.append(Stretch(start, length, course, cost))
        self._starts.append(start)
        self._courses.append(course)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (at - _EPOCH) // _MICROSECOND
