"""A finding and a breach as conclusions, with what people have said of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rules.conclusion import Conclusion, ahead
from rules.facts import Fact
from rules.moment import View
from rules.words import said


def finding(
    view: View, kind: str, about: str, at: datetime, publish: datetime, concerned: Sequence[str] = (), **data: Any
) -> Conclusion:
    """`about`: what it is about (`KIND` or `KIND:WHAT`), unique in the case."""
    key = f"finding:{about}"
    if view.ahead(publish):
        return ahead("finding_opened", key, at, publish)
    body = {"kind": kind, "unit": view.case.unit, "person": None, "at": view.iso(at), **data}
    word = said(view.said, kind, key, at, (*concerned, body["person"])) if view.said else None
    return Conclusion(
        "finding_opened", key, at, publish, body,
        turn=None if word is None else word.type.replace(".", "_"),
        turned={"fact": word.id, "by": word.actor} if word else {},
        live=("at", "person"), moved="finding_opened",
    )  # fmt: skip


def breach(
    view: View, kind: str, clock: str, at: datetime, publish: datetime, *,
    shares: Sequence[dict[str, Any]], against: Sequence[str], unit: str | None = None,
) -> Conclusion:  # fmt: skip
    """`clock`: committed, statutory, step:ID or office:ID; a case has one breach for each."""
    if view.ahead(publish):
        return ahead("breach_found", f"breach:{clock}", at, publish)
    body = {
        "kind": kind, "clock": clock, "unit": unit or view.case.unit, "at": view.iso(at), "supervision_flag": True,
        "mitigating": mitigating(view, clock), "confirmed_at": None, "grade": None,
        "shares": list(shares), "proposed_against": list(against),
    }  # fmt: skip
    turn, turned = _turn(view, kind, clock, at, against)
    return Conclusion(
        "breach_found", f"breach:{clock}", at, publish, body, turn=turn, turned=turned,
        live=("at", "shares", "proposed_against"), moved="breach_found",
    )  # fmt: skip


def about(kind: str, clock: str) -> str:
    return f"{kind}:{clock.partition(':')[2] or clock}"


def _turn(view: View, kind: str, clock: str, at: datetime, against: Sequence[str]) -> tuple[str | None, dict[str, Any]]:
    reversal = next((f for f in view.of_type("breach.reversed") if f.data.breach == f"breach:{clock}"), None)
    if reversal is not None:
        return "breach_withdrawn", {"fact": reversal.id}
    word = said(view.said, kind, f"finding:{about(kind, clock)}", at, against) if view.said else None
    if word is None:
        return None, {}
    if word.type == "finding.confirmed":
        return "breach_updated", {
            "confirmed_at": view.iso(word.occurred_at),
            "confirmed_by": word.actor,
            **_severity(word),
        }
    return "breach_excused" if word.data.code else "breach_withdrawn", {"code": word.data.code, "fact": word.id}


def _severity(word: Fact) -> dict[str, Any]:
    data = word.data
    return {
        "grade": data.grade, "nature": data.nature, "circumstances": data.circumstances, "consequences": data.consequences,
        "impact": data.impact,
    }  # fmt: skip


def mitigating(view: View, clock: str) -> list[str]:
    """What speaks for the officer, as far as the engine knows it (accountability.md 2)."""
    found = []
    alerts = [r for r in view.records.values() if r.kind == "alert" and r.data["level"] == "warning"]
    if any(r.data["late_by_system"] for r in alerts):
        found.append("warning_late_by_system")
    record = view.records.get(f"limit:{clock}")
    if record and any(str(h["reason"]).startswith("calendar") for h in record.history):
        found.append("calendar_corrected")
    if any(f.kind == "transfer_before_expiry" for f in view.case.findings):
        found.append("transferred_before_expiry")
    if not clock.startswith("office:") and any(name.startswith("office:") for name in view.broken):
        found.append("joint_office_late")
    return found
