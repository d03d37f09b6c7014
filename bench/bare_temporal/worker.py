"""The peer's worker, a process of its own: `python -m bench.bare_temporal.worker ADDRESS DATABASE_URL QUEUE`. Ends with SIGTERM.

Tuned like ours: no sandbox, many pollers, workflows kept in the cache, a pool of database connections, activities started eagerly.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from psycopg_pool import AsyncConnectionPool
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.bare_temporal.workflows import BareCase, BareTimer

CONNECTIONS = 8


class Recording:
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    @activity.defn(name="record")
    async def record(self, case: str, step: int, outcome: str) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO bare_row (case_id, step, outcome) VALUES (%s, %s, %s)", (case, step, outcome)
            )


async def work(address: str, url: str, queue: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await Client.connect(address)
    async with AsyncConnectionPool(url, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[BareCase, BareTimer],
            activities=[Recording(pool).record],
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_cached_workflows=10_000,
            max_concurrent_workflow_tasks=200,
            max_concurrent_activities=200,
            max_concurrent_workflow_task_polls=10,
            max_concurrent_activity_task_polls=10,
        )
        async with worker:
            print("ready", flush=True)
            await stop.wait()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:4]))
