"""From a stream's next moment in the world's time to the real instant at which its workflow wakes."""

from __future__ import annotations

import time
from datetime import datetime

from engine.clock import Clock
from engine.effects.spread import Spread
from workflows.contracts import NEVER

# A clock that is asked a hair too early answers a hair more; nobody is to look a hundred times meanwhile.
_SHORTEST = 0.05


class Waking:
    """Real seconds since 1970, so that demo and test clocks run fast without a line in a workflow."""

    def __init__(self, clock: Clock, spread: Spread) -> None:
        self.clock = clock
        self.spread = spread

    def at(self, next_at: datetime | None) -> float:
        """When to wake for a moment; NEVER where there is none."""
        if next_at is None:
            return NEVER
        seconds = self.clock.seconds_until(next_at) + self.spread.delay(next_at)
        return time.time() + max(seconds, _SHORTEST)
