"""A line of the ledger, and the chain that binds it to the line before it in its stream."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

import msgspec

from engine.ledger.canonical import canonical

ALG = "sha256-1"
START = bytes(32)  # what the first line of a stream is chained to


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `body` is canonical JSON; everything here is covered by the hash, instants as they are in UTC (so the database gives them back)."""

    stream_kind: str
    stream_id: str
    version: int
    kind: Literal["fact", "entry"]
    type: str
    body: msgspec.Raw
    recorded_at: datetime
    key: str | None = None
    schema: int = 1
    occurred_at: datetime | None = None
    legal_at: datetime | None = None
    reported_at: datetime | None = None
    actor: str | None = None
    source: str | None = None
    message_id: str | None = None
    under: str = ""
    alg: str = ALG


class _Chained(msgspec.Struct, frozen=True):
    line: Line
    prev_hash: str


def hash_of(line: Line, prev_hash: bytes) -> bytes:
    """SHA-256 over the canonical bytes of the line and its predecessor's hash (hexadecimal)."""
    return hashlib.sha256(canonical(_Chained(line, prev_hash.hex()))).digest()


def chain(lines: list[Line], head: bytes | None) -> list[tuple[Line, bytes, bytes]]:
    """Each line with the hash before it and its own, from a stream's head (None: the stream is new)."""
    chained = []
    before = head or START
    for line in lines:
        own = hash_of(line, before)
        chained.append((line, before, own))
        before = own
    return chained
