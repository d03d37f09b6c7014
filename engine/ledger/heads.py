"""The heads of streams: the rows that are locked, in id order, while streams move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from engine.storage.connect import Connection


class Head(msgspec.Struct, frozen=True):
    """A locked stream as it stands. `version` 0: named by somebody, but nothing is on its ledger. `waiting`: messages in the inbox wait for it."""

    stream_id: str
    kind: str
    version: int = 0
    head_hash: bytes | None = None
    recorded_at: datetime | None = None
    waiting: int = 0
    backfilled: bool = False
    snapshot: bytes | None = None


_COLUMNS = "stream_id, kind, version, head_hash, recorded_at, waiting, backfilled, snapshot"


def lock(connection: Connection, stream_ids: Collection[str]) -> dict[str, Head]:
    """Locks streams until the transaction ends, new heads first, then all in id order; two takers cannot block each other for ever.

    Rows, not advisory locks: ten thousand of these in one transaction would overflow the server's shared lock table.
    """
    ids = sorted(stream_ids)
    if not ids:
        return {}
    connection.execute(
        "INSERT INTO stream (stream_id, kind, version, waiting, backfilled)"
        " SELECT id, split_part(id, ':', 1), 0, 0, false FROM unnest(%b::text[]) AS t(id)"
        " WHERE NOT EXISTS (SELECT FROM stream s WHERE s.stream_id = id) ORDER BY id ON CONFLICT DO NOTHING",
        (ids,),
    )
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM stream WHERE stream_id = ANY(%b::text[]) ORDER BY stream_id FOR UPDATE",  # noqa: S608 - names of our own, no values
        (ids,),
        binary=True,
    )
    return {row[0]: Head(*row) for row in rows}


def save(connection: Connection, heads: Sequence[Head]) -> None:
    """Writes moved heads back, in one statement. `waiting` is counted where facts are parked."""
    if not heads:
        return
    connection.execute(
        "UPDATE stream SET version = t.v, head_hash = t.h, recorded_at = t.r, backfilled = t.b, snapshot = t.s"
        " FROM unnest(%b::text[], %b::int4[], %b::bytea[], %b::timestamptz[], %b::bool[], %b::bytea[])"
        " AS t(id, v, h, r, b, s) WHERE stream_id = t.id",
        (
            [h.stream_id for h in heads],
            [h.version for h in heads],
            [h.head_hash for h in heads],
            [h.recorded_at for h in heads],
            [h.backfilled for h in heads],
            [h.snapshot for h in heads],
        ),
    )
