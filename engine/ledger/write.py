"""Appends to the ledger: one COPY for all streams of a transaction."""

from __future__ import annotations

from collections.abc import Iterable

from engine.ledger.line import Line
from engine.storage.connect import Connection

_COPY = (
    "COPY entry (stream_id, version, stream_kind, kind, type, key, schema, body, occurred_at, legal_at, reported_at,"
    " recorded_at, actor, source, message_id, under, alg, prev_hash, hash) FROM STDIN (FORMAT BINARY)"
)
_TYPES = (
    *("varchar", "int4", "varchar", "varchar", "varchar", "varchar", "int4", "varchar"),
    *("timestamptz", "timestamptz", "timestamptz", "timestamptz"),
    *("varchar", "varchar", "varchar", "varchar", "varchar", "bytea", "bytea"),
)


def append(connection: Connection, chained: Iterable[tuple[Line, bytes, bytes]]) -> None:
    """Writes lines with their hashes. UniqueViolation if somebody else wrote these versions: then nothing is written."""
    with connection.cursor().copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for line, before, own in chained:
            copy.write_row(_row(line, before, own))


def _row(line: Line, before: bytes, own: bytes) -> tuple[object, ...]:
    return (
        line.stream_id,
        line.version,
        line.stream_kind,
        line.kind,
        line.type,
        line.key,
        line.schema,
        bytes(line.body).decode(),
        line.occurred_at,
        line.legal_at,
        line.reported_at,
        line.recorded_at,
        line.actor,
        line.source,
        line.message_id,
        line.under,
        line.alg,
        before,
        own,
    )
