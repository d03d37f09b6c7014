"""One run over everything: dates by another road, streams against their ledgers, workflows against open cases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgspec
import psycopg
import structlog

from engine.clock import Clock
from engine.errors import OperatorError
from engine.jobs.leader import Leadership
from engine.reconcile.dates import compare_dates
from engine.reconcile.findings import Finding, Run
from engine.reconcile.rows import own_connection
from engine.reconcile.streams import Streams
from engine.storage.connect import Connection, Pool
from workflows.contracts import TASK_QUEUE

Told = Callable[[int, int], None]
PATIENCE = 3.0  # seconds for a workflow that has just been told to end

_log = structlog.get_logger(__name__)


class Temporal(msgspec.Struct, frozen=True):
    """Where the workflows run. `patience`: see Workflows."""

    address: str
    namespace: str = "default"
    task_queue: str = TASK_QUEUE
    patience: float = PATIENCE


def reconcile(
    pool: Pool,
    clock: Clock,
    temporal: Temporal | None,
    *,
    repair: bool,
    started_by: str,
    told: Told = lambda _done, _of: None,
    stop: threading.Event | None = None,
) -> Run:
    """`told` hears of streams done and of how many; `stop` breaks the run off between two pages.

    Without `temporal`, or while it does not answer, workflows are not looked at; the run says so. OperatorError while another run is under way.
    """
    with own_connection(pool) as own, _alone(own):
        run = Run(pool, started_by, repair=repair)
        run.keep(_dates(pool, clock, run))
        if _through(Streams(pool, clock, repair=repair), own, run, told, stop or threading.Event()):
            run.keep(_workflows(pool, clock, temporal, run))
        run.end()
    return run


@contextmanager
def _alone(own: Connection) -> Iterator[None]:
    """One run at a time in the whole installation."""
    if not Leadership(own, "reconcile").taken():
        raise OperatorError(
            "另一次对账正在进行，请稍后再试 · another reconciliation is under way; try again when it has ended"
        )
    own.commit()
    try:
        yield
    finally:
        with suppress(psycopg.Error):  # the lock goes with the connection
            own.rollback()
            own.execute("SELECT pg_advisory_unlock_all()")


def _through(streams: Streams, own: Connection, run: Run, told: Told, stop: threading.Event) -> bool:
    """Whether it came to the end of all streams."""
    before = _number(own, "SELECT coalesce(max((checked ->> 'entries')::bigint), 0) FROM reconcile_run")
    for found in streams.check(own, told):
        run.keep(found)
        if stop.is_set():
            run.problem = "broken_off"
            return False
    run.checked |= {"streams": streams.streams, "entries": streams.entries}
    # A ledger only grows: fewer entries than an earlier run counted have been taken away, head and all.
    if streams.entries < before:
        run.keep([Finding("ledger", "entry", "—", f"{before} entries or more", f"{streams.entries} entries")])
    return True


def _dates(pool: Pool, clock: Clock, run: Run) -> tuple[Finding, ...]:
    with pool.connection() as connection:
        dates = compare_dates(connection, clock.now())
    run.checked["dates"], run.not_covered = dates.compared, dates.not_covered
    return dates.findings


def _workflows(pool: Pool, clock: Clock, temporal: Temporal | None, run: Run) -> list[Finding]:
    if temporal is None:
        run.problem = "temporal_not_given"
        return []
    from temporalio.service import RPCError  # loaded when it is needed: the scheduler talks to Temporal once a night

    try:
        return asyncio.run(_asked(pool, clock, temporal, run))
    except (RPCError, RuntimeError) as error:
        _log.warning("temporal_away", duty="reconcile", error=str(error))
        run.problem = "temporal_away"
        return []


async def _asked(pool: Pool, clock: Clock, temporal: Temporal, run: Run) -> list[Finding]:
    from temporalio.client import Client

    from engine.reconcile.workflows import Workflows

    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    found = await Workflows(pool, client, clock, temporal.task_queue, temporal.patience).check(repair=run.repair)
    run.checked["workflows"] = await asyncio.to_thread(_expected, pool)
    return found


def _expected(pool: Pool) -> int:
    from engine.reconcile.workflows import expected

    with pool.connection() as connection:
        return expected(connection)


def _number(connection: Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
