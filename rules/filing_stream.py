"""One step of a filing's stream at a moment: reviews and the approval whose time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from rules.facts import Fact
from rules.filing import KEY, Filing, filing_of, on_record
from rules.filing_notices import APPROVAL, late
from rules.records import fold
from rules.stream import Entry, Health, Step, Stream
from rules.time_limits import last_day_before
from rules.world import World

replace = msgspec.structs.replace
WAITING = frozenset({"reviewing", "approving", "approved"})


def advance_filing(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """No fact speaks of a filing: people's wishes come through `rules.filing_decider`, only time through here."""
    del new, health
    filing = filing_of(stream.records.get(KEY))
    entries = _overdue(filing, at, world) if filing else ()
    return stepped(stream, entries, at)


def stepped(stream: Stream, entries: Sequence[Entry], at: datetime) -> Step:
    """The stream with these entries on record."""
    records = dict(stream.records)
    for entry in entries:
        records[entry.key] = fold(records, entry, at)
    filing = filing_of(records.get(KEY))
    return Step(
        stream=replace(stream, records=records, version=stream.version + len(entries)),
        entries=tuple(entries),
        changed=tuple(records[key] for key in dict.fromkeys(entry.key for entry in entries)),
        results=(),
        outreach=(),
        next_at=_next(filing, at) if filing else None,
        ended=filing is None or filing.phase not in WAITING,
    )


def _next(filing: Filing, at: datetime) -> datetime | None:
    ends = [one.expires_at for one in filing.reviews if one.verdict is None and filing.phase == "reviewing"]
    ends += [filing.approve_by] if filing.approve_by and filing.phase == "approving" else []
    return min((end for end in ends if end > at), default=None)


def _overdue(filing: Filing, at: datetime, world: World) -> tuple[Entry, ...]:
    """Each office's delay once, at the instant its time ended; the approval's likewise."""
    if filing.phase == "approving" and filing.approve_by and filing.approve_by <= at and not filing.approval_overdue:
        marked = replace(filing, approval_overdue=True)
        last = last_day_before(filing.approve_by, world.calendar(at))
        told = late(filing, APPROVAL, None, last, at, world)
        return (_late(marked, filing.approve_by), *told)
    if filing.phase != "reviewing":
        return ()
    ended = [one for one in filing.reviews if one.verdict is None and not one.overdue and one.expires_at <= at]
    if not ended:
        return ()
    reviews = tuple(replace(one, overdue=True) if one in ended else one for one in filing.reviews)
    told = tuple(n for one in ended for n in late(filing, one.office, one.unit, one.due_on, at, world))
    return (_late(replace(filing, reviews=reviews), min(one.expires_at for one in ended)), *told)


def _late(filing: Filing, since: datetime) -> Entry:
    return on_record("filing_review_overdue", filing, None, since)
