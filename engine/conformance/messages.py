"""Messages as a system would send them, read from JSON Lines and looked at as the door looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from engine.api.cloudevents import MalformedError, structured
from engine.intake.envelope import Envelope
from rules.errors import refusal
from rules.payloads import INTERNAL_TYPES, WORLD_TYPES, payload_of


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """What does not conform. `line` counts from 1; of a result that differs, `field` names it and both values are given."""

    what: str
    message: str
    line: int | None = None
    field: str | None = None
    expected: str | None = None
    found: str | None = None


class Sent(msgspec.Struct, frozen=True):
    line: int
    envelope: Envelope
    received_at: datetime


def read(lines: Iterable[bytes]) -> tuple[list[Sent], list[Fault]]:
    """The messages in order of delivery, and what is wrong with their form; a repeat is kept as it is."""
    sent: list[Sent] = []
    faults: list[Fault] = []
    bodies: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            envelope = _checked(line.strip())
        except MalformedError as error:
            faults.append(Fault(error.code, str(error), number, error.field))
            continue
        body = _body(envelope)
        if bodies.setdefault(envelope.message_id, body) != body:
            faults.append(Fault("message_id_reused", "the same id carries another content", number, "id"))
            continue
        sent.append(Sent(number, envelope, _received(envelope, sent)))
    return sent, faults + _of_names(sent)


def _checked(line: bytes) -> Envelope:
    envelope = structured(line)
    if envelope.type in INTERNAL_TYPES:
        raise MalformedError(f"{envelope.type} is the engine's own", code="unknown_type", field="type")
    if envelope.occurred_on is not None and envelope.reported_at is None:
        raise MalformedError("with a day alone, `reportedat` says when it was registered", field="reportedat")
    try:
        payload_of(envelope.type, envelope.data)
    except msgspec.ValidationError as error:
        found = refusal(error, "data")
        raise MalformedError(found.message, field=found.field) from error
    return envelope


def _body(envelope: Envelope) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(envelope, raw=b""), order="sorted")


def _received(envelope: Envelope, before: list[Sent]) -> datetime:
    times = [at for at in (envelope.occurred_at, envelope.reported_at) if at is not None]
    return max([*times, *(one.received_at for one in before[-1:])])


def _of_names(sent: list[Sent]) -> list[Fault]:
    cases = {one.envelope.case for one in sent if one.envelope.type not in WORLD_TYPES}
    sources = {one.envelope.source for one in sent}
    faults = []
    if len(cases) > 1:
        faults.append(
            Fault("several_cases", f"a scenario is one case; these are {', '.join(sorted(cases))}", None, "subject")
        )
    if len(sources) > 1:
        faults.append(
            Fault(
                "several_sources", f"one system is one source; these are {', '.join(sorted(sources))}", None, "source"
            )
        )
    return faults
