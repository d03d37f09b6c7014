"""Wake rows: which workflows must be told, and what they have been told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from engine.storage.connect import Connection


class Unsent(msgspec.Struct, frozen=True):
    """A wake row whose workflow must be told. `sent_seq` 0: nobody has been told yet."""

    stream_id: str
    seq: int
    sent_seq: int
    next_at: datetime | None
    ended: bool

    @property
    def kind(self) -> str:
        return self.stream_id.partition(":")[0]


def unsent(connection: Connection, after: str, limit: int) -> list[Unsent]:
    """The next rows in order of their stream, so that one that cannot be sent never keeps the others waiting."""
    rows = connection.execute(
        "SELECT stream_id, seq, sent_seq, next_at, ended FROM wake WHERE seq > sent_seq AND stream_id > %s"
        " ORDER BY stream_id LIMIT %s",
        (after, limit),
    )
    return [Unsent(*row) for row in rows]


def clear(connection: Connection, sent: Sequence[Unsent]) -> None:
    """Clears only the `seq` that was read: what changed meanwhile is sent again."""
    connection.execute(
        "UPDATE wake SET sent_seq = t.seq, armed_until = t.next_at"
        " FROM unnest(%s::text[], %s::int[], %s::timestamptz[]) AS t(id, seq, next_at)"
        " WHERE stream_id = t.id AND sent_seq < t.seq",
        ([row.stream_id for row in sent], [row.seq for row in sent], [row.next_at for row in sent]),
    )


def renudge_all(connection: Connection) -> int:
    """Has every workflow that may sleep told its moment again: the clock runs at another speed now. Returns how many."""
    return connection.execute(
        "UPDATE wake SET seq = greatest(seq, sent_seq) + 1 WHERE NOT ended OR armed_until IS NOT NULL"
    ).rowcount


def renudge(connection: Connection, stream_ids: Sequence[str]) -> int:
    """The same for chosen streams."""
    return connection.execute(
        "UPDATE wake SET seq = greatest(seq, sent_seq) + 1 WHERE stream_id = ANY(%s::text[])", (list(stream_ids),)
    ).rowcount
