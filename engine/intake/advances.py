"""Which rules move which kind of stream. Streams that have no rules of their own only keep what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from rules.case_stream import advance_case
from rules.docket_stream import advance_docket
from rules.facts import Fact
from rules.filing_stream import advance_filing
from rules.records import fold
from rules.stream import Entry, FactResult, Health, Record, Step, Stream
from rules.watch_stream import advance_watch
from rules.world import World

Advance = Callable[[Stream, Sequence[Fact], datetime, World, Health], Step]


def keep(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """Words of a source or about a calendar: the ledger has them, the snapshot needs not grow with them."""
    del at, world, health
    return _step(stream, new, (), stream.records)


def advance_catalogue(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """R4: a fact for an item that nobody published is kept, and found; once for each case."""
    del world, health
    records = dict(stream.records)
    entries = []
    for fact in new:
        key = f"finding:off_catalogue:{fact.case}"
        if key not in records:
            entries.append(_off_catalogue(key, fact))
            records[key] = fold(records, entries[-1], at)
    return _step(stream, new, entries, records)


def _off_catalogue(key: str, fact: Fact) -> Entry:
    data = {
        "kind": "off_catalogue",
        "case": fact.case,
        "item": fact.item,
        "source": fact.source,
        "unit": None,
        "person": None,
    }
    return Entry("finding_opened", key, fact.occurred_at, {**data, "clock": None, "evidence": [fact.id]})


def _step(stream: Stream, new: Sequence[Fact], entries: Sequence[Entry], records: dict[str, Record]) -> Step:
    return Step(
        stream=msgspec.structs.replace(stream, records=records),
        entries=tuple(entries),
        changed=tuple(records[entry.key] for entry in entries),
        results=tuple(FactResult(fact.id) for fact in new),
        outreach=(),
        next_at=None,
        ended=True,
    )


ADVANCES: dict[str, Advance] = {
    "case": advance_case,
    "docket": advance_docket,
    "watch": advance_watch,
    "filing": advance_filing,
    "catalogue": advance_catalogue,
    "source": keep,
    "calendar": keep,
}
