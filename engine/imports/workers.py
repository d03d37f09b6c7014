"""A large log on all cores: each worker process has a connection of its own; cases are independent of each other, so no worker waits for another."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack

from engine.config import Settings
from engine.imports import backfill
from engine.imports.backfill import Batch, Deciding, Taking
from engine.imports.mapped import CaseMapper
from engine.imports.mapping import Mapping
from engine.imports.report import Report

WORTH_IT = 5_000_000  # bytes of a log from which starting processes pays
_AHEAD = 2  # batches read ahead for each worker, so that memory stays flat

_open = ExitStack()
_work: tuple[CaseMapper, Deciding] | None = None


def spread(settings: Settings, mapping: Mapping, source: str) -> Taking:
    """Takes batches on as many processes as there are cores; their reports come back in order."""
    workers = os.cpu_count() or 1

    def taking(batches: Iterable[Batch]) -> Iterator[Report]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context, _begin, (settings, mapping, source)) as pool:
            waiting: deque[Future[Report]] = deque()
            for batch in batches:
                waiting.append(pool.submit(_take, batch))
                if len(waiting) > _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    return taking


def _begin(settings: Settings, mapping: Mapping, source: str) -> None:
    from engine.bootstrap import opened
    from engine.intake.memory import collect_rarely

    global _work  # noqa: PLW0603 - a worker process has one work, given at its start
    pool, clock = _open.enter_context(opened(settings, 1))
    _work = CaseMapper(mapping, source), backfill.through_the_door(pool, clock)
    multiprocessing.util.Finalize(None, _open.close, exitpriority=10)
    collect_rarely()


def _take(batch: Batch) -> Report:
    assert _work is not None, "the worker was begun"
    return backfill.take(batch, *_work)
