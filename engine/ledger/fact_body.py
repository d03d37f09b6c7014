"""A fact as a ledger line's body, and back. What has a column of its own is not repeated in the body."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

import msgspec

from engine.ledger.canonical import canonical
from engine.ledger.line import Line
from rules.facts import Evidence, Fact
from rules.payloads import payload_of
from rules.snapshot import decode, encode, payload_dict
from rules.stream import Stream


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    case: str
    data: dict[str, Any]
    occurred_on: date | None = None
    item: str | None = None
    sequence: int | None = None
    basis: str | None = None
    evidence: tuple[Evidence, ...] = ()


_decode = msgspec.json.Decoder(Body).decode


def fact_line(fact: Fact, stream_id: str, kind: str, version: int, under: str) -> Line:
    body = Body(fact.case, payload_dict(fact), fact.occurred_on, fact.item, fact.sequence, fact.basis, fact.evidence)
    return Line(
        stream_kind=kind,
        stream_id=stream_id,
        version=version,
        kind="fact",
        type=fact.type,
        body=msgspec.Raw(canonical(body)),
        recorded_at=fact.recorded_at,
        occurred_at=fact.occurred_at.astimezone(UTC),
        reported_at=fact.reported_at.astimezone(UTC),
        actor=fact.actor,
        source=fact.source,
        message_id=fact.id,
        under=under,
    )


def fact_of(line: Line) -> Fact:
    """The fact of a line whose kind is `fact` (not one of configuration)."""
    body = _decode(line.body)
    assert line.source is not None
    assert line.message_id is not None
    assert line.occurred_at is not None
    return Fact(
        id=line.message_id,
        type=line.type,
        case=body.case,
        source=line.source,
        occurred_at=line.occurred_at,
        recorded_at=line.recorded_at,
        reported_at=line.reported_at or line.recorded_at,
        data=payload_of(line.type, body.data),
        occurred_on=body.occurred_on,
        item=body.item,
        sequence=body.sequence,
        actor=line.actor,
        basis=body.basis,
        evidence=body.evidence,
    )


def pack(fact: Fact) -> bytes:
    """A fact that waits in the inbox."""
    return encode(Stream(id="", facts=(fact,)))


def unpack(packed: bytes) -> Fact:
    return decode(packed).facts[0]
