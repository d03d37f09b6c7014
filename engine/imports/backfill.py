"""The run of an import: cases of a log, in batches of whole cases, through the one door as back-filled facts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from engine.clock import Clock
from engine.imports.mapped import CaseMapper, Mapped
from engine.imports.records import Broken, CaseRecord
from engine.imports.report import Report
from engine.intake.decide import decide
from engine.intake.envelope import Answer, Envelope
from engine.storage.connect import Pool

Batch = list[CaseRecord | Broken]
Deciding = Callable[[Sequence[Envelope]], list[Answer]]
Taking = Callable[[Iterable[Batch]], Iterator[Report]]
_BATCH = 1000  # events a transaction, about


def through_the_door(pool: Pool, clock: Clock) -> Deciding:
    """Decides a batch of back-filled facts in a transaction of its own."""

    def deciding(envelopes: Sequence[Envelope]) -> list[Answer]:
        with pool.connection() as connection:
            return decide(connection, envelopes, clock, backfill=True)

    return deciding


def here(mapper: CaseMapper, deciding: Deciding | None) -> Taking:
    """Takes one batch after the other in this process. Without `deciding` it only counts."""
    return lambda batches: (take(batch, mapper, deciding) for batch in batches)


def run(
    cases: Iterable[CaseRecord | Broken],
    taking: Taking,
    on_batch: Callable[[Report], None] = lambda _: None,
    *,
    dry_run: bool = False,
) -> Report:
    """Imports everything that can be imported and reports on all of it."""
    report = Report(dry_run=dry_run)
    begun = time.perf_counter()
    for part in taking(_batches(cases)):
        report.add(part)
        on_batch(report)
    report.seconds = round(time.perf_counter() - begun, 3)
    return report


def take(batch: Batch, mapper: CaseMapper, deciding: Deciding | None) -> Report:
    """Maps a batch of whole cases and decides it."""
    part = Report(dry_run=deciding is None)
    made = [one for record in batch for one in _made(record, mapper, part)]
    if made and deciding is not None:
        part.add_answers(made, deciding([one.envelope for one in made]))
    return part


def _batches(cases: Iterable[CaseRecord | Broken]) -> Iterator[Batch]:
    """Whole cases together, so that each case's past is gone through once and in order."""
    batch: Batch = []
    size = 0
    for record in cases:
        batch.append(record)
        size += 1 if isinstance(record, Broken) else 1 + len(record.events)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _made(record: CaseRecord | Broken, mapper: CaseMapper, part: Report) -> list[Mapped]:
    found = [record] if isinstance(record, Broken) else mapper.facts(record)
    for one in found:
        if isinstance(one, Broken):
            part.add_broken(one)
    made = [one for one in found if isinstance(one, Mapped)]
    if made:
        part.add_made(made)
    return made
