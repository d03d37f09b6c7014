"""Messages that are ready get their delivery workflow; a dead mail server then holds up that workflow and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import compress

import structlog
from temporalio.service import RPCError

from engine.clock import Clock
from engine.jobs.relay import each
from engine.jobs.telling import Teller
from engine.storage.connect import Pool

BATCH = 200

_log = structlog.get_logger(__name__)


class Dispatch:
    def __init__(self, pool: Pool, teller: Teller, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._teller = teller

    async def send(self) -> int:
        """Starts one batch. A message started twice is started once: its workflow's id is its own."""
        due = await asyncio.to_thread(self._due)
        started = await each(due, self._start)
        sent = list(compress(due, started))
        await asyncio.to_thread(self._mark, sent)
        return len(sent)

    def _due(self) -> list[str]:
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT id FROM delivery WHERE status = 'due' AND (not_before IS NULL OR not_before <= %s)"
                " ORDER BY created_at LIMIT %s",
                (self._clock.now(), BATCH),
            )
            return [row[0] for row in rows]

    async def _start(self, delivery_id: str) -> bool:
        try:
            await self._teller.deliver(delivery_id)
        except RPCError as error:
            _log.warning("not_dispatched", delivery=delivery_id, error=error.message)
            return False
        return True

    def _mark(self, sent: Sequence[str]) -> None:
        if sent:
            with self._pool.connection() as connection:
                connection.execute(
                    "UPDATE delivery SET status = 'sending' WHERE id = ANY(%s::text[]) AND status = 'due'",
                    (list(sent),),
                )
