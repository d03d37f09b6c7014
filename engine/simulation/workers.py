"""Cases are independent of each other: chunks of them are looked at on all cores, each worker seeing the very same state of the ledger."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from engine.intake.memory import collect_rarely
from engine.simulation import keep
from engine.simulation.bearing import configured
from engine.simulation.draft import Draft, drafted
from engine.simulation.looking import Looked, Measure, Message, Question, Row, look, measures
from engine.simulation.reading import past, placed
from engine.storage.connect import Connection, open_application, open_reader
from engine.storage.world import load_world
from rules.stream import Health

_AHEAD = 2  # chunks given out ahead for each worker, so that memory stays flat
_LOOKED = msgspec.msgpack.Decoder(Looked)
_MEASURES = msgspec.msgpack.Decoder(list[Measure])
_encode = msgspec.msgpack.Encoder().encode


class Seen(NamedTuple):
    """What a worker needs to see what the first process sees. `snapshot`: PostgreSQL's exported snapshot."""

    address: str
    snapshot: str
    draft: bytes
    at: datetime
    health: Health
    simulation: str


class Bench:
    """Looks at chunks in this process, on the connection that it is given. `keeping` writes down the cases that would stand otherwise."""

    def __init__(
        self, connection: Connection, draft: Draft, at: datetime, health: Health, keeping: Callable[[list[Row]], None]
    ) -> None:
        self._keeping = keeping
        world = load_world(connection)
        self._connection = connection
        self._soon = at + max([world.profile.publication_delay, *map(world.delay, world.sources)], default=timedelta())
        self.question = Question(world, drafted(world, draft), at, health, configured(connection, world))

    def cases(self, chunks: Iterable[Sequence[str]]) -> Iterator[Looked]:
        return (self.look(ids) for ids in chunks)

    def dockets(self, work: Iterable[dict[str, list[Message]]]) -> Iterator[list[Measure]]:
        return (self.measure(messages) for messages in work)

    def look(self, ids: Sequence[str]) -> Looked:
        some = self.question.drafted.items is None and self.question.drafted.touches is not None
        places = placed(self._connection, ids) if some else {}
        looked = look(past(self._connection, ids, self._soon), self.question, places)
        if looked.rows:
            self._keeping(looked.rows)
            looked.rows = []
        return looked

    def measure(self, messages: dict[str, list[Message]]) -> list[Measure]:
        known = {one.stream_id: one for one in past(self._connection, list(messages), self._soon)}
        return [one for name, said in messages.items() for one in measures(name, known.get(name), said, self.question)]


class Benches:
    """The same on several processes."""

    def __init__(self, seen: Seen, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._workers = workers
        self._pool = ProcessPoolExecutor(workers, context, _begin, (seen,))

    def cases(self, chunks: Iterable[Sequence[str]]) -> Iterator[Looked]:
        return (_LOOKED.decode(made) for made in self._spread(_look, chunks))

    def dockets(self, work: Iterable[dict[str, list[Message]]]) -> Iterator[list[Measure]]:
        return (_MEASURES.decode(made) for made in self._spread(_measure, (_encode(one) for one in work)))

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _spread(self, act: object, work: Iterable[object]) -> Iterator[bytes]:
        waiting: deque[Future[bytes]] = deque()
        for one in work:
            waiting.append(self._pool.submit(act, one))  # type: ignore[arg-type]
            if len(waiting) > _AHEAD * self._workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def cores() -> int:
    return os.cpu_count() or 1


_bench: Bench | None = None


def _begin(seen: Seen) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
    global _bench  # noqa: PLW0603 - a worker process has one work, given at its start
    connection = open_reader(seen.address, seen.snapshot)
    writing = open_application(seen.address)

    def keeping(rows: list[Row]) -> None:
        keep.keep_cases(writing, seen.simulation, rows)
        writing.commit()

    _bench = Bench(connection, msgspec.msgpack.decode(seen.draft, type=Draft), seen.at, seen.health, keeping)
    collect_rarely()


def _look(ids: Sequence[str]) -> bytes:
    assert _bench is not None, "the worker was begun"
    return _encode(_bench.look(ids))


def _measure(work: bytes) -> bytes:
    assert _bench is not None, "the worker was begun"
    return _encode(_bench.measure(msgspec.msgpack.decode(work, type=dict[str, list[Message]])))
