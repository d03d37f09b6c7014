"""A corrected calendar undoes nothing silently: an effect it would not have produced comes under review, with its certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from rules.case import Case, Outcome
from rules.records import GONE
from rules.stream import Record

replace = msgspec.structs.replace
IMPLIED = {"implied_consent": "consent_implied", "implied_refusal": "refusal_implied"}


def reviewed(
    case: Case, records: Mapping[str, Record], calendar: str, under: Callable[[str], Case | None]
) -> tuple[Case, bool]:
    """The case that the effect on record rests on, and whether the calendar now in force has put it in doubt.

    `under` derives the case from the same facts by another calendar version: an effect that those facts would not produce there either was set
    aside by a fact, not by the calendar.
    """
    record = records.get("outcome")
    if (
        record is None
        or record.data["kind"] not in IMPLIED
        or record.status in GONE
        or record.data["calendar"] == calendar
    ):
        return case, False
    said = case.settled.get("calendar_corrected")
    if _is(case.outcome, record) or (said is not None and said.result == "no_effect"):
        return case, False
    before = under(record.data["calendar"])
    if before is None or not _is(before.outcome, record):
        return case, False
    if said is not None:
        return before, False
    assert before.outcome is not None
    return replace(before, outcome=replace(before.outcome, review="under_review")), True


class Consents(msgspec.Struct, frozen=True):
    """Consents of silent offices on record, by clock and instant, that the calendar in force would not have produced.

    `doubted` wait for a person; `kept` a person has let stand.
    """

    doubted: dict[str, datetime] = {}
    kept: dict[str, datetime] = {}


def consents_reviewed(
    case: Case, records: Mapping[str, Record], calendar: str, under: Callable[[str], Case | None]
) -> Consents:
    """The same for the offices of a joint approval: their consent is an effect of silence too."""
    found: dict[str, datetime] = {}
    for office in case.offices:
        record = records.get(f"office:{office.id}")
        if record is None or record.status in GONE or record.data["calendar"] == calendar or record.legal_at is None:
            continue
        if (
            office.expired_at != record.legal_at
            and _expired_under(under(record.data["calendar"]), office.id) == record.legal_at
        ):
            found[record.key] = record.legal_at
    said = case.settled.get("calendar_corrected")
    if said is None:
        return Consents(doubted=found)
    return Consents(kept=found) if said.result == "effect" else Consents()


def _expired_under(before: Case | None, office: str) -> datetime | None:
    return next((o.expired_at for o in before.offices if o.id == office), None) if before is not None else None


def _is(outcome: Outcome | None, record: Record) -> bool:
    same = outcome is not None and outcome.kind == record.data["kind"]
    return same and outcome is not None and outcome.legal_at == datetime.fromisoformat(record.data["at"])
