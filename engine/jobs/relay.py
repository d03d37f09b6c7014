"""From wake rows to workflows. Whatever Temporal does, nothing is lost: a row is cleared only when its workflow was told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import compress
from typing import TypeVar

import structlog
from temporalio.service import RPCError

from engine.effects.moments import Waking
from engine.jobs import wake
from engine.jobs.telling import Teller, Word
from engine.jobs.wake import Unsent
from engine.jobs.words import words
from engine.storage.connect import Pool

BATCH = 500
AT_ONCE = 64

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Relay:
    """Sends what is unsent, in the order of the streams and round again; one that fails never keeps the others waiting."""

    def __init__(self, pool: Pool, teller: Teller, waking: Waking) -> None:
        self._pool = pool
        self._teller = teller
        self._waking = waking
        self._after = ""

    async def send(self) -> int:
        """One batch. Returns how many streams were told; rows that could not be sent stay unsent."""
        rows, said = await asyncio.to_thread(self._read)
        told = await each([said[row.stream_id] for row in rows], self._tell)
        sent = list(compress(rows, told))
        await asyncio.to_thread(self._clear, sent)
        return len(sent)

    def _read(self) -> tuple[list[Unsent], dict[str, list[Word]]]:
        with self._pool.connection() as connection:
            rows = wake.unsent(connection, self._after, BATCH)
            self._after = rows[-1].stream_id if len(rows) == BATCH else ""
            return rows, words(connection, rows, self._waking) if rows else {}

    async def _tell(self, said: Sequence[Word]) -> bool:
        try:
            for word in said:
                await self._teller.tell(word)
        except RPCError as error:
            _log.warning("not_told", workflow=said[0].workflow_id, error=error.message)
            return False
        return True

    def _clear(self, sent: Sequence[Unsent]) -> None:
        if sent:
            with self._pool.connection() as connection:
                wake.clear(connection, sent)


async def each(items: Sequence[T], act: Callable[[T], Awaitable[bool]]) -> list[bool]:
    """Does it with all of them side by side, so many at once as a server answers best."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> bool:
        async with gate:
            return await act(item)

    return await asyncio.gather(*(one(item) for item in items))
