"""A corrected calendar undoes nothing silently: an effect it would not have produced comes under review, with its certificate."""

from __future__ import annotations

from collections.abc import Sequence

from rules.chain import owner_of_hold
from rules.conclusion import Conclusion
from rules.holding_ends import under_calendar_review
from rules.moment import View

REVIEW = "certificate_status_changed"


def calendar_review(view: View, found: Sequence[Conclusion]) -> list[Conclusion]:
    """Keeps what is on record and puts it under review; the hold stays until a competent person closes it."""
    hold = view.records.get("hold:calendar_corrected")
    if not under_calendar_review(view) and (hold is None or hold.status != "open"):
        return []
    known = {c.key for c in found}
    kept = [
        Conclusion(
            "certificate_issued" if r.kind == "certificate" else "consent_implied", key, r.legal_at, r.recorded_at, r.data,
            turn=REVIEW if r.kind == "certificate" else "outcome_under_review",
            turned={"status": "under_review"} if r.kind == "certificate" else {},
        )
        for key, r in view.records.items()
        if key not in known and (key == "outcome" or key.startswith("certificate:case")) and r.status not in {"superseded", "revoked"}
    ]  # fmt: skip
    case = view.records.get("case")
    if case is not None and "case" not in known:
        kept.append(Conclusion("case_closed", "case", case.legal_at, case.recorded_at, case.data))
    data = {
        "reason": "calendar_corrected",
        "owner": owner_of_hold(view.world, view.case.unit, view.day(view.at)),
        "opened_at": view.iso(view.at),
    }
    return [*kept, Conclusion("hold_opened", "hold:calendar_corrected", view.at, view.at, data)]
