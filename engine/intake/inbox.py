"""The inbox: each message exactly once, with its answer, and the facts that wait in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.intake.envelope import Answer
from engine.ledger.fact_body import pack, unpack
from engine.storage.connect import Connection
from engine.storage.rows import insert_new
from rules.facts import Fact

Name = tuple[str, str]  # source and message id
PARTNER = "unknown_partner"
Why = Literal["unknown_case", "no_proceeding", "engine_error"]


class Known(msgspec.Struct, frozen=True):
    """A message that was delivered before. `body_hash` None: the person was erased, bodies can no longer be compared."""

    body_hash: bytes | None
    answer: Answer


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A message with its outcome. `why` is given for a fact that waits."""

    fact: Fact
    stream_id: str
    received_at: datetime
    answer: Answer
    body_hash: bytes | None = None
    vault_item: str | None = None
    why: Why | None = None

    @property
    def name(self) -> Name:
        return (self.fact.source, self.fact.id)


_COPY = (
    "COPY inbox (source, message_id, stream_id, case_id, type, body_hash, received_at, outcome, code, message, answer,"
    " vault_item, pending) FROM STDIN (FORMAT BINARY)"
)
# The answer is written as PostgreSQL takes jsonb in binary: a version, then the text.
_TYPES = (
    *("varchar", "varchar", "varchar", "varchar", "varchar", "bytea", "timestamptz"),
    *("varchar", "varchar", "varchar", "bytea", "varchar", "bytea"),
)
_JSONB = b"\x01"


def find(connection: Connection, names: Collection[Name]) -> dict[Name, Known]:
    """The messages that are known, with the answers they got."""
    rows = connection.execute(
        "SELECT i.source, i.message_id, i.body_hash, i.answer::text FROM inbox i"
        " JOIN unnest(%b::text[], %b::text[]) AS n(s, m) ON i.source = n.s AND i.message_id = n.m",
        ([name[0] for name in names], [name[1] for name in names]),
        binary=True,
    )
    return {(source, id_): Known(body, msgspec.json.decode(answer, type=Answer)) for source, id_, body, answer in rows}


def waiting(connection: Connection, stream_ids: Sequence[str]) -> dict[str, list[Fact]]:
    """Facts that wait for these streams, in the order of their arrival."""
    if not stream_ids:
        return {}
    rows = connection.execute(
        "SELECT stream_id, pending FROM inbox WHERE stream_id = ANY(%b::text[]) AND pending IS NOT NULL ORDER BY received_at, message_id",
        (list(stream_ids),),
        binary=True,
    )
    found: dict[str, list[Fact]] = {}
    for stream_id, pending in rows:
        found.setdefault(stream_id, []).append(unpack(pending))
    return found


def write(connection: Connection, received: Sequence[Received]) -> None:
    """Writes new messages. UniqueViolation if another transaction took one of them first."""
    if not received:
        return
    ordered = sorted(received, key=lambda one: one.name)
    with connection.cursor().copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for one in ordered:
            copy.write_row(_row(one))
    insert_new(connection, "parked", [row for one in ordered if (row := _parked_row(one))])
    insert_new(
        connection, "quarantine", [_quarantine_row(one) for one in ordered if one.answer.outcome == "unknown_item"]
    )


def settle(connection: Connection, settled: Sequence[Received]) -> None:
    """Gives facts that waited their final answer."""
    if not settled:
        return
    connection.execute(
        "UPDATE inbox SET outcome = t.o, code = t.c, message = t.m, answer = t.a::jsonb, pending = NULL"
        " FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[]) AS t(s, i, o, c, m, a)"
        " WHERE source = t.s AND message_id = t.i",
        _columns(settled),
    )
    connection.execute(
        "DELETE FROM parked p USING unnest(%b::text[], %b::text[]) AS t(s, i) WHERE p.source = t.s AND p.message_id = t.i",
        _columns(settled)[:2],
    )


def take_out(connection: Connection, still: Mapping[str, Collection[str]]) -> None:
    """By stream, the ids of facts its rules still park: the others have found their partner."""
    pairs = [(stream_id, id_) for stream_id, ids in still.items() for id_ in ids]
    connection.execute(
        "DELETE FROM parked p WHERE why = %b AND stream_id = ANY(%b::text[]) AND NOT EXISTS ("
        " SELECT FROM unnest(%b::text[], %b::text[]) AS t(s, i) WHERE p.stream_id = t.s AND p.message_id = t.i)",
        (PARTNER, list(still), [pair[0] for pair in pairs], [pair[1] for pair in pairs]),
    )


def count_waiting(connection: Connection, stream_ids: Collection[str]) -> None:
    """Brings the heads' `waiting` to what is parked now; the streams are locked."""
    if stream_ids:
        connection.execute(
            "UPDATE stream s SET waiting = (SELECT count(*) FROM parked p WHERE p.stream_id = s.stream_id)"
            " WHERE stream_id = ANY(%b::text[])",
            (list(stream_ids),),
        )


def _columns(received: Iterable[Received]) -> list[list[Any]]:
    rows = [
        (
            r.fact.source,
            r.fact.id,
            r.answer.outcome,
            r.answer.code,
            r.answer.message,
            msgspec.json.encode(r.answer).decode(),
        )
        for r in received
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def _row(one: Received) -> tuple[object, ...]:
    fact, answer = one.fact, one.answer
    return (
        fact.source,
        fact.id,
        one.stream_id,
        fact.case,
        fact.type,
        one.body_hash,
        one.received_at,
        answer.outcome,
        answer.code,
        answer.message,
        _JSONB + msgspec.json.encode(answer),
        one.vault_item,
        pack(fact) if one.why else None,
    )


def _parked_row(one: Received) -> dict[str, Any] | None:
    """A fact the rules parked is on the ledger already; it is shown here until they give it effect."""
    fact = one.fact
    why = one.why or (PARTNER if one.answer.outcome == "parked" else None)
    if why is None:
        return None
    return {
        "source": fact.source,
        "message_id": fact.id,
        "stream_id": one.stream_id,
        "case_id": fact.case,
        "type": fact.type,
        "why": why,
        "detail": one.answer.message,
        "since": one.received_at,
    }


def _quarantine_row(one: Received) -> dict[str, Any]:
    fact = one.fact
    return {
        "source": fact.source,
        "message_id": fact.id,
        "case_id": fact.case,
        "item": fact.item,
        "type": fact.type,
        "why": "unknown_item",
        "since": one.received_at,
    }
