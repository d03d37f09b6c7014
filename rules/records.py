"""What stands on the record: entries folded by key. Every entry type says which kind of record it bears on and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from rules.stream import Entry, Record

# entry type -> (kind of record, its status afterwards; None: the entry's data name it)
TYPES: dict[str, tuple[str, str | None]] = {
    "limit_set": ("limit", "set"),
    "limit_moved": ("limit", "set"),
    "limit_withdrawn": ("limit", "withdrawn"),
    "clock_suspended": ("suspension", "standing"),
    "suspension_withdrawn": ("suspension", "withdrawn"),
    "clock_resumed": ("resumption", "standing"),
    "resumption_withdrawn": ("resumption", "withdrawn"),
    "deemed_accepted": ("deemed", "standing"),
    "deemed_acceptance_withdrawn": ("deemed", "withdrawn"),
    "fact_refused": ("refusal", "standing"),
    "refusal_reversed": ("refusal", "reversed"),
    "warning_raised": ("alert", "open"),
    "yellow_card": ("alert", "open"),
    "red_card": ("alert", "open"),
    "alert_escalated": ("alert", "open"),
    "alert_acknowledged": ("alert", "acknowledged"),
    "alert_answered": ("alert", "answered"),
    "alert_closed": ("alert", "closed"),
    "step_expired": ("expiry", "standing"),
    "limit_expired": ("expiry", "standing"),
    "expiry_withdrawn": ("expiry", "withdrawn"),
    "office_consented": ("office", "standing"),
    "office_consent_withdrawn": ("office", "withdrawn"),
    "consent_implied": ("outcome", "in_force"),
    "refusal_implied": ("outcome", "in_force"),
    "outcome_recorded": ("outcome", "in_force"),
    "outcome_confirmed": ("outcome", "confirmed"),
    "outcome_under_review": ("outcome", "under_review"),
    "outcome_revoked": ("outcome", "revoked"),
    "outcome_superseded": ("outcome", "superseded"),
    "certificate_issued": ("certificate", "valid"),
    "certificate_status_changed": ("certificate", None),
    "hold_opened": ("hold", "open"),
    "hold_closed": ("hold", "closed"),
    "finding_opened": ("finding", "open"),
    "finding_confirmed": ("finding", "confirmed"),
    "finding_dismissed": ("finding", "dismissed"),
    "finding_excused": ("finding", "excused"),
    "finding_closed": ("finding", "withdrawn"),
    "breach_found": ("breach", "standing"),
    "breach_withdrawn": ("breach", "withdrawn"),
    "breach_excused": ("breach", "excused"),
    "breach_updated": ("breach", "standing"),
    "notice_due": ("notice", "due"),
    "voice_opened": ("voice", None),
    "voice_moved": ("voice", None),
    "voice_withdrawn": ("voice", "withdrawn"),
    "case_closed": ("case", None),
    "case_reopened": ("case", None),
    "proceeding_opened": ("proceeding", None),
    "proceeding_moved": ("proceeding", None),
    "restoration_opened": ("task", "open"),
    "restoration_completed": ("task", "done"),
    "restoration_withdrawn": ("task", "withdrawn"),
    "filing_saved": ("filing", None),
    "filing_submitted": ("filing", None),
    "filing_reviewed": ("filing", None),
    "filing_review_overdue": ("filing", None),
    "filing_approved": ("filing", None),
    "filing_returned": ("filing", None),
    "filing_published": ("filing", None),
    "filing_withheld": ("filing", None),
    "filing_withdrawn": ("filing", None),
    "filing_refused": ("refusal", "standing"),
}
# A conclusion that no longer holds is answered by an entry of this type; kinds not named here stay as they are.
WITHDRAWALS: dict[str, str] = {
    "limit": "limit_withdrawn",
    "alert": "alert_closed",
    "suspension": "suspension_withdrawn",
    "resumption": "resumption_withdrawn",
    "deemed": "deemed_acceptance_withdrawn",
    "refusal": "refusal_reversed",
    "expiry": "expiry_withdrawn",
    "office": "office_consent_withdrawn",
    "outcome": "outcome_superseded",
    "certificate": "certificate_status_changed",
    "hold": "hold_closed",
    "finding": "finding_closed",
    "breach": "breach_withdrawn",
    "voice": "voice_withdrawn",
    "task": "restoration_withdrawn",
}
# What was once said to somebody cannot be unsaid; the words "withdrawn" and "closed" are ordinary ends of a case or a proceeding.
STICKY = frozenset({"alert", "notice", "case", "proceeding", "filing"})
GONE = frozenset({"withdrawn", "reversed", "superseded", "closed"})


def fold(records: Mapping[str, Record], entry: Entry, at: datetime) -> Record:
    """The record under the entry's key after the entry, recorded at `at`."""
    kind, status = TYPES[entry.type]
    before = records.get(entry.key)
    data: dict[str, Any] = {**(before.data if before else {}), **entry.data}
    if before is None:
        return Record(
            kind, entry.key, status or str(entry.data["status"]), entry.legal_at, at, at, data, _history((), entry, at)
        )
    return msgspec.structs.replace(
        before,
        status=status or str(entry.data["status"]),
        legal_at=entry.legal_at or before.legal_at,
        recorded_at=at if status in {"in_force", "open"} and before.status in GONE else before.recorded_at,
        changed_at=at,
        data=data,
        history=_history(before.history, entry, at),
    )


def _history(before: tuple[dict[str, Any], ...], entry: Entry, at: datetime) -> tuple[dict[str, Any], ...]:
    """The ends of a limit as they were told, each with its reason and the moment it was known from; and when a breach or an effect fell away."""
    if entry.type in {"breach_withdrawn", "outcome_superseded"} and entry.data.get("fact") is None:
        return (*before, {"gone_at": at.isoformat()})
    if entry.type not in {"limit_set", "limit_moved"}:
        return before
    told = {name: entry.data[name] for name in ("due_on", "expires_at", "reason", "calendar")}
    return (*before, {**told, "known_from": at.isoformat()})
