"""Recomputes the chains: what was changed, taken out or slipped in is found and located."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import psycopg
from psycopg.rows import TupleRow

from engine.ledger.line import ALG, START, hash_of
from engine.ledger.read import Chained, read_streams


class Fault(msgspec.Struct, frozen=True):
    """Where a chain does not hold, and how."""

    stream_id: str
    version: int
    what: Literal["changed", "missing", "cut", "unknown_alg", "head_differs"]
    detail: str


class Checked(msgspec.Struct, frozen=True):
    """One stream's result."""

    stream_id: str
    entries: int
    faults: tuple[Fault, ...]


def verify(connection: psycopg.Connection[TupleRow]) -> Iterator[Checked]:
    """Every stream in turn, then the heads that have no entries at all though they should."""
    heads: dict[str, bytes] = dict(
        connection.execute("SELECT stream_id, head_hash FROM stream WHERE version > 0").fetchall()
    )
    for stream_id, chained in read_streams(connection):
        yield Checked(
            stream_id, len(chained), (*faults_of(chained), *_head(stream_id, chained, heads.pop(stream_id, None)))
        )
    for stream_id in sorted(heads):
        fault = Fault(stream_id, 1, "missing", "the stream's head is there, its entries are not")
        yield Checked(stream_id, 0, (fault,))


def faults_of(chained: Sequence[Chained]) -> Iterator[Fault]:
    """Faults within one stream, each named once where it stands (what follows a changed entry is not blamed for it)."""
    before, expected = START, 1
    for line, prev_hash, own in chained:
        if line.version != expected:
            yield Fault(line.stream_id, expected, "missing", f"version {expected} is not there, {line.version} follows")
        elif prev_hash != before:
            yield Fault(line.stream_id, line.version, "cut", "does not continue the entry before it")
        if line.alg != ALG:
            yield Fault(line.stream_id, line.version, "unknown_alg", f"hashed with {line.alg}, which is not known here")
        elif hash_of(line, prev_hash) != own:
            yield Fault(line.stream_id, line.version, "changed", "its content is not what was hashed")
        before, expected = own, line.version + 1


def _head(stream_id: str, chained: Sequence[Chained], head: bytes | None) -> tuple[Fault, ...]:
    line, _, own = chained[-1]
    if head == own:
        return ()
    return (Fault(stream_id, line.version, "head_differs", "the stream's head is another than its last entry"),)
