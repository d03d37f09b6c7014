"""CloudEvents 1.0 as facts: structured, binary and batch mode.

`subject` is the case number, `time` the instant the fact occurred, `type` is `cn.jiannuo.` and the fact type. Extension attributes:
`item`, `actor`, `basis`, `sequence`, `occurredon` (a day, instead of `time`, where the day alone is known), `reportedat` (registration at the
source). Any other extension attribute is allowed and kept with the raw message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import unquote

import msgspec

from engine.intake.envelope import Envelope
from rules.errors import refusal
from rules.payloads import PAYLOADS, WORLD_TYPES

PREFIX = "cn.jiannuo."
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_Sequence = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class CloudEvent(msgspec.Struct, frozen=True):
    """One message. Unknown attributes are extension attributes and allowed."""

    specversion: Literal["1.0"]
    id: _Name
    source: _Name
    type: _Name
    subject: Annotated[str, msgspec.Meta(max_length=255)] = ""
    time: _Instant | None = None
    occurredon: date | None = None
    reportedat: _Instant | None = None
    item: _Name | None = None
    actor: _Name | None = None
    basis: str | None = None
    sequence: _Sequence | str | None = None
    datacontenttype: str = "application/json"
    data: dict[str, Any] = {}


class MalformedError(Exception):
    """A message that is no fact. `field` names what is wrong, where one thing is."""

    def __init__(self, message: str, *, code: str = "malformed", field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


_event = msgspec.json.Decoder(CloudEvent)
_loose = msgspec.json.Decoder(dict[str, Any])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_DEEPEST = 32
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def structured(body: bytes) -> Envelope:
    """The envelope of one message in JSON. MalformedError says what is wrong."""
    try:
        return _envelope(_event.decode(body), body)
    except msgspec.ValidationError as error:
        raise _shape(error) from error
    except _UNREADABLE as error:
        raise MalformedError(f"the message is no JSON: {error}", code="not_json") from error


def batch(body: bytes) -> list[bytes]:
    """The messages of a batch, each as its own bytes."""
    try:
        return [bytes(item) for item in _items.decode(body)]
    except _UNREADABLE as error:
        raise MalformedError(f"the batch is no JSON array of messages: {error}", code="not_json") from error


def id_of(raw: bytes) -> str | None:
    """The id of a message that may be wrong otherwise."""
    try:
        found = _loose.decode(raw).get("id")
    except _UNREADABLE:
        return None
    return found if isinstance(found, str) else None


def source_of(body: bytes) -> str | None:
    """The source that a message, or the first of a batch, names."""
    try:
        raw = _items.decode(body)[0] if body.lstrip().startswith(b"[") else body
        found = _loose.decode(raw).get("source")
    except (*_UNREADABLE, IndexError):
        return None
    return found if isinstance(found, str) else None


def binary(headers: Mapping[str, str], body: bytes) -> Envelope:
    """The envelope of a message whose attributes are `ce-` headers and whose body is the data."""
    attributes: dict[str, Any] = {
        name[3:]: unquote(value, errors="replace") for name, value in headers.items() if name.startswith("ce-")
    }
    try:
        data = _loose.decode(body) if body.strip() else {}
    except _UNREADABLE as error:
        raise MalformedError(f"the body is no JSON object: {error}", code="not_json", field="data") from error
    return structured(msgspec.json.encode({**attributes, "data": data}, order="sorted"))


def _envelope(event: CloudEvent, raw: bytes) -> Envelope:
    fact_type = _fact_type(event)
    if not event.subject and fact_type not in WORLD_TYPES:
        raise MalformedError("the case number is missing", field="subject")
    _check_times(event)
    _check_storable(event, raw)
    data = dict(event.data)
    evidence = _evidence_of(data)
    return Envelope(
        source=event.source,
        message_id=event.id,
        type=fact_type,
        case=event.subject,
        item=event.item,
        occurred_at=event.time and event.time.astimezone(UTC),
        occurred_on=event.occurredon,
        reported_at=event.reportedat and event.reportedat.astimezone(UTC),
        sequence=_sequence(event),
        actor=event.actor,
        basis=event.basis,
        evidence=evidence,
        data=data,
        raw=raw,
    )


def _fact_type(event: CloudEvent) -> str:
    found = event.type.removeprefix(PREFIX)
    if not event.type.startswith(PREFIX) or found not in PAYLOADS:
        raise MalformedError(f"type {event.type!r} is no fact type", code="unknown_type", field="type")
    return found


def _check_times(event: CloudEvent) -> None:
    if event.time is None and event.occurredon is None:
        raise MalformedError("the time of occurrence is missing", code="missing_time", field="time")
    if event.time is not None and event.occurredon is not None:
        raise MalformedError("send `time` or `occurredon`, not both", field="occurredon")
    for name, moment in (("time", event.time), ("reportedat", event.reportedat)):
        if moment is not None and not _EARLIEST <= moment <= _LATEST:
            raise MalformedError(f"{moment.isoformat()} lies outside 1900 to 2200", field=name)
    if event.occurredon is not None and not _EARLIEST.date() <= event.occurredon <= _LATEST.date():
        raise MalformedError(f"{event.occurredon} lies outside 1900 to 2200", field="occurredon")


def _sequence(event: CloudEvent) -> int | None:
    if not isinstance(event.sequence, str):
        return event.sequence
    if event.sequence.isascii() and event.sequence.isdigit() and len(event.sequence) <= len("9007199254740992"):
        return int(event.sequence)
    raise MalformedError(f"sequence {event.sequence!r} is no whole number", field="sequence")


def _evidence_of(data: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Evidence travels in `data`, since attributes of a CloudEvent cannot be lists."""
    found = data.pop("evidence", ())
    try:
        return msgspec.convert(found, tuple[dict[str, Any], ...])
    except msgspec.ValidationError as error:
        raise MalformedError("evidence is a list of {name, sha256, uri}", field="data.evidence") from error


def _check_storable(event: CloudEvent, raw: bytes) -> None:
    if raw.count(b"[") + raw.count(b"{") > _DEEPEST and _depth(event.data) > _DEEPEST:
        raise MalformedError(f"nested deeper than {_DEEPEST} levels", field="data")
    if b"\\u0000" in raw and _has_nul(msgspec.structs.asdict(event)):
        raise MalformedError("the character U+0000 cannot be stored", field="data")


def _depth(value: Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, parts), default=0)


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return any(_has_nul(part) for part in value)
    return isinstance(value, str) and "\x00" in value


def _shape(error: msgspec.ValidationError) -> MalformedError:
    """A wrong shape, with the field in the sender's terms."""
    found = refusal(error)
    return MalformedError(found.message, field=found.field or None)
