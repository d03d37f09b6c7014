"""What a rehearsal prints, as types: the JSON Schema is made from them, and tests hold every output against them.

Dates are `YYYY-MM-DD`, instants RFC 3339 with the offset of the calendar's zone. Every key is always there.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Instant = str
Day = str


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base: nothing is printed that is not described."""


class Told(Shape, frozen=True):
    """A date as it was told: `known_from` is when, `reason` why it moved (the first one: why it was set), `calendar` by which version."""

    due_on: Day | None
    expires_at: Instant | None
    known_from: Instant
    reason: str
    calendar: str


class Clock(Shape, frozen=True):
    """While it stands still without a known restart it has no `due_on`."""

    due_on: Day | None
    expires_at: Instant | None
    provisional: bool
    breached_at: Instant | None
    history: list[Told]


class Step(Shape, frozen=True):
    id: str
    holder: str | None
    due_on: Day | None
    expires_at: Instant | None
    started_at: Instant | None
    completed_at: Instant | None
    breached_at: Instant | None


class Office(Shape, frozen=True):
    id: str
    due_on: Day | None
    outcome: Literal["answered", "implied_consent", "open"]


class Outcome(Shape, frozen=True):
    kind: Literal[
        "approved", "approved_in_part", "refused", "not_needed", "implied_consent", "implied_refusal", "withdrawn",
        "not_pursued", "declined", "returned", "forwarded", "terminated", "voided", "none",
    ]  # fmt: skip
    legal_at: Instant | None
    recorded_at: Instant | None
    status: Literal["in_force", "confirmed", "superseded", "under_review", "revoked"]


class Certificate(Shape, frozen=True, rename={"about": "for"}):
    """`for` is `case` or `office:ID`."""

    number: str
    about: str
    legal_at: Instant
    due_by: Day
    issued_at: Instant
    status: Literal["valid", "superseded", "under_review", "revoked"]
    status_since: Instant


class Hold(Shape, frozen=True):
    reason: str
    owner: str | None
    opened_at: Instant
    closed_at: Instant | None


class Line(Shape, frozen=True):
    """A line of the ledger: a fact (with `occurred_at`) or an entry (with `legal_at`). `data` depends on `type`."""

    version: int
    type: str
    occurred_at: Instant | Day | None
    legal_at: Instant | None
    recorded_at: Instant
    data: dict[str, Any]


class Case(Shape, frozen=True):
    status: Literal[
        "open", "suspended", "concluded", "withdrawn", "not_pursued", "declined", "returned", "forwarded", "terminated", "voided"
    ]  # fmt: skip
    clocks: dict[str, Clock]
    steps: list[Step]
    offices: list[Office]
    outcome: Outcome
    certificates: list[Certificate]
    holds: list[Hold]
    ledger: list[Line]


class Refusal(Shape, frozen=True):
    fact: str
    case: str | None
    code: str
    message: str


class Finding(Shape, frozen=True):
    """`indication`: only suspected, and it counts for nothing until somebody confirms it. `trial`: the detector runs on trial; it never counts.

    `what`: what is in question (the material, the fee, the step), in the words of the facts.
    """

    kind: str
    case: str | None
    unit: str | None
    person: str | None
    clock: str | None
    legal_at: Instant
    opened_at: Instant
    status: Literal["open", "confirmed", "dismissed", "excused", "withdrawn"]
    indication: bool
    trial: bool
    evidence: list[str]
    what: list[str]


class Share(Shape, frozen=True):
    person: str
    working_days: int


class Breach(Shape, frozen=True):
    kind: str
    case: str
    clock: str
    unit: str
    legal_at: Instant
    status: Literal["standing", "withdrawn", "excused"]
    shares: list[Share]
    proposed_against: list[str]
    supervision_flag: bool
    mitigating: list[str]


class Alert(Shape, frozen=True):
    case: str
    cause: str
    level: Literal["warning", "yellow", "red", "escalated"]
    rung: int
    scheduled_at: Instant
    fired_at: Instant
    to: list[str]
    late_by_system: bool
    acknowledged_at: Instant | None
    answered_at: Instant | None


class Leader(Shape, frozen=True):
    """A leader who could share in it, and with which measure; a person decides whether he does."""

    person: str
    post: str
    level: int


class Proceeding(Shape, frozen=True):
    """`proposed_level` and `count_in_window` are of the latest derivation; `decided_level` stays. `person` is null against a unit.

    `owner` has the phase, and `phase_due_on` to act in it, where somebody must act. Until `record_until` it may still be counted.
    """

    id: str
    person: str | None
    unit: str | None
    case: str
    breach: str | None
    grade: str | None
    count_in_window: int | None
    proposed_level: int | None
    proposed_measure: str | None
    phase: str
    statement_until: Day | None
    decided_level: int | None
    restoration_due: bool
    finding: str
    role: Literal["holder", "leader", "unit"]
    owner: str | None
    phase_due_on: Day | None
    decided_by: str | None
    leaders: list[Leader]
    record_until: Day | None
    opened_at: Instant
    legal_at: Instant


class Notice(Shape, frozen=True):
    to: str
    kind: str
    case: str
    at: Instant


class Waiting(Shape, frozen=True):
    fact: str
    why: str


class Duplicate(Shape, frozen=True):
    fact: str


class Answer(Shape, frozen=True):
    case: str
    question: str
    due_on: Day | None
    expires_at: Instant | None


class Output(Shape, frozen=True):
    """All that one rehearsal prints. Lists are ordered by `scheduled_at` or `legal_at`, then by the ledger."""

    cases: dict[str, Case]
    refusals: list[Refusal]
    findings: list[Finding]
    breaches: list[Breach]
    alerts: list[Alert]
    proceedings: list[Proceeding]
    notices: list[Notice]
    parked: list[Waiting]
    quarantined: list[Waiting]
    duplicates: list[Duplicate]
    answers: list[Answer]
