"""Payloads of supervision: findings, inquiries, proceedings, referrals, alerts; and what a case sends to a docket."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from rules.payload_base import Payload, Reasoned, Text

Grade = Literal["minor", "ordinary", "serious", "grave"]
Aspect = Literal["nature", "circumstances", "consequences", "impact"]


class PersonNamed(Reasoned, frozen=True):
    """`person` or `unit`: whose proceeding is meant, and which (`proceeding`, its id) where there are several in the case."""

    person: str | None = None
    unit: str | None = None
    proceeding: str | None = None


class FindingDismissed(PersonNamed, frozen=True, kw_only=True):
    finding: str
    code: str | None = None


class FindingConfirmed(PersonNamed, frozen=True, kw_only=True):
    """The grade, or each aspect in words and rated with a grade (`ratings`, by aspect), from which the unit's rules make one.

    `aggravating`, `mitigating`: facts by their codes, beside those the engine attaches. `leaders`: who else is to answer (a person decides).
    """

    finding: str
    grade: Grade | None = None
    nature: str | None = None
    circumstances: str | None = None
    consequences: str | None = None
    impact: str | None = None
    ratings: dict[Aspect, Grade] = msgspec.field(default_factory=dict)
    aggravating: tuple[str, ...] = ()
    mitigating: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()


class FindingExcused(PersonNamed, frozen=True, kw_only=True):
    """It holds, and nobody answers for it (免责, 容错): `code` is one of the exemptions of the unit's rules, where they name any."""

    finding: str
    code: str


class FindingWithdrawn(PersonNamed, frozen=True, kw_only=True):
    """It was opened or confirmed by mistake and is taken back."""

    finding: str
    reason: str


class FindingReported(PersonNamed, frozen=True, kw_only=True):
    """What an inspector found without a detector."""

    finding: str
    text: str | None = None


class InquiryOpened(Payload, frozen=True):
    """`text`: what the unit is to explain."""

    finding: str | None = None
    answer_by: date | None = None
    unit: str | None = None
    text: str | None = None


class TextOf(Text, frozen=True):
    """Words about a unit, or in a proceeding."""

    unit: str | None = None
    proceeding: str | None = None


class SupervisionProposed(TextOf, frozen=True):
    answer_by: date | None = None


class Hearing(TextOf, frozen=True):
    """A hearing with its record (听取陈述申辩笔录)."""

    present: tuple[str, ...] = ()


class Recusal(PersonNamed, frozen=True, kw_only=True):
    recused: str


class MeasureDecided(PersonNamed, frozen=True, kw_only=True):
    level: int


class ReviewDecided(PersonNamed, frozen=True, kw_only=True):
    result: Literal["upheld", "reversed"]


class Referred(Payload, frozen=True):
    to: str
    why: str | None = None
    person: str | None = None


class ReferralAnswered(PersonNamed, frozen=True, kw_only=True):
    """What the competent body says: it has the package (`received`), or gives the matter back (`returned`)."""

    result: Literal["received", "returned"]
    receipt: str | None = None


class EvidenceSealed(Payload, frozen=True, kw_only=True):
    """A package of evidence was handed out; it is known by its hash."""

    sha256: str
    to: str | None = None


class AlertAcknowledged(Payload, frozen=True):
    level: str | None = None
    cause: str | None = None


class AlertAnswered(AlertAcknowledged, frozen=True):
    text: str | None = None


class AlertUndeliverable(AlertAcknowledged, frozen=True, kw_only=True):
    """The engine's own word: every way to an addressee has failed."""

    to: str
    attempts: int = 0


class AlertClosed(AlertAcknowledged, frozen=True, kw_only=True):
    reason: str


class BreachConfirmed(Payload, frozen=True):
    """Sent by a case to the docket of the person concerned."""

    breach: str
    finding: str
    unit: str
    legal_at: str
    grade: str | None = None
    item: str | None = None
    by: str | None = None
    role: Literal["holder", "leader", "unit"] = "holder"
    ratings: dict[str, str] = msgspec.field(default_factory=dict)
    facts: tuple[str, ...] = ()
    late: int = 0
    limit: int = 0
    concerned: tuple[str, ...] = ()
    post: str | None = None


class BreachNamed(Payload, frozen=True):
    breach: str
