"""An item that nobody published: facts that name it are kept and found once for each case (R4), and people say what they make of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from rules.facts import Fact
from rules.records import fold
from rules.stream import Entry, FactResult, Health, Step, Stream
from rules.words import OF_FINDINGS, TURNS
from rules.world import World

OFF_CATALOGUE = "off_catalogue"


def is_for_catalogue(fact: Fact) -> bool:
    """Whether somebody says something of a case that no catalogue holds: it has no stream of its own."""
    return fact.type in OF_FINDINGS and fact.data.finding.partition(":")[0] == OFF_CATALOGUE


def advance_catalogue(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    del health
    records = dict(stream.records)
    entries = []
    for fact in new:
        key = f"finding:{OFF_CATALOGUE}:{fact.case}"
        known = key in records
        if known == is_for_catalogue(fact):
            entries.append(_word(key, fact) if known else _opened(key, fact, world))
            records[key] = fold(records, entries[-1], at)
    return Step(
        stream=msgspec.structs.replace(stream, records=records, version=stream.version + len(new) + len(entries)),
        entries=tuple(entries),
        changed=tuple(records[key] for key in dict.fromkeys(entry.key for entry in entries)),
        results=tuple(FactResult(fact.id) for fact in new),
        outreach=(),
        next_at=None,
        ended=True,
    )


def _opened(key: str, fact: Fact, world: World) -> Entry:
    at = fact.occurred_at.astimezone(world.calendar(fact.recorded_at).zone).isoformat()
    data = {
        "kind": OFF_CATALOGUE, "case": fact.case, "item": fact.item, "source": fact.source, "unit": None, "person": None,
        "clock": None, "evidence": [fact.id], "at": at,
    }  # fmt: skip
    return Entry("finding_opened", key, fact.occurred_at, data)


def _word(key: str, fact: Fact) -> Entry:
    return Entry(TURNS[fact.type], key, None, {"fact": fact.id, "by": fact.actor, "turn": TURNS[fact.type]})
