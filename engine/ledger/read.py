"""Reads the ledger: one stream, or all of it stream by stream with flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec
import psycopg
from psycopg.rows import TupleRow

from engine.ledger.line import Line

Chained = tuple[Line, bytes, bytes]

_COLUMNS = (
    "stream_kind, stream_id, version, kind, type, body, recorded_at, key, schema, occurred_at, legal_at, reported_at,"
    " actor, source, message_id, under, alg, prev_hash, hash"
)
_BATCH = 5_000
PARTITIONS = 8


def read_stream(connection: psycopg.Connection[TupleRow], stream_id: str) -> list[Chained]:
    query = f"SELECT {_COLUMNS} FROM entry WHERE stream_id = %s ORDER BY version"  # noqa: S608 - our own names
    rows = connection.execute(query, (stream_id,), binary=True)
    return [_line(row) for row in rows]


def read_streams(
    connection: psycopg.Connection[TupleRow], kinds: Sequence[str] = ()
) -> Iterator[tuple[str, list[Chained]]]:
    """Every stream with its lines in order. Partition by partition: a hash partition holds its streams whole, and its index is in order."""
    for number in range(PARTITIONS):
        rows = _stream_rows(connection, f"entry_p{number}", list(kinds))
        for stream_id, group in groupby(rows, key=lambda chained: chained[0].stream_id):
            yield stream_id, list(group)


def _stream_rows(connection: psycopg.Connection[TupleRow], table: str, kinds: list[str]) -> Iterator[Chained]:
    where = "WHERE stream_kind = ANY(%s)" if kinds else ""
    query = f"SELECT {_COLUMNS} FROM {table} {where} ORDER BY stream_id, version"  # noqa: S608 - our own names
    with connection.cursor(name=f"read_{table}", binary=True) as cursor:
        cursor.itersize = _BATCH
        cursor.execute(query, (kinds,) if kinds else None)
        for row in cursor:
            yield _line(row)


def _line(row: Sequence[Any]) -> Chained:
    (
        kind,
        stream,
        version,
        sort,
        type_,
        body,
        recorded,
        key,
        schema,
        occurred,
        legal,
        reported,
        actor,
        source,
        message,
        under,
        alg,
        before,
        own,
    ) = row
    line = Line(
        stream_kind=kind,
        stream_id=stream,
        version=version,
        kind=sort,
        type=type_,
        body=msgspec.Raw(body),
        recorded_at=recorded,
        key=key,
        schema=schema,
        occurred_at=occurred,
        legal_at=legal,
        reported_at=reported,
        actor=actor,
        source=source,
        message_id=message,
        under=under,
        alg=alg,
    )
    return line, before, own
