"""A case looked back upon: what its record would say if the rules of a world had held all along (rules.what_if).

The same rules conclude as at any step. Left out is what has no part in how a case stands: cards that climb, notices, refusals, requests, voices.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from rules import holding_breaches, holding_ends, holding_findings, holding_limits, holding_warnings
from rules.case import Case
from rules.case_stream import cause_of_time, told_before, under_review
from rules.conclusion import Conclusion, lacking
from rules.derive import derive
from rules.kept import Kept
from rules.moment import View
from rules.outreach import outreach
from rules.records import TYPES, fold
from rules.stream import Entry, Health, Record, Step, Stream
from rules.world import World

STANDS = frozenset({"limit", "expiry", "office", "outcome", "case", "hold", "breach", "alert"})


def look_back(stream: Stream, at: datetime, world: World, health: Health) -> Step:
    """The step of a case in hindsight. Of its conclusions only what stands is asked for, not what would follow from their being written."""
    calendar = world.calendar(at)
    told = told_before(stream, calendar.version, world)
    current = derive(stream.id.removeprefix("case:"), stream.facts, world, calendar, told)
    if current.item is None:
        return _step(stream, current, (), at, world, health)
    case, doubt, consents = under_review(current, stream.facts, stream.records, world, calendar, told)
    view = View(
        case, stream.facts, stream.records, at, world, calendar, health, cause_of_time(stream.records, calendar.version), told, consents,
        Kept(at, len(stream.facts), None), current if doubt else None,
    )  # fmt: skip
    known = {key: record for key, record in stream.records.items() if _stands(record)}
    return _step(stream, current, lacking(holding(view), known, at), at, world, health)


def holding(view: View) -> list[Conclusion]:
    """What holds of how the case stands."""
    found = [*holding_limits.limits(view), *holding_ends.ends(view), *_broken(view)]
    if view.said:
        found += holding_breaches.by_confirmation(view, [*found, *holding_findings.findings(view)])
    found += holding_warnings.warnings(view)
    return [conclusion for conclusion in found if TYPES[conclusion.type][0] in STANDS]


def _broken(view: View) -> Iterator[Conclusion]:
    for name, at in view.broken.items():
        publish = view.published(at, name)
        if view.ahead(publish):
            yield from holding_breaches.coming(view, name, at, publish)
        else:
            yield from holding_breaches.charges(view, name, at, publish)


def _stands(record: Record) -> bool:
    """Of the cards only an early warning, which names the day it comes before."""
    return record.kind in STANDS and (record.kind != "alert" or "due_on" in record.data)


def _step(
    stream: Stream, case: Case, entries: list[Entry] | tuple[()], at: datetime, world: World, health: Health
) -> Step:
    records = dict(stream.records)
    for entry in entries:
        records[entry.key] = fold(records, entry, at)
    changed = tuple(dict.fromkeys(entry.key for entry in entries))
    code = case.item.code if case.item is not None else None
    said = outreach(
        case.id, code, stream.facts, stream.records, records, changed, at, world=world, imported=health.backfilled
    )
    return Step(
        stream=msgspec.structs.replace(stream, records=records, version=stream.version + len(entries), view=case),
        entries=tuple(entries), changed=tuple(records[key] for key in changed), results=(), outreach=tuple(said), next_at=None,
        ended=False,
    )  # fmt: skip
