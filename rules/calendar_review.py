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


def _is(outcome: Outcome | None, record: Record) -> bool:
    same = outcome is not None and outcome.kind == record.data["kind"]
    return same and outcome is not None and outcome.legal_at == datetime.fromisoformat(record.data["at"])
