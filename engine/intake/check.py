"""From an envelope to a draft of a fact: shape, time, source; and personal words sealed before anything else sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from engine.intake.envelope import Answer, Envelope
from engine.ledger.canonical import FractionError, canonical, without_floats
from engine.vault.master import Master
from engine.vault.sealing import Words, new_salt, seal_evidence, seal_payload
from engine.vault.store import item_id
from rules.errors import refusal
from rules.facts import Evidence, Fact
from rules.payloads import INTERNAL_TYPES, PAYLOADS, WORLD_TYPES, payload_of
from rules.world import World

CONSOLE = "console"  # people signed in here; every other source is registered
ENGINE = "engine"  # what the engine itself has to say, and nobody else may
_OF_THE_ENGINE = frozenset({"alert.undeliverable"})
_LONGEST_NAME = 255
_TICK = timedelta(microseconds=1)


class Draft(msgspec.Struct, frozen=True):
    """A message that has the shape of a fact. `fact.recorded_at` is provisional until the stream is locked."""

    fact: Fact
    body_hash: bytes
    words: Words
    vault_item: str
    applicant: str | None

    @property
    def name(self) -> tuple[str, str]:
        return (self.fact.source, self.fact.id)


class Malformed(Exception):  # noqa: N818 - a finding about a message, not a failure
    """Why a message is no fact. Nothing of it is stored; it may be sent again, mended, under the same id."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


def check(
    envelope: Envelope, world: World, master: Master, received_at: datetime, *, backfill: bool = False
) -> Draft | Answer:
    """The draft, or why there is none. A back-filled fact without a registration of its own was registered when it occurred."""
    try:
        draft = _draft(envelope, world, master, received_at)
    except Malformed as why:
        return Answer(outcome="malformed", case=envelope.case, code=why.code, message=str(why), field=why.field)
    if backfill and envelope.reported_at is None:
        fact = msgspec.structs.replace(draft.fact, reported_at=draft.fact.occurred_at)
        return msgspec.structs.replace(draft, fact=fact)
    return draft


def _draft(envelope: Envelope, world: World, master: Master, received_at: datetime) -> Draft:
    _check_names(envelope, world)
    body = _body(envelope)
    occurred_at = _occurred_at(envelope, world, received_at)
    salt = new_salt()
    payload, said = seal_payload(envelope.type, _payload(envelope), salt)
    evidence, documents = seal_evidence(_evidence(envelope), salt)
    fact = Fact(
        id=envelope.message_id,
        type=envelope.type,
        case=envelope.case,
        source=envelope.source,
        occurred_at=occurred_at,
        recorded_at=received_at,
        reported_at=_utc(envelope.reported_at, "reported_at") if envelope.reported_at else received_at,
        data=payload,
        occurred_on=envelope.occurred_on,
        item=envelope.item,
        sequence=envelope.sequence,
        actor=envelope.actor,
        basis=envelope.basis,
        evidence=evidence,
    )
    applicant = said.get("applicant_ref")
    words = Words(envelope.raw, said | documents, salt)
    return Draft(fact, master.digest(body), words, item_id(envelope.source, envelope.message_id), applicant)


def _check_names(envelope: Envelope, world: World) -> None:
    own = envelope.source == ENGINE and envelope.type in _OF_THE_ENGINE
    if not own and (envelope.type not in PAYLOADS or envelope.type in INTERNAL_TYPES):
        raise Malformed("unknown_type", f"{envelope.type!r} is no fact type", "type")
    is_known = envelope.source == CONSOLE or (envelope.source in world.sources and envelope.source != ENGINE)
    if not own and not is_known:
        raise Malformed("unknown_source", f"the source {envelope.source!r} is not registered", "source")
    _check_length(envelope.message_id, "message_id", needed=True)
    _check_length(envelope.case, "case", needed=envelope.type not in WORLD_TYPES)
    for field in ("item", "actor"):
        _check_length(getattr(envelope, field) or "", field, needed=False)


def _check_length(name: str, field: str, *, needed: bool) -> None:
    if len(name) > _LONGEST_NAME or (needed and not name):
        raise Malformed("malformed", f"{field} must have 1 to {_LONGEST_NAME} characters, this has {len(name)}", field)


def _body(envelope: Envelope) -> bytes:
    """What makes a message the same message again: everything its sender said, however it was written down."""
    try:
        without_floats(envelope.data)
        body = canonical(msgspec.structs.replace(envelope, raw=b""))
    except FractionError as error:
        raise Malformed("malformed", str(error), "data") from error
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise Malformed("malformed", f"the message cannot be written as JSON: {error}", "data") from error
    if b"\\u0000" in body:  # may be an escaped backslash too; nobody needs that text either
        raise Malformed("malformed", "the character U+0000 cannot be stored", "data")
    return body


def _occurred_at(envelope: Envelope, world: World, received_at: datetime) -> datetime:
    """The instant, or the last one of the day where the day alone is known (it counts as in time on that date)."""
    if envelope.occurred_at is not None:
        return _utc(envelope.occurred_at, "occurred_at")
    if envelope.occurred_on is None:
        raise Malformed("missing_time", "the time of occurrence is missing; it is never filled in", "time")
    return world.calendar(received_at).end_of(envelope.occurred_on) - _TICK


def _utc(moment: datetime, field: str) -> datetime:
    if moment.tzinfo is None:
        raise Malformed("malformed", f"{field} {moment.isoformat()} has no offset", field)
    return moment.astimezone(UTC)


def _payload(envelope: Envelope) -> Any:
    try:
        return payload_of(envelope.type, envelope.data)
    except msgspec.ValidationError as error:
        found = refusal(error, "data")
        raise Malformed("malformed", str(found), found.field) from error


def _evidence(envelope: Envelope) -> tuple[Evidence, ...]:
    try:
        return msgspec.convert(envelope.evidence, tuple[Evidence, ...])
    except msgspec.ValidationError as error:
        found = refusal(error, "evidence")
        raise Malformed("malformed", str(found), found.field) from error
