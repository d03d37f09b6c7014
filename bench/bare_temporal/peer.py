"""The peer from outside: its table, its worker process, and the sender of starts and signals."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
from temporalio.client import Client

from bench.installation import Installation
from bench.ledger import value
from bench.sending import BenchError

QUEUE = "bare"
AT_ONCE = 64
_TABLE = """
CREATE TABLE IF NOT EXISTS bare_row (
  case_id text NOT NULL, step int NOT NULL, outcome text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (case_id, step)
)"""
_BOUND = 600.0


class Recorded(msgspec.Struct, frozen=True):
    """From the first call (or the timers' instant) to the last committed row; `outcomes` other than the expected one are a failure."""

    seconds: float
    rows: int


@contextmanager
def worker(installation: Installation) -> Iterator[int]:
    """The worker's process id, once it polls."""
    with installation.owner() as connection:
        connection.execute(_TABLE)
    command = [
        sys.executable,
        "-m",
        "bench.bare_temporal.worker",
        installation.temporal_address,
        installation.url(),
        QUEUE,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != "ready":
                raise BenchError("the peer's worker does not start")
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def steps(installation: Installation, cases: Sequence[str], limits: Sequence[float]) -> Recorded:
    """Starts all cases, then completes each step of all of them in turn."""
    began = datetime.now(UTC)
    asyncio.run(_steps(installation.temporal_address, cases, list(limits)))
    _wait(installation, cases, len(limits))
    return _recorded(installation, cases, began)


async def _steps(address: str, cases: Sequence[str], limits: list[float]) -> None:
    client = await Client.connect(address)

    async def start(case: str) -> None:
        await client.start_workflow("BareCase", args=[case, limits], id=f"bare:{case}", task_queue=QUEUE)

    await _each(cases, start)
    for number in range(1, len(limits) + 1):

        async def complete(case: str, number: int = number) -> None:
            await client.get_workflow_handle(f"bare:{case}").signal("step_completed", number)

        await _each(cases, complete)


def timers(installation: Installation, cases: Sequence[str], until: datetime) -> None:
    """Starts a timer for each case; all end at the same instant."""
    asyncio.run(_timers(installation.temporal_address, cases, until.timestamp()))


async def _timers(address: str, cases: Sequence[str], until: float) -> None:
    client = await Client.connect(address)

    async def start(case: str) -> None:
        await client.start_workflow("BareTimer", args=[case, until], id=f"bare:{case}", task_queue=QUEUE)

    await _each(cases, start)


def effects(installation: Installation, cases: Sequence[str], until: datetime) -> Recorded:
    """Waits for the last effect of timers that end at `until`."""
    time.sleep(max((until - datetime.now(UTC)).total_seconds(), 0))
    _wait(installation, cases, 1)
    return _recorded(installation, cases, until)


async def _each(cases: Sequence[str], act: Callable[[str], Awaitable[None]]) -> None:
    left = iter(cases)

    async def work() -> None:
        for case in left:
            await act(case)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def _wait(installation: Installation, cases: Sequence[str], rows_each: int) -> None:
    bound = time.monotonic() + _BOUND
    wanted = len(cases) * rows_each
    while value(installation, "SELECT count(*) FROM bare_row WHERE case_id = ANY(%s)", list(cases)) < wanted:
        if time.monotonic() > bound:
            raise BenchError(f"the peer has not recorded {wanted} rows in {_BOUND:.0f} s")
        time.sleep(0.2)


def _recorded(installation: Installation, cases: Sequence[str], began: datetime) -> Recorded:
    with installation.owner() as connection:
        query = "SELECT count(*), max(at) FROM bare_row WHERE case_id = ANY(%s)"
        rows, last = connection.execute(query, (list(cases),)).fetchall()[0]
    assert isinstance(rows, int)
    assert isinstance(last, datetime)
    return Recorded((last - began).total_seconds(), rows)
