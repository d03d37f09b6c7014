"""Plays the county: tells the engine, at simulated office speed, what its windows, bureaus and inspectors do."""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import structlog

from engine.demo import checkpoint
from engine.demo.events import Event, again
from engine.demo.plan import Plan
from engine.demo.sender import Sender

_log = structlog.get_logger(__name__)
# Real seconds between two looks at the clock; in office hours that is about five simulated minutes.
LOOK_EVERY = 0.2
# No planned case has a message later than this after the day it came in.
_LONGEST = timedelta(days=150)
_AT_ONCE = 200


class Simulator:
    """The queue of what is still to be told. `file` keeps the place from one run to the next."""

    def __init__(self, plan: Plan, sender: Sender, file: Path) -> None:
        self._plan, self._sender, self._file = plan, sender, file
        known = checkpoint.read(file)
        self._through = known.through if known else None
        self._planned = self._first_day_to_plan()
        self._queue: list[tuple[datetime, int, Event]] = []
        self._arrivals = count()
        self.told: Counter[str] = Counter()

    def look(self) -> None:
        """Tell what is due by the engine's clock, in order, and note how far that was."""
        now = self._sender.now()
        self._plan_until(self._plan.calendar.local_date(now))
        sent = 0
        while self._queue and self._queue[0][0] <= now and sent < _AT_ONCE:
            self._tell(heapq.heappop(self._queue)[2], now)
            sent += 1
        if sent:
            checkpoint.write(self._file, min(now, self._queue[0][0]) if self._queue else now)

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def _first_day_to_plan(self) -> date:
        begins = self._plan.begins
        return max(begins, (self._through - _LONGEST).date()) if self._through else begins

    def _plan_until(self, today: date) -> None:
        if self._planned > today:
            return
        while self._planned <= today:
            for event in self._plan.day(self._planned):
                if self._through is None or event.sent_at >= self._through:
                    self._await(event)
            self._planned += timedelta(days=1)
        _log.info("county.day", day=str(today), waiting=self.waiting, **self.told)

    def _await(self, event: Event) -> None:
        heapq.heappush(self._queue, (event.sent_at, next(self._arrivals), event))

    def _tell(self, event: Event, now: datetime) -> None:
        outcome, words = self._sender.send(event)
        self.told[outcome] += 1
        if outcome == "taken":
            return
        if event.insist is not None and now < event.insist:
            self._await(again(event, now))
        else:
            _log.info("county.refused", case=event.case, type=event.type, answer=words)
