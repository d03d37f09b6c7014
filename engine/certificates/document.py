"""What a certificate says, and the document that carries it: content, signature, and for the applicant the name behind the commitment.

Instants are RFC 3339 with the office's offset, days are dates; there are no fractions, so that the canonical bytes are the same everywhere.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from engine.ledger.canonical import canonical
from rules.limit import Limit

FORMAT = "jiannuo/certificate/1"


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts of a document."""


class Named(Part, frozen=True):
    id: str
    name: str
    name_en: str | None = None


class ItemShown(Part, frozen=True):
    """The item in the version of the case's acceptance: the rule that the effect rests on."""

    code: str
    version: int
    name: str
    name_en: str | None = None


class Applicant(Part, frozen=True):
    """`commitment` proves the full name to whoever is given name and salt; it tells nobody else."""

    masked: str
    commitment: str


class Suspension(Part, frozen=True):
    """`start` and `end` are instants, or dates where only the day is known."""

    reason: str
    kind: str
    start: str
    end: str | None


class Day(Part, frozen=True, omit_defaults=True):
    """One day of a limit: the count reached where it counts, and why it does or does not."""

    on: date
    why: str
    n: int | None = None
    basis: str = ""


class ClockShown(Part, frozen=True):
    """One clock as it stood at issue. `decisive`: its end is the legal instant. `days` is empty where a limit is not counted by days."""

    name: str
    decisive: bool
    limit: Limit | None
    started: str | None
    due_on: date | None
    expires_at: str | None
    provisional: bool
    extensions: tuple[Limit, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    days: tuple[Day, ...] = ()


class LedgerPlace(Part, frozen=True):
    """The entry that issued the certificate and its hash, which was the head of the stream then."""

    stream: str
    version: int
    hash: str
    alg: str


class CalendarShown(Part, frozen=True):
    version: str
    zone: str


class Certificate(Part, frozen=True):
    """`about` is `case`, or `office:ID` for the consent of one silent office. `configuration` numbers the rules the entry was concluded under."""

    format: str
    number: str
    case: str
    about: str = msgspec.field(name="for")
    unit: Named
    item: ItemShown
    applicant: Applicant | None
    granted: str
    basis: str | None
    legal_at: str
    due_by: date | None
    issued_at: str
    clocks: tuple[ClockShown, ...]
    calendar: CalendarShown
    configuration: str
    ledger: LedgerPlace
    status_url: str

    @property
    def decisive(self) -> ClockShown | None:
        return next((clock for clock in self.clocks if clock.decisive), None)


class Signature(Part, frozen=True):
    """`kid` is the key's fingerprint (RFC 7638); `value` is base64url without padding. `alg` leaves room for SM2."""

    alg: str
    kid: str
    value: str


class Disclosed(Part, frozen=True):
    """What only the applicant's copy holds."""

    applicant: str
    salt: str


class Document(Part, frozen=True, omit_defaults=True):
    certificate: Certificate
    signature: Signature
    disclosed: Disclosed | None = None


def signed_bytes(content: Any, alg: str, kid: str, name: str = "certificate") -> bytes:
    """What the signature covers: the document's canonical bytes without `disclosed` and without the signature's value."""
    return canonical({name: content, "signature": {"alg": alg, "kid": kid}})


def write(document: Document) -> bytes:
    """The document as it is stored, sent and attached; one byte more or less and it is another one."""
    return canonical(document)


def read(content: bytes) -> Document:
    """Raises msgspec.ValidationError or DecodeError for anything else than a certificate of ours."""
    return msgspec.json.decode(content, type=Document)
