"""What each fact type carries in `data`. One frozen struct per type; unknown fields are an error that names the field.

`SEALED` names the fields that hold personal data or free text: the ledger keeps a salted commitment in their place, the words lie
encrypted outside it. No rule may depend on their wording, only on their presence.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from rules.between import OF_PATTERNS, EndingReported, MatterAccepted, PatternFound
from rules.limit import Limit
from rules.payload_base import Payload, Reasoned, Text
from rules.supervision import (
    AlertAcknowledged,
    AlertAnswered,
    AlertClosed,
    AlertUndeliverable,
    BreachConfirmed,
    BreachNamed,
    EvidenceSealed,
    FindingConfirmed,
    FindingDismissed,
    FindingExcused,
    FindingReported,
    FindingWithdrawn,
    Hearing,
    InquiryOpened,
    MeasureDecided,
    PersonNamed,
    Recusal,
    ReferralAnswered,
    Referred,
    ReviewDecided,
    SupervisionProposed,
    TextOf,
)
from rules.voice_payloads import OF_VOICES

Clock = Literal["committed", "statutory"]
Result = Literal["approved", "approved_in_part", "refused", "not_needed"]


class WayIn(Payload, frozen=True):
    holder: str | None = None
    applicant: str | None = None
    attributes: dict[str, Any] = msgspec.field(default_factory=dict)
    materials: tuple[str, ...] = ()


class Accepted(WayIn, frozen=True):
    deficits: tuple[str, ...] = ()
    supply_by: date | None = None


class GivenReason(Payload, frozen=True):
    reason: str


class CompletionRequested(Payload, frozen=True):
    items: tuple[str, ...] = ()
    answer_by: date | None = None


class CompletionSupplied(Payload, frozen=True):
    partial: bool = False


class Voided(Reasoned, frozen=True):
    approver: str | None = None


class HandedOver(Payload, frozen=True):
    to: str


class SentTo(HandedOver, frozen=True):
    received_on: date | None = None


class Linked(Payload, frozen=True):
    cases: tuple[str, ...]


class StepCompleted(Payload, frozen=True):
    step: str


class StepStarted(StepCompleted, frozen=True):
    holder: str | None = None


class OfficeAbsent(Payload, frozen=True):
    office: str


class OfficeConsulted(OfficeAbsent, frozen=True):
    limit: Limit | None = None


class OfficeAnswered(OfficeAbsent, frozen=True):
    opinion: str | None = None


class Attributes(msgspec.Struct, frozen=True):
    """Declared case attributes with their values; every key is the name of one."""

    values: dict[str, Any]


class VerificationCompleted(Payload, frozen=True):
    result: str | None = None


class Fee(Payload, frozen=True):
    code: str | None = None
    amount: str | int | float | None = None


class DataFailed(Payload, frozen=True):
    what: str | None = None


class Suspended(Payload, frozen=True):
    reason: str
    clock: Clock | None = None
    basis: str | None = None
    notified_at: str | None = None
    declared: Limit | None = None
    until: date | None = None


class Resumed(Payload, frozen=True):
    reason: str | None = None


class ExtensionRequested(Payload, frozen=True):
    by: Limit
    clock: Clock | None = None


class ExtensionApproved(Payload, frozen=True):
    by: Limit | None = None
    approver: str | None = None
    clock: Clock | None = None


class ReasonClaimed(Payload, frozen=True):
    code: str | None = None
    basis: str | None = None


class SilenceConsidered(Payload, frozen=True):
    """What somebody who saw what silence would grant chose (time-limits.md 6.8). Only the deed that follows changes anything."""

    choice: Literal["decide", "suspend", "let_go"]
    reason: str | None = None


class Decided(Payload, frozen=True):
    result: Result
    reason: str | None = None


class Served(Payload, frozen=True):
    result: Result | None = None


class Available(Payload, frozen=True):
    mode: str | None = None


class FactRetracted(Voided, frozen=True, kw_only=True):
    fact: str


class FactCorrected(FactRetracted, frozen=True, kw_only=True):
    changes: dict[str, Any]


class HoldClosed(Voided, frozen=True, kw_only=True):
    hold: str
    result: Literal["effect", "no_effect"]


class Watermark(Payload, frozen=True):
    through: str


class CalendarImported(Payload, frozen=True):
    version: str


CarrierKind = Literal[
    "notice_board", "explanation_card", "guide", "touch_screen", "web_page", "public_commitment", "bulletin"
]


class CarrierNamed(Payload, frozen=True, kw_only=True):
    """A carrier of an item; the common field `place` says where."""

    item: str
    carrier: CarrierKind


class CarrierDisplayed(CarrierNamed, frozen=True, kw_only=True):
    """What is on display now. `sha256`: the fingerprint on it, or its beginning."""

    version: int | None = None
    committed_limit: Limit | None = None
    sha256: str | None = None


# In the order of life: what stands earlier happens first where the instants are equal.
PAYLOADS: dict[str, type[Any]] = {
    "application.handed_in": WayIn,
    "application.received": WayIn,
    "case.opened": WayIn,
    "completion.requested": CompletionRequested,
    "completion.supplied": CompletionSupplied,
    "acceptance.declined": Reasoned,
    "application.accepted": Accepted,
    "case.dispatched": SentTo,
    "case.linked": Linked,
    "attributes.recorded": Attributes,
    "commitment.signed": Payload,
    "fee.charged": Fee,
    "fee.paid": Fee,
    "public_notice.published": Payload,
    "agency_data.failed": DataFailed,
    "step.completed": StepCompleted,
    "step.started": StepStarted,
    "case.handed_over": HandedOver,
    "office.consulted": OfficeConsulted,
    "office.answered": OfficeAnswered,
    "office.absent": OfficeAbsent,
    "clock.resumed": Resumed,
    "clock.suspended": Suspended,
    "extension.requested": ExtensionRequested,
    "extension.approved": ExtensionApproved,
    "extension.served": Payload,
    "reason.claimed": ReasonClaimed,
    "reason.rejected": Reasoned,
    "silence.considered": SilenceConsidered,
    "decision.made": Decided,
    "decision.served": Served,
    "result.available": Available,
    "verification.completed": VerificationCompleted,
    "application.returned": GivenReason,
    "application.withdrawn": Reasoned,
    "applicant.defaulted": Reasoned,
    "case.forwarded": SentTo,
    "case.terminated": Reasoned,
    "case.voided": Voided,
    "case.reopened": Reasoned,
    "consent.revocation_opened": Reasoned,
    "consent.revoked": Reasoned,
    "harm.reported": Text,
    "finding.reported": FindingReported,
    "inquiry.opened": InquiryOpened,
    "inquiry.answered": TextOf,
    "finding.confirmed": FindingConfirmed,
    "finding.dismissed": FindingDismissed,
    "finding.excused": FindingExcused,
    "finding.withdrawn": FindingWithdrawn,
    "supervision.proposed": SupervisionProposed,
    "supervision.answered": TextOf,
    "breach.confirmed": BreachConfirmed,
    "breach.withdrawn": BreachNamed,
    "breach.reversed": BreachNamed,
    "ending.reported": EndingReported,
    "matter.accepted": MatterAccepted,
    "pattern.found": PatternFound,
    "recusal.declared": Recusal,
    "statement.filed": TextOf,
    "hearing.held": Hearing,
    "measure.decided": MeasureDecided,
    "measure.served": PersonNamed,
    "review.requested": PersonNamed,
    "review.decided": ReviewDecided,
    "measure.executed": PersonNamed,
    "restoration.completed": PersonNamed,
    "proceeding.closed": PersonNamed,
    "case.referred": Referred,
    "evidence.sealed": EvidenceSealed,
    "referral.answered": ReferralAnswered,
    "alert.acknowledged": AlertAcknowledged,
    "alert.answered": AlertAnswered,
    "alert.closed": AlertClosed,
    "alert.undeliverable": AlertUndeliverable,
    **OF_VOICES,
    "fact.corrected": FactCorrected,
    "fact.retracted": FactRetracted,
    "hold.closed": HoldClosed,
    "source.watermark": Watermark,
    "calendar.imported": CalendarImported,
    "carrier.displayed": CarrierDisplayed,
    "carrier.removed": CarrierNamed,
}

# Decided in a docket (the stream of a person's or a unit's proceedings), though they name the case.
DOCKET_TYPES = frozenset({
    "recusal.declared", "statement.filed", "hearing.held", "measure.decided", "measure.served", "review.requested", "review.decided",
    "measure.executed", "restoration.completed", "proceeding.closed",
})  # fmt: skip
# Streams send these to each other; nobody outside may.
INTERNAL_TYPES = OF_PATTERNS | {"breach.confirmed", "breach.withdrawn", "breach.reversed", "alert.undeliverable"}
# They concern no case at all.
WORLD_TYPES = frozenset({"source.watermark", "calendar.imported", "carrier.displayed", "carrier.removed"})

_FREE_TEXT = ("reason", "text", "opinion", "what", "why", "nature", "circumstances", "consequences", "impact")
_CODED = {"clock.suspended", "clock.resumed"}  # their `reason` is a code, not words
SEALED: dict[str, tuple[str, ...]] = {
    name: tuple(
        field
        for field in ("applicant", "applicant_ref", "reporter", *_FREE_TEXT)
        if field in payload.__struct_fields__ and not (field == "reason" and name in _CODED)
    )
    for name, payload in PAYLOADS.items()
}


def payload_of(type_: str, data: dict[str, Any]) -> Any:
    """The typed payload of a fact. KeyError for an unknown type, msgspec.ValidationError for a wrong shape."""
    shape = PAYLOADS[type_]
    if shape is Attributes:
        return Attributes(values=data)
    return msgspec.convert(data, shape)
