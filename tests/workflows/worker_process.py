"""A worker as a process of its own, so that a test can kill it: `python -m tests.workflows.worker_process DATABASE KEY TEMPORAL QUEUE`."""

import asyncio
import sys
from pathlib import Path

from temporalio.client import Client

from engine.bootstrap import open_database
from engine.clock import SystemClock
from engine.intake.health import beat
from engine.jobs.worker import work
from notifications.channels.registry import Channels


async def main(database: str, key: str, temporal: str, queue: str) -> None:
    clock = SystemClock()
    with open_database(database, Path(key), size=6) as pool:
        with pool.connection() as connection:
            beat(connection, clock)
        client = await Client.connect(temporal)
        sys.stdout.write("working\n")
        sys.stdout.flush()
        await work(client, pool, clock, Channels([]), asyncio.Event(), queue)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
