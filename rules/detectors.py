"""Patterns that show only across cases (accountability.md 2). Pure: endings in, bulks out; rehearsal and live call the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from rules.case import Case
from rules.practice import Practice
from rules.stream import Stream
from rules.world import World


class Ending(msgspec.Struct, frozen=True):
    """The fact that ended a case, registered at its source beyond the source's allowance."""

    unit: str
    case: str
    fact: str
    reported_at: datetime


class Bulk(msgspec.Struct, frozen=True):
    """So many late endings of one unit within the window. `at`: when the number was reached, by the fact of `case`."""

    unit: str
    case: str
    at: datetime
    evidence: tuple[str, ...]


def late_ending(stream: Stream, world: World) -> Ending | None:
    """The ending of a case stream just advanced, if it was reported too late."""
    case: Case | None = stream.view
    if case is None or case.closed_by is None:
        return None
    fact = next((f for f in reversed(stream.facts) if f.id == case.closed_by), None)
    if fact is None or fact.reported_at - fact.occurred_at <= world.allowance(fact.source):
        return None
    return Ending(case.unit, case.id, fact.id, fact.reported_at)


def bulk_back_entries(endings: Iterable[Ending], practice: Practice) -> list[Bulk]:
    """`bulk_back_entry`: 20 or more late endings of one unit, all registered within 24 hours (both parameters). One for each run of them."""
    by_unit: dict[str, list[Ending]] = {}
    for ending in sorted(endings, key=lambda e: (e.reported_at, e.case)):
        by_unit.setdefault(ending.unit, []).append(ending)
    return [bulk for unit, found in by_unit.items() for bulk in _bulks(unit, found, practice)]


def _bulks(unit: str, endings: list[Ending], practice: Practice) -> Iterable[Bulk]:
    first, last = 0, -1
    for place, ending in enumerate(endings):
        while ending.reported_at - endings[first].reported_at >= practice.bulk_within:
            first += 1
        if place - first + 1 >= practice.bulk_entries and first > last:
            run = [e for e in endings[first:] if e.reported_at - endings[first].reported_at < practice.bulk_within]
            last = first + len(run) - 1
            yield Bulk(unit, ending.case, ending.reported_at, tuple(e.fact for e in run))
