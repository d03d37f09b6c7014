"""Waves: limits end at 24:00, so thousands of workflows would wake in one instant. They wake one after the other instead."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

_REMEMBERED = 1000
# To wake one costs server and worker some fifteen milliseconds of a core, whatever its look costs: a sixth of two cores at this
# pace. The first go at that pace, the others after a pause in which a sweep does ten thousand; most find the work done. Either is enough.
WAKES_A_SECOND = 20.0
AT_ONCE = 50
PAUSE = 10.0


class Spread:
    """Gives each stream its place in the wave of its instant.

    The legal instant is the limit's end whatever the place; a small wave is not spread noticeably.
    """

    def __init__(self, rate: float = WAKES_A_SECOND) -> None:
        self._rate = rate
        self._places: OrderedDict[datetime, int] = OrderedDict()
        self._lock = threading.Lock()

    def delay(self, next_at: datetime) -> float:
        """Real seconds after the instant at which one more stream due then is to wake."""
        with self._lock:
            place = self._places.pop(next_at, 0)
            self._places[next_at] = place + 1
            if len(self._places) > _REMEMBERED:
                self._places.popitem(last=False)
        return place / self._rate + (PAUSE if place >= AT_ONCE else 0.0)
