"""Streams and facts as bytes (MessagePack) and back; the typed payload of a fact is found by its type."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec

from rules.facts import Evidence, Fact
from rules.payloads import PAYLOADS, Attributes, payload_of
from rules.stream import Record, Stream


class StoredFact(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A fact with its payload still encoded."""

    id: str
    type: str
    case: str
    source: str
    occurred_at: datetime
    recorded_at: datetime
    reported_at: datetime
    data: msgspec.Raw
    occurred_on: date | None = None
    item: str | None = None
    sequence: int | None = None
    actor: str | None = None
    basis: str | None = None
    evidence: tuple[Evidence, ...] = ()


class StoredStream(msgspec.Struct, frozen=True, array_like=True):
    id: str
    version: int
    facts: tuple[StoredFact, ...]
    records: tuple[Record, ...]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(StoredStream)


@cache
def _payload(type_: str) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(dict[str, Any] if PAYLOADS[type_] is Attributes else PAYLOADS[type_])


def encode(stream: Stream) -> bytes:
    """The snapshot of a stream: its facts and its record; a derived view is not kept."""
    facts = tuple(_stored(fact) for fact in stream.facts)
    return _ENCODER.encode(StoredStream(stream.id, stream.version, facts, tuple(stream.records.values())))


def decode(data: bytes) -> Stream:
    stored = _DECODER.decode(data)
    facts = tuple(_restored(fact) for fact in stored.facts)
    return Stream(id=stored.id, facts=facts, records={r.key: r for r in stored.records}, version=stored.version)


def payload_dict(fact: Fact) -> dict[str, Any]:
    """The payload as plain data, without what was not given."""
    if isinstance(fact.data, Attributes):
        return fact.data.values
    found = msgspec.to_builtins(fact.data)
    assert isinstance(found, dict)
    return found


def _stored(fact: Fact) -> StoredFact:
    data = fact.data.values if isinstance(fact.data, Attributes) else fact.data
    return StoredFact(
        fact.id, fact.type, fact.case, fact.source, fact.occurred_at, fact.recorded_at, fact.reported_at,
        msgspec.Raw(_ENCODER.encode(data)), fact.occurred_on, fact.item, fact.sequence, fact.actor, fact.basis, fact.evidence,
    )  # fmt: skip


def _restored(stored: StoredFact) -> Fact:
    data = _payload(stored.type).decode(stored.data)
    return Fact(
        id=stored.id, type=stored.type, case=stored.case, source=stored.source, occurred_at=stored.occurred_at,
        recorded_at=stored.recorded_at, reported_at=stored.reported_at,
        data=Attributes(values=data) if isinstance(data, dict) else data, occurred_on=stored.occurred_on, item=stored.item,
        sequence=stored.sequence, actor=stored.actor, basis=stored.basis, evidence=stored.evidence,
    )  # fmt: skip


_FACT = msgspec.msgpack.Decoder(StoredFact)


def encode_fact(fact: Fact) -> bytes:
    """One fact that waits for its turn."""
    return _ENCODER.encode(_stored(fact))


def decode_fact(data: bytes) -> Fact:
    return _restored(_FACT.decode(data))


class FactBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact as the ledger's body holds it; its times, source and actor stand in columns beside it."""

    case: str
    data: dict[str, Any]
    item: str | None = None
    occurred_on: date | None = None
    sequence: int | None = None
    basis: str | None = None
    evidence: tuple[Evidence, ...] = ()


_BODY = msgspec.json.Encoder(order="sorted")
_FACT_BODY = msgspec.json.Decoder(FactBody)


def fact_body(fact: Fact) -> bytes:
    """Canonical bytes of what a fact says (sorted names, UTF-8)."""
    body = FactBody(
        fact.case, payload_dict(fact), fact.item, fact.occurred_on, fact.sequence, fact.basis, fact.evidence
    )
    return _BODY.encode(body)


def fact_from_body(
    body: bytes, *, id: str, type: str, source: str, actor: str | None, occurred_at: datetime, recorded_at: datetime,  # noqa: A002
    reported_at: datetime,
) -> Fact:  # fmt: skip
    """The fact of a ledger line: its body and the columns beside it."""
    said = _FACT_BODY.decode(body)
    return Fact(
        id=id, type=type, case=said.case, source=source, occurred_at=occurred_at, recorded_at=recorded_at, reported_at=reported_at,
        data=payload_of(type, said.data), occurred_on=said.occurred_on, item=said.item, sequence=said.sequence, actor=actor,
        basis=said.basis, evidence=said.evidence,
    )  # fmt: skip
