"""Requests per key: a bucket that fills at a steady rate. Each process keeps its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil


class Pace:
    """At most `burst` requests at once and `rate` a second after that, per key."""

    def __init__(self, rate: float, burst: int, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._now = now
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, key: str) -> int:
        """0 if the request may go on, otherwise the whole seconds to wait."""
        now = self._now()
        level, seen = self._buckets.get(key, (float(self._burst), now))
        level = min(self._burst, level + (now - seen) * self._rate)
        if level >= 1:
            self._buckets[key] = (level - 1, now)
            return 0
        self._buckets[key] = (level, now)
        return max(1, ceil((1 - level) / self._rate))
