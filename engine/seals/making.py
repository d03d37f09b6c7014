"""The next seal: all streams that moved since the last one, as one state of the database shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import psycopg
from psycopg.rows import TupleRow

from engine.certificates.keys import signer
from engine.errors import OperatorError
from engine.seals import merkle
from engine.seals.document import FORMAT, Seal, digest, leaf, signed
from engine.storage.connect import Connection

_BATCH = 5_000
_MOVED = (
    "INSERT INTO seal_leaf (stream_id, version, hash, seal, entries)"
    " SELECT s.stream_id, s.version, s.head_hash, %s, s.version - coalesce(l.version, 0) FROM stream s"
    " LEFT JOIN LATERAL (SELECT max(version) AS version FROM seal_leaf WHERE stream_id = s.stream_id) l ON true"
    " WHERE s.version > coalesce(l.version, 0)"
)


class SealedMeanwhileError(OperatorError):
    """Two sealed at the same time; the other one was first."""


def make(connection: Connection, at: datetime) -> bytes | None:
    """Writes the next seal in a transaction of its own and returns its document; None where nothing has moved since the last one.

    `connection` must not be in a transaction. Raises SealedMeanwhileError.
    """
    try:
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return _made(connection, at)
    except (psycopg.errors.UniqueViolation, psycopg.errors.SerializationFailure) as error:
        raise SealedMeanwhileError(
            "另有一次封存同时进行，请重试 · another seal was made meanwhile; try again"
        ) from error


def _made(connection: Connection, at: datetime) -> bytes | None:
    last = connection.execute("SELECT number, document FROM seal ORDER BY number DESC LIMIT 1").fetchone()
    number, previous = (last[0] + 1, digest(last[1].encode())) if last else (1, None)
    key = signer(connection, at)
    streams = connection.execute(_MOVED, (number,)).rowcount
    if streams == 0:
        return None
    (entries,) = connection.execute("SELECT sum(entries) FROM seal_leaf WHERE seal = %s", (number,)).fetchone() or (0,)
    seal = Seal(
        format=FORMAT,
        number=number,
        previous=previous,
        sealed_at=at,
        streams=streams,
        entries=int(entries),
        root=merkle.root(leaves(connection, number)).hex(),
    )
    document = signed(seal, key)
    connection.execute(
        "INSERT INTO seal (number, document, sealed_at) VALUES (%s, %s, %s)", (number, document.decode(), at)
    )
    return document


def leaves(connection: psycopg.Connection[TupleRow], number: int) -> Iterator[bytes]:
    """The leaves of a seal in the order of stream ids, read as they are needed."""
    with connection.cursor(name=f"leaves_{number}", binary=True) as cursor:
        cursor.itersize = _BATCH
        query = 'SELECT stream_id, version, hash FROM seal_leaf WHERE seal = %s ORDER BY stream_id COLLATE "C"'
        for stream_id, version, hash_ in cursor.execute(query, (number,)):
            yield leaf(stream_id, version, hash_)
