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

Deciding = Callable[[Sequence[Envelope]], list[Answer]]
_BATCH = 1000  # facts a transaction


def through_the_door(pool: Pool, clock: Clock) -> Deciding:
    """Decides a batch of back-filled facts in a transaction of its own."""

    def deciding(envelopes: Sequence[Envelope]) -> list[Answer]:
        with pool.connection() as connection:
            return decide(connection, envelopes, clock, backfill=True)

    return deciding


def run(
    cases: Iterable[CaseRecord | Broken],
    mapper: CaseMapper,
    deciding: Deciding | None,
    on_batch: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Imports everything that can be imported. Without `deciding` it only counts: a dry run writes nothing."""
    report = Report(dry_run=deciding is None)
    begun = time.perf_counter()
    for batch in _batches(cases, mapper, report):
        if deciding is not None:
            report.add_answers(batch, deciding([one.envelope for one in batch]))
        on_batch(report)
    report.seconds = round(time.perf_counter() - begun, 3)
    return report


def _batches(cases: Iterable[CaseRecord | Broken], mapper: CaseMapper, report: Report) -> Iterator[list[Mapped]]:
    """Whole cases together, so that each case's past is gone through once and in order."""
    batch: list[Mapped] = []
    for record in cases:
        batch += _made(record, mapper, report)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _made(record: CaseRecord | Broken, mapper: CaseMapper, report: Report) -> list[Mapped]:
    found = [record] if isinstance(record, Broken) else mapper.facts(record)
    for one in found:
        if isinstance(one, Broken):
            report.add_broken(one)
    made = [one for one in found if isinstance(one, Mapped)]
    if made:
        report.add_made(made)
    return made
