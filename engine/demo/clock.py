"""The simulated clock as processes read it: real time in, simulated time out, the same in all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from engine.demo.course import Course, reached, shown
from engine.demo.pace import SECOND, Pace
from rules.calendar import Calendar

# What a paused clock answers to "how long still": nobody sleeps past a resumption, which wakes all who wait.
PAUSED_SECONDS = 3600.0


class SimulatedClock:
    """A clock of the kind `engine.clock.Clock`. Readings never go back within a process."""

    def __init__(
        self, course: Callable[[], Course], calendar: Calendar, real: Callable[[], int] = time.time_ns
    ) -> None:
        self._course = course
        self._real = real
        self._pace = Pace(calendar, course().first)
        self._last = datetime.min.replace(tzinfo=calendar.zone)
        self._one_reader = threading.Lock()

    def now(self) -> datetime:
        """The simulated instant, in UTC."""
        with self._one_reader:
            self._last = max(self._last, shown(self._course(), self._pace, self._real()))
            return self._last

    def seconds_until(self, instant: datetime) -> float:
        """Real seconds until the clock shows `instant`: 0 if it does already, an hour if it is paused before."""
        with self._one_reader:
            real = self._real()
            at = reached(self._course(), self._pace, instant, real)
        return PAUSED_SECONDS if at is None else (at - real) / SECOND
