"""The table of notices: kind → audience, fields, urgency. The words are in `templates/<locale>/<kind>.*.j2`."""

from __future__ import annotations

from notifications.fields import (
    CertificateStatus,
    Climb,
    Clock,
    CompletionStage,
    Count,
    DateChange,
    Day,
    DigestGroup,
    Hold,
    Instant,
    Level,
    Limit,
    Link,
    Matter,
    Measure,
    ReviewOffice,
    Silence,
    Text,
    Texts,
)
from notifications.notice import (
    AUDIENCES,
    AUTOMATIC,
    CASE,
    CHAIN,
    PROCEEDING,
    SENT_ALONE,
    TO_APPLICANT,
    Notice,
    notice,
)

_TABLE = (
    # The alert ladder
    notice(
        "warning_raised",
        "holder",
        fields={
            **CASE,
            **AUTOMATIC,
            "clock": Clock,
            "due_on": Day,
            "working_days_left": Count | None,
            "late_by_system": bool | None,
        },
        can_wait=True,
    ),
    notice(
        "yellow_card",
        "holder",
        fields={**CASE, **AUTOMATIC, "step_name": Text, "due_on": Day, "late_by_system": bool | None},
        can_wait=True,
    ),
    notice(
        "red_card",
        "holder",
        "section_head",
        fields={**CASE, **AUTOMATIC, "clock": Limit, "due_on": Day, "answer_by": Day},
    ),
    notice(
        "alert_escalated",
        *CHAIN,
        fields={
            **CASE,
            **AUTOMATIC,
            "level": Level,
            "cause": Text,
            "climb": Climb,
            "previous_name": Text | None,
            "acknowledge_by": Instant,
        },
    ),
    notice(
        "alert_unanswered",
        "inspector",
        fields={**CASE, **AUTOMATIC, "level": Level, "person_name": Text, "alerted_at": Instant, "answer_by": Day},
        can_wait=True,
    ),
    notice(
        "hold_opened",
        "first_responsible",
        "discipline_group",
        "inspector",
        "leading_group",
        fields={**CASE, **AUTOMATIC, "hold": Hold, "owner_name": Text, "addressee_owns": bool},
    ),
    notice(
        "decision_reminder",
        "decider",
        "holder",
        fields={**CASE, "matter": Matter, "decide_by": Day, "granted": Text | None, "granted_to": Text | None},
        can_wait=True,
    ),
    # To the applicant
    notice(
        "remedies",
        "applicant",
        fields={
            **CASE,
            **AUTOMATIC,
            **TO_APPLICANT,
            "complaint_contact": Text,
            "clock": Limit,
            "due_on": Day,
            "statutory_due_on": Day | None,
            "silence": Silence,
            "hold": Hold | None,
        },
    ),
    notice(
        "consent_implied",
        "applicant",
        "holder",
        fields={
            **CASE,
            **AUTOMATIC,
            **TO_APPLICANT,
            "clause": Text,
            "clock": Limit,
            "due_on": Day,
            "granted": Text,
            "certificate_number": Text | None,
            "certificate_due_by": Day | None,
            "certificate_link": Link | None,
        },
    ),
    notice(
        "certificate_superseded",
        "applicant",
        fields={
            **CASE,
            **AUTOMATIC,
            **TO_APPLICANT,
            "certificate_number": Text,
            "certificate_status": CertificateStatus,
            "reason": Text,
        },
    ),
    notice(
        "date_moved",
        "applicant",
        fields={
            **CASE,
            **AUTOMATIC,
            **TO_APPLICANT,
            "clock": Clock,
            "change": DateChange,
            "old_due_on": Day,
            "new_due_on": Day,
            "reason": Text,
        },
    ),
    notice(
        "not_pursued",
        "applicant",
        fields={**CASE, **AUTOMATIC, **TO_APPLICANT, "asked_on": Day, "answer_by": Day, "missing": Texts | None},
    ),
    notice(
        "completion_requested",
        "applicant",
        fields={
            **CASE,
            **TO_APPLICANT,
            "stage": CompletionStage,
            "items": Texts,
            "asked_on": Day,
            "answer_by": Day | None,
        },
        automatic=False,
    ),
    # Joint approval
    notice(
        "office_consented",
        "holder",
        "section_head",
        fields={
            **CASE,
            **AUTOMATIC,
            "clause": Text,
            "office_name": Text,
            "due_on": Day,
            "certificate_number": Text | None,
        },
    ),
    notice(
        "lead_office_told", "holder", fields={**CASE, **AUTOMATIC, "office_name": Text, "due_on": Day}, can_wait=True
    ),
    # Proceedings: people act, and the engine only carries their words
    notice(
        "proceeding_opened",
        "person_concerned",
        fields={
            **PROCEEDING,
            "contact": Text,
            "cause": Text,
            "facts": Texts,
            "clause": Text | None,
            "legal_at": Instant,
            "statement_until": Day,
            "statement_to": Text,
        },
        automatic=False,
    ),
    notice(
        "measure_decided",
        "person_concerned",
        fields={
            **PROCEEDING,
            "contact": Text,
            "measure": Measure | None,
            "reason": Text,
            "clause": Text | None,
            "decided_by": Text,
            "decided_on": Day,
            "review_until": Day,
            "review_body": Text,
            "stays_execution": bool,
        },
        automatic=False,
    ),
    notice(
        "restoration_due",
        "decider",
        "first_responsible",
        "inspector",
        fields={
            **PROCEEDING,
            **AUTOMATIC,
            "person_name": Text,
            "measure": Measure,
            "reason": Text,
            "restore_by": Day | None,
        },
        can_wait=True,
    ),
    # To those who review what a unit wants to publish
    notice(
        "review_waiting",
        "decider",
        "leading_group",
        fields={"item_name": Text, "unit_name": Text, "filing": Text, "office": ReviewOffice, "due_on": Day},
        can_wait=True,
    ),
    notice(
        "review_overdue",
        "first_responsible",
        "leading_group",
        fields={
            **AUTOMATIC,
            "item_name": Text,
            "unit_name": Text,
            "filing": Text,
            "office": ReviewOffice,
            "due_on": Day,
        },
    ),
    # To those who run the installation
    notice(
        "calendar_missing",
        "operator",
        fields={"region": Text, "year": Count, "cases_affected": Count},
        can_wait=True,
    ),
    notice(
        "feed_behind",
        "operator",
        "inspector",
        fields={"source_name": Text, "reported_through": Instant, "cases_waiting": Count},
    ),
    notice(
        "channel_failing",
        "operator",
        fields={"channel": Text, "failures": Count, "since": Instant, "last_answer": Text, "waiting": Count},
    ),
    # Many in one
    notice(
        "digest",
        *(audience for audience in AUDIENCES if audience not in SENT_ALONE),
        fields={"total": Count, "part": Count, "parts": Count, "groups": tuple[DigestGroup, ...]},
        can_wait=True,
    ),
)

NOTICES: dict[str, Notice] = {row.kind: row for row in _TABLE}
