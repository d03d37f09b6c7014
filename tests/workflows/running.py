"""A running engine for a test: real database, real Temporal, worker and relay, a clock that a test can set going."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from engine.clock import Clock
from engine.intake.decide import decide
from engine.intake.envelope import Answer, Envelope
from engine.intake.health import beat
from engine.jobs.worker import work
from engine.storage.connect import Pool
from notifications.channels.registry import Channels
from tests.support.worlds import MONDAY


class Running:
    """A clock that runs so many times faster than the real one, from a Monday morning on."""

    def __init__(self, speed: float, start: datetime = MONDAY) -> None:
        self.speed, self.start, self._began = speed, start, time.time()

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.time() - self._began) * self.speed)

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.now()).total_seconds() / self.speed


class Engine:
    def __init__(self, pool: Pool, client: Any, clock: Clock) -> None:
        self.pool, self.client, self.clock = pool, client, clock
        self.queue = f"test-{uuid.uuid4().hex[:8]}"

    def beat(self) -> None:
        with self.pool.connection() as connection:
            beat(connection, self.clock)

    def take(self, *messages: Envelope) -> list[Answer]:
        with self.pool.connection() as connection:
            beat(connection, self.clock)
            return decide(connection, messages, self.clock)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    def value(self, statement: str, *values: Any) -> Any:
        rows = self.rows(statement, *values)
        return rows[0][0] if rows else None

    def entries(self, case: str) -> list[str]:
        """The types of what the engine concluded about a case, in the order of its ledger."""
        return [
            row[0]
            for row in self.rows(
                "SELECT type FROM entry WHERE stream_id = %s AND kind = 'entry' ORDER BY version", f"case:{case}"
            )
        ]

    def handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id)

    def unsent(self) -> int:
        return int(self.value("SELECT count(*) FROM wake WHERE seq > sent_seq"))

    @asynccontextmanager
    async def working(self, channels: Channels | None = None) -> AsyncIterator[None]:
        """A worker with its relay, and a door that is open all the time."""
        stop = asyncio.Event()
        task = asyncio.create_task(work(self.client, self.pool, self.clock, channels or Channels([]), stop, self.queue))
        door = asyncio.create_task(self._beating(stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(task, door)

    async def _beating(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await asyncio.to_thread(self.beat)
            await asyncio.sleep(0.2)


def cases(prefix: str, number: int) -> Sequence[str]:
    """Case ids that no other test uses on the same Temporal."""
    run = uuid.uuid4().hex[:6]
    return [f"{prefix}-{run}-{index}" for index in range(number)]
