"""Findings that facts show, other than limits that ran out."""

from __future__ import annotations

from datetime import datetime

from rules.charges import finding
from rules.conclusion import Conclusion
from rules.facts import Fact
from rules.holding_limits import after_the_decision
from rules.moment import View
from rules.stream import Record
from rules.time_limits import due
from rules.watch_stream import late

CLOSED_UNHEARD = frozenset({"withdrawn", "voided", "terminated"})


def findings(view: View) -> list[Conclusion]:
    elsewhere = _elsewhere(view)
    certain = {
        conclusion.key for conclusion in elsewhere
    }  # what the case itself shows need not be suspected from others besides
    return [
        *_late_delivery(view),
        *(conclusion for conclusion in _seen(view) if conclusion.key not in certain),
        *_late_reports(view),
        *elsewhere,
        *_referred(view),
        *_reported(view),
        *_watched(view),
    ]


def _late_delivery(view: View) -> list[Conclusion]:
    case, found = view.case, after_the_decision(view, "delivery")
    if found is None or found.provisional or case.status in CLOSED_UNHEARD:
        return []
    end = found.expires_at
    # Licensing Law art. 44: ready and announced, but not collected, is not late.
    reached = [at for at in (case.service.occurred_at if case.service else None, case.available_at) if at]
    if any(at < end for at in reached):
        return []
    publish, person = view.published(end, "delivery"), view.present_holder(end)
    return [finding(view, "delivery_late", "delivery_late", end, publish, clock="delivery", person=person)]


def _seen(view: View) -> list[Conclusion]:
    """What was noticed while the facts were folded."""
    return [
        finding(
            view, f.kind, f.key, f.legal_at, max(f.legal_at, view.at), person=f.person, clock=f.clock, evidence=list(f.evidence),
            indication=f.indication, **({"what": list(f.what)} if f.what else {}),
        )
        for f in view.case.findings
    ]  # fmt: skip


def _late_reports(view: View) -> list[Conclusion]:
    """Registered too late; back-dated where it took away an effect or a breach on record."""
    found = []
    for fact in view.facts:
        if not late(fact, view.world):
            continue
        person = view.present_holder(fact.occurred_at)
        since = fact.occurred_at + view.world.allowance(fact.source)
        found.append(
            finding(view, "late_report", f"late_report:{fact.id}", since, view.at, person=person, evidence=[fact.id])
        )
        if _removed_something(view, fact):
            key = f"back_dating:{fact.id}"
            found.append(
                finding(view, "back_dating", key, fact.reported_at, view.at, person=person, evidence=[fact.id])
            )
    return found


def _removed_something(view: View, fact: Fact) -> bool:
    """Whether an effect or breach, on record before the fact was recorded, no longer holds since that moment."""
    if f"finding:back_dating:{fact.id}" in view.records:
        return True
    return any(
        r.kind in {"breach", "outcome"} and _gone_at(r.history, fact.recorded_at) and r.legal_at is not None and r.legal_at > fact.occurred_at
        for r in view.records.values()
    )  # fmt: skip


def _gone_at(history: tuple[dict[str, str], ...], at: datetime) -> bool:
    return any(h.get("gone_at") == at.isoformat() for h in history)


def _elsewhere(view: View) -> list[Conclusion]:
    """The same matter at two places (两头受理), or handled outside the system (体外审批): a proof of hand-in from another source."""
    accepted = view.of_type("application.accepted")
    if not accepted:
        return []
    first, found = accepted[0], []
    for fact in view.of_type("application.handed_in", "application.accepted"):
        if fact.source == first.source:
            continue
        if fact.type == "application.accepted":
            kind = "double_acceptance"
        elif late(fact, view.world):
            kind = "off_system" if fact.occurred_at < first.occurred_at else "double_acceptance"
        else:
            continue
        person = view.present_holder(fact.occurred_at)
        found.append(
            finding(
                view, kind, f"{kind}:{fact.id}", fact.occurred_at, view.at, person=person, evidence=[fact.id, first.id]
            )
        )
    return found


def _referred(view: View) -> list[Conclusion]:
    """Suspected offence or crime: the ladder freezes, the competent body has the matter (R15)."""
    return [
        finding(
            view, "suspected_offence", f"suspected_offence:{f.id}", f.occurred_at, view.at, person=f.data.person, evidence=[f.id]
        )
        for f in view.of_type("case.referred")
    ]  # fmt: skip


def _reported(view: View) -> list[Conclusion]:
    """What an inspector found without a detector: slow progress, formalism, favours demanded."""
    return [
        finding(
            view, f.data.finding, f"{f.data.finding}:{f.id}", f.occurred_at, view.at, person=f.data.person,
            unit=f.data.unit or view.case.unit, evidence=[f.id],
        )
        for f in view.of_type("finding.reported")
    ]  # fmt: skip


def _watched(view: View) -> list[Conclusion]:
    """The watchers are watched: a certificate issued late, a hold not cleared in time."""
    found = []
    for record in view.records.values():
        if record.kind == "certificate":
            by = datetime.fromisoformat(record.data["due_by_at"])
            if record.recorded_at >= by:
                found.append(
                    finding(view, "certificate_late", f"certificate_late:{record.data['number']}", by, view.at)
                )
        elif record.kind == "hold" and (since := _not_cleared(view, record)) is not None:
            key = f"hold_open:{record.data['reason']}"
            found.append(finding(view, "hold_open", key, since, since, person=record.data["owner"]))
    return found


def _not_cleared(view: View, hold: Record) -> datetime | None:
    """The end of the time to clear a hold, where it was or is still open then; that it was cleared later does not undo it."""
    within = view.world.practice.hold_within
    by = due(within, view.day(hold.recorded_at), view.calendar, view.profile).expires_at
    return by if hold.status == "open" or hold.changed_at > by else None
