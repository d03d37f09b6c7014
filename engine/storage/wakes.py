"""Moments brought forward for many streams at once, when something changed that concerns them all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
