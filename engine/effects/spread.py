"""Waves: limits end at 24:00, so thousands of workflows would wake in one instant. They wake one after the other instead."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

_REMEMBERED = 1000
# The sweep has the other half of the machine; either alone is enough.
_SHARE = 0.5
_WEIGHT = 0.1  # of the newest measurement in the running mean


class Spread:
    """Gives each stream its place in the wave of its instant, and measures how many this process can wake in a second.

    The legal instant is the limit's end whatever the place; a small wave is not spread noticeably.
    """

    def __init__(self, rate: float = 100.0) -> None:
        self._rate = rate
        self._places: OrderedDict[datetime, int] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def rate(self) -> float:
        """Wakes per second, as measured."""
        return self._rate

    def delay(self, next_at: datetime) -> float:
        """Real seconds after the instant at which one more stream due then is to wake."""
        with self._lock:
            place = self._places.pop(next_at, 0)
            self._places[next_at] = place + 1
            if len(self._places) > _REMEMBERED:
                self._places.popitem(last=False)
            return place / (self._rate * _SHARE)

    def measured(self, streams: int, seconds: float) -> None:
        """Takes into account that so many streams took so many seconds."""
        with self._lock:
            self._rate += _WEIGHT * (streams / max(seconds, 1e-6) - self._rate)
            self._rate = max(self._rate, 1.0)
