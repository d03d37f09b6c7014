"""One simulation from the first case to the last docket. It reads one state of the ledger and writes nothing but its own result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

import msgspec
import structlog

from engine.clock import Clock
from engine.errors import OperatorError
from engine.intake.health import load_health
from engine.intake.traces import trace
from engine.simulation import keep, reading
from engine.simulation.draft import Draft, Scope, drafted
from engine.simulation.figures import Count, Sums
from engine.simulation.keep import Outcome
from engine.simulation.looking import Looked, Measure, Message, Row
from engine.simulation.spool import Spool
from engine.simulation.workers import Bench, Benches, Seen, cores
from engine.storage.connect import Connection, Pool
from engine.storage.world import load_world

WORTH_IT = 4_000  # cases from which starting processes pays
TELL_EVERY = 0.5  # seconds
DOCKETS = 200  # messages to dockets that are looked at together
Told = Callable[[int, int], None]

_log = structlog.get_logger(__name__)


class Looking(Protocol):
    def cases(self, chunks: Iterable[Sequence[str]]) -> Iterator[Looked]: ...

    def dockets(self, work: Iterable[dict[str, list[Message]]]) -> Iterator[list[Measure]]: ...


def carry_out(pool: Pool, clock: Clock, id_: str, told: Told = lambda *_: None, *, workers: int | None = None) -> None:
    """Runs a simulation that was asked for, and keeps its result; a defect is kept as its problem. `workers` None: as many as pay.

    One that is cancelled meanwhile ends without a result; so does one that the keyboard interrupts, which is passed on.
    """
    try:
        _Run(pool, id_, clock.now(), told).through(workers)
    except Cancelled:
        _clear(pool, id_)
    except KeyboardInterrupt:
        _clear(pool, id_, by="Ctrl-C")
        raise
    except Exception as error:
        _log.error("simulation_failed", simulation=id_, **trace(error))
        with pool.connection() as connection:
            keep.fail(connection, id_, type(error).__name__)
        raise


class Cancelled(Exception):  # noqa: N818 - no error: somebody no longer wants it
    pass


def _clear(pool: Pool, id_: str, by: str | None = None) -> None:
    with pool.connection() as connection:
        if by is not None:
            keep.cancel(connection, id_, by)
        keep.clear(connection, id_)


class _Run:
    def __init__(self, pool: Pool, id_: str, at: datetime, told: Told) -> None:
        self._pool, self._id, self._at, self._told = pool, id_, at, told
        with pool.connection() as connection:
            kept = keep.find(connection, id_)
        if kept is None:
            raise OperatorError(f"没有模拟 {id_} · no simulation {id_}")
        self._draft, self._scope = msgspec.convert(kept.draft, Draft), msgspec.convert(kept.scope, Scope)
        self._sums, self._outcome = Sums(), Outcome()
        self._said_at = 0.0

    def through(self, workers: int | None) -> None:
        with self._pool.connection() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            world = load_world(connection)
            seen = reading.position(connection, world, self._at)
            items = drafted(world, self._draft).items
            where, values = reading.cases(world, items, self._scope)
            total = reading.count(connection, where, values)
            self._say(0, total, at_once=True)
            with self._looking(connection, total, workers) as looking, _spool() as spool:
                self._look(looking, reading.chunks(connection, where, values), spool, total)
                self._judge(looking, spool.dockets(reading.dockets(connection), DOCKETS), total)
        self._say(self._outcome.cases, total, at_once=True)
        with self._pool.connection() as connection:
            keep.end(connection, self._id, seen, self._sums, self._outcome)

    @contextmanager
    def _looking(self, connection: Connection, total: int, workers: int | None) -> Iterator[Looking]:
        number = workers if workers is not None else (cores() if total >= WORTH_IT else 0)
        health = load_health(connection, self._at)
        if not number:
            yield Bench(connection, self._draft, self._at, health, self._keep)
            return
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None, "a function has a value"
        address = str(self._pool.conninfo)
        benches = Benches(
            Seen(address, row[0], msgspec.msgpack.encode(self._draft), self._at, health, self._id), number
        )
        try:
            yield benches
        finally:
            benches.close()

    def _keep(self, rows: list[Row]) -> None:
        with self._pool.connection() as connection:
            keep.keep_cases(connection, self._id, rows)

    def _look(self, looking: Looking, chunks: Iterable[Sequence[str]], spool: Spool, total: int) -> None:
        for looked in looking.cases(chunks):
            self._outcome.cases += looked.cases
            self._outcome.unlike += looked.unlike
            self._outcome.failed += looked.failed
            self._sums.merge(looked.counts)
            spool.add(looked.messages)
            self._say(self._outcome.cases, total)

    def _judge(self, looking: Looking, work: Iterator[dict[str, list[Message]]], total: int) -> None:
        for found in looking.dockets(work):
            for one in found:
                _count(self._sums, one)
            with self._pool.connection() as connection:
                keep.keep_measures(connection, self._id, found)
            self._say(self._outcome.cases, total)

    def _say(self, done: int, total: int, *, at_once: bool = False) -> None:
        if at_once or time.monotonic() - self._said_at > TELL_EVERY:
            self._said_at = time.monotonic()
            with self._pool.connection() as connection:
                wanted = keep.tell(connection, self._id, done, total)
            if not wanted:
                raise Cancelled
        self._told(done, total)


@contextmanager
def _spool() -> Iterator[Spool]:
    made = Spool()
    try:
        yield made
    finally:
        made.close()


def _count(sums: Sums, one: Measure) -> None:
    """Each measure under its number: `measure:3` of a person, `unit_measure:2` of a unit; what threatens apart."""
    dimension, name = ("unit", one.unit) if one.docket.startswith("unit:") else ("person", one.docket)
    kind = "unit_measure" if dimension == "unit" else "measure"
    for level in {one.before, one.after} - {None}:
        was, now = one.before == level, one.after == level
        count = Count(int(was), int(now), int(now and not was), int(was and not now))
        sums.add([("all", ""), (dimension, name)], f"{kind}:{level}", count)
    if one.threatens is not None and one.threatens != one.after:
        sums.add([("all", ""), (dimension, name)], f"{kind}_threatens:{one.threatens}", Count(0, 1, 1, 0))
