"""The lists of the API: which columns, which filters, in which order."""

from __future__ import annotations

from engine.api.paging import Register

CASES = Register(
    table="case_file",
    columns=(
        "case_id", "item", "item_version", "unit", "status", "holder", "stage", "accepted_at", "clock", "due_on",
        "expires_at", "statutory_due_on", "provisional", "outcome_kind", "outcome_status", "legal_at", "level", "source",
        "closed_at", "backfilled", "version", "updated_at",
    ),
    order=("case_id",),
    filters={
        "status": "status", "unit": "unit", "item": "item", "holder": "holder", "level": "level", "source": "source",
        "due_from": "due_on", "due_before": "due_on", "updated_from": "updated_at",
    },
    few={"status": frozenset({"open", "suspended"})},
)  # fmt: skip
FINDINGS = Register(
    table="finding",
    columns=(
        "id",
        "case_id",
        "kind",
        "status",
        "unit",
        "person",
        "clock",
        "legal_at",
        "recorded_at",
        "changed_at",
        "data",
    ),
    order=("recorded_at", "id"),
    filters={"status": "status", "kind": "kind", "unit": "unit", "person": "person", "case": "case_id"},
    descending=True,
)
PROCEEDINGS = Register(
    table="proceeding",
    columns=(
        "proceeding_id", "case_id", "person", "unit", "breach", "finding", "grade", "count_in_window", "proposed_level",
        "proposed_measure", "phase", "statement_until", "decided_level", "decided_by", "restoration_due", "opened_at",
        "phase_until", "owner", "recorded_at", "changed_at",
    ),
    order=("recorded_at", "proceeding_id"),
    filters={
        "proceeding": "proceeding_id", "phase": "phase", "unit": "unit", "person": "person", "case": "case_id", "owner": "owner",
    },
    descending=True,
)  # fmt: skip
ALERTS = Register(
    table="alert",
    columns=(
        "id", "case_id", "cause", "level", "rung", "status", "scheduled_at", "fired_at", "late_by_system",
        "acknowledged_at", "answered_at", "respond_until", "recorded_at", "data",
    ),
    order=("recorded_at", "id"),
    filters={"status": "status", "level": "level", "cause": "cause", "case": "case_id"},
    descending=True,
)  # fmt: skip
HOLDS = Register(
    table="hold",
    columns=("id", "case_id", "reason", "status", "owner", "recorded_at", "closed_at"),
    order=("recorded_at", "id"),
    filters={"status": "status", "reason": "reason", "owner": "owner", "case": "case_id"},
    descending=True,
)
BREACHES = Register(
    table="breach",
    columns=(
        "id", "case_id", "kind", "status", "clock", "unit", "grade", "supervision_flag", "legal_at", "recorded_at",
        "confirmed_at", "data",
    ),
    order=("recorded_at", "id"),
    filters={"status": "status", "kind": "kind", "unit": "unit", "case": "case_id"},
    descending=True,
)  # fmt: skip
VOICES = Register(
    table="voice",
    columns=(
        "id", "what", "number", "case_id", "unit", "about", "subject", "score", "phase", "result", "owner", "phase_until",
        "opened_at", "recorded_at", "changed_at",
    ),
    order=("recorded_at", "id"),
    filters={
        "what": "what", "phase": "phase", "unit": "unit", "owner": "owner", "about": "about", "case": "case_id", "result": "result",
    },
    descending=True,
)  # fmt: skip
CERTIFICATES = Register(
    table="certificate",
    columns=("number", "case_id", "for", "due_by", "issued_at", "status", "status_since", "legal_at"),
    order=("number",),
    filters={"number": "number", "case": "case_id", "status": "status"},
)
LEDGER = Register(
    table="entry",
    columns=(
        "version", "kind", "type", "key", "occurred_at", "legal_at", "reported_at", "recorded_at", "actor", "source",
        "message_id", "under", "body", "alg", "hash",
    ),
    order=("version",),
    filters={"stream": "stream_id", "version_from": "version"},
)  # fmt: skip
