"""Moments of many streams at once: brought forward when something changed that concerns them all, or read because nothing did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from engine.storage.connect import Connection


def wake_all(connection: Connection, at: datetime) -> None:
    """Every stream that has not ended comes up at `at`, if not before."""
    connection.execute(
        "UPDATE wake SET next_at = %(at)s, seq = seq + 1 WHERE NOT ended AND (next_at IS NULL OR next_at > %(at)s)",
        {"at": at},
    )


def wake_source(connection: Connection, source: str, through: datetime, at: datetime) -> None:
    """The open cases of a source whose limit ended before its watermark, and which may have waited for that."""
    connection.execute(
        "UPDATE wake SET next_at = %(at)s, seq = seq + 1 FROM case_file c"
        " WHERE c.source = %(source)s AND c.closed_at IS NULL AND c.expires_at <= %(through)s"
        " AND wake.stream_id = 'case:' || c.case_id AND (next_at IS NULL OR next_at > %(at)s)",
        {"at": at, "source": source, "through": through},
    )


def wake_asked(connection: Connection, people: Sequence[str], at: datetime) -> None:
    """The streams whose alerts wait for one of these people: who has come or left may change who is asked next."""
    connection.execute(
        "UPDATE wake SET next_at = %(at)s, ended = false, seq = seq + 1 FROM alert_addressee a"
        " WHERE a.addressee = ANY(%(people)s) AND a.status IN ('open', 'acknowledged')"
        " AND wake.stream_id = a.stream_id AND (next_at IS NULL OR next_at > %(at)s)",
        {"at": at, "people": list(people)},
    )


class Resting(msgspec.Struct, frozen=True):
    """A stream of which nothing is due and for which nothing waits, as its wake row has it."""

    next_at: datetime | None
    ended: bool
    seq: int


def resting(connection: Connection, stream_ids: Sequence[str], at: datetime) -> dict[str, Resting]:
    """Which of these streams need no look at `at`. Their workflows asked, and know their moment from now on.

    One statement on the rows that every decision writes last: whoever decides meanwhile waits, or is waited for and seen.
    """
    rows = connection.execute(
        "WITH r AS (SELECT w.stream_id FROM wake w WHERE w.stream_id = ANY(%(ids)s::text[]) AND coalesce(w.next_at, 'infinity') > %(at)s"
        " AND NOT EXISTS (SELECT FROM stream s WHERE s.stream_id = w.stream_id AND s.waiting > 0) ORDER BY w.stream_id FOR UPDATE)"
        " UPDATE wake SET armed_until = next_at FROM r WHERE wake.stream_id = r.stream_id"
        " RETURNING wake.stream_id, next_at, ended, seq",
        {"ids": list(stream_ids), "at": at},
    )
    return {stream_id: Resting(next_at, ended, seq) for stream_id, next_at, ended, seq in rows}
