"""What time it is, for the engine. Nothing below `engine` ever asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The present instant (UTC), and how many real seconds pass until another one (0 or less: it has passed)."""

    def now(self) -> datetime: ...

    def seconds_until(self, instant: datetime) -> float: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.now()).total_seconds()
