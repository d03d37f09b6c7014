"""The cases that differing days can concern, found by their dates alone and read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from engine.calendars.differences import Span, differing
from engine.storage.connect import Connection
from rules.calendar import Calendar

BATCH = 500
# What is counted after the end (to serve, to issue) ends within this; a roll backwards reaches less far.
REACH = timedelta(days=92)
# A case with an end before the first differing day, or begun after the last, counts none of them.
_CONCERNED = (
    "(c.accepted_at IS NULL OR c.accepted_at < %(until)s) AND (c.due_on IS NULL AND c.statutory_due_on IS NULL"
    " OR greatest(c.due_on, c.statutory_due_on, c.closed_at::date) >= %(since)s)"
)


class Candidate(msgspec.Struct, frozen=True):
    """A case as it stands. `due`: something of it is due already, whatever the calendar."""

    case_id: str
    item: str | None
    unit: str | None
    status: str
    closed: bool
    due: bool
    snapshot: bytes
    moved_at: datetime


def window(connection: Connection, before: Calendar, after: Calendar, now: datetime) -> Span | None:
    """The days on which the two calendars differ, as far as any case reaches; None if no case can notice."""
    row = connection.execute(
        "SELECT min(accepted_at), greatest(max(due_on), max(statutory_due_on)) FROM case_file"
    ).fetchone()
    since, until = row or (None, None)
    today = before.local_date(now)
    first = min(before.local_date(since), today) if since else today
    last = max(until, today) if until else today
    return differing(before, after, Span(first - REACH, last + REACH))


def count(connection: Connection, span: Span) -> int:
    row = connection.execute(f"SELECT count(*) FROM case_file c WHERE {_CONCERNED}", _bounds(span)).fetchone()  # noqa: S608 - our own words, no values
    return int(row[0]) if row else 0


def batches(connection: Connection, span: Span, now: datetime) -> Iterator[list[Candidate]]:
    """In order of the case number, with flat memory."""
    after = ""
    while batch := _batch(connection, span, now, after):
        yield batch
        after = batch[-1].case_id


def wake_concluded(connection: Connection, span: Span, at: datetime) -> int:
    """Cases that sleep for good are looked at again where the calendar can bear on them. Returns how many."""
    return connection.execute(
        "UPDATE wake SET next_at = %(at)s, ended = false, seq = seq + 1 FROM case_file c"  # noqa: S608 - our own words, no values
        f" WHERE wake.stream_id = 'case:' || c.case_id AND wake.ended AND {_CONCERNED}",
        {**_bounds(span), "at": at},
    ).rowcount


def _batch(connection: Connection, span: Span, now: datetime, after: str) -> list[Candidate]:
    rows = connection.execute(
        "SELECT c.case_id, c.item, c.unit, c.status, c.closed_at IS NOT NULL, coalesce(w.next_at <= %(now)s, false),"  # noqa: S608 - our own words, no values
        " s.snapshot, s.recorded_at FROM case_file c JOIN stream s ON s.stream_id = 'case:' || c.case_id"
        " LEFT JOIN wake w ON w.stream_id = s.stream_id"
        f" WHERE c.case_id > %(after)s AND {_CONCERNED} ORDER BY c.case_id LIMIT {BATCH}",
        {**_bounds(span), "now": now, "after": after},
        binary=True,
    )
    return [Candidate(*row) for row in rows]


def _bounds(span: Span) -> dict[str, Any]:
    """`until` is generous by a day, so that no zone matters."""
    last: date = span.last + timedelta(days=2)
    return {"since": span.first - REACH, "until": last}
