"""So many attempts of a channel at once in this process: one that hangs keeps its own lane busy, and the others keep theirs."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.exceptions import ApplicationError

AT_ONCE = 8
# Whoever finds so many waiting before him, or waited so long, comes again later; spread, so that not all come at once.
MOST_WAITING, PATIENCE = 100, 20.0
_COME_AGAIN = (10.0, 20.0)


class Lanes:
    def __init__(self) -> None:
        self._places: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self._waiting: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def place(self, channel: str) -> AsyncIterator[None]:
        """A place in the channel's lane. ApplicationError where none comes free in time."""
        await self._enter(channel)
        try:
            yield
        finally:
            self._places[channel].release()

    async def _enter(self, channel: str) -> None:
        if self._waiting[channel] >= MOST_WAITING:
            raise _busy()
        self._waiting[channel] += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places[channel].acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting[channel] -= 1


def _busy() -> ApplicationError:
    delay = timedelta(seconds=random.uniform(*_COME_AGAIN))  # noqa: S311 - nobody gains by guessing it
    return ApplicationError("busy", type="waits", next_retry_delay=delay)
