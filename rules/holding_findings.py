"""Findings and breaches that facts show, with what people have said of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rules.chain import owner_of_hold
from rules.conclusion import Conclusion, ahead
from rules.facts import Fact
from rules.holding_ends import expired
from rules.liability import proposed_against, shares
from rules.moment import View
from rules.time_limits import due


def findings(view: View) -> list[Conclusion]:
    found = [*_limits(view), *_steps(view), *_offices(view), *_late_delivery(view), *_seen(view), *_late_reports(view)]
    return found + _watched(view)


# -- what people said ---------------------------------------------------------------------------------------------------


def said(view: View, *names: str) -> Fact | None:
    """The last word of a competent person on a finding that goes by any of these names."""
    words = [f for f in view.facts if f.type in {"finding.confirmed", "finding.dismissed"} and f.data.finding in names]
    return words[-1] if words else None


def _finding(
    view: View, kind: str, key: str, at: datetime, publish: datetime, names: tuple[str, ...], **data: Any
) -> Conclusion:
    if view.ahead(publish):
        return ahead("finding_opened", f"finding:{key}", at, publish)
    word = said(view, *names)
    turn = None if word is None else word.type.replace(".", "_")
    body = {"kind": kind, "unit": view.case.unit, "person": None, "at": view.iso(at), **data}
    turned = {"fact": word.id, "by": word.actor} if word else {}
    return Conclusion(
        "finding_opened",
        f"finding:{key}",
        at,
        publish,
        body,
        turn=turn,
        turned=turned,
        live=("at",),
        moved="finding_opened",
    )


def _breach(
    view: View, kind: str, clock: str, at: datetime, publish: datetime, names: tuple[str, ...], **data: Any
) -> Conclusion:
    if view.ahead(publish):
        return ahead("breach_found", f"breach:{clock}", at, publish)
    word = said(view, *names)
    body = {
        "kind": kind, "clock": clock, "unit": view.case.unit, "at": view.iso(at), "supervision_flag": True,
        "mitigating": _mitigating(view, clock), "confirmed_at": None, "grade": None, **data,
    }  # fmt: skip
    turn, turned = None, {}
    if word is not None and word.type == "finding.confirmed":
        turn = "breach_updated"
        turned = {"confirmed_at": view.iso(word.occurred_at), "confirmed_by": word.actor, **_severity(word)}
    elif word is not None:
        turn = "breach_excused" if word.data.code else "breach_withdrawn"
        turned = {"code": word.data.code, "fact": word.id}
    reversal = next((f for f in view.facts if f.type == "breach.reversed" and f.data.breach == f"breach:{clock}"), None)
    if reversal is not None:
        turn, turned = "breach_withdrawn", {"fact": reversal.id}
    return Conclusion(
        "breach_found",
        f"breach:{clock}",
        at,
        publish,
        body,
        turn=turn,
        turned=turned,
        live=("at",),
        moved="breach_found",
    )


def _severity(word: Fact) -> dict[str, Any]:
    data = word.data
    return {"grade": data.grade, "nature": data.nature, "circumstances": data.circumstances,
            "consequences": data.consequences, "impact": data.impact}  # fmt: skip


def _mitigating(view: View, clock: str) -> list[str]:
    found = []
    warned = [r for r in view.records.values() if r.kind == "alert" and r.data["level"] == "warning"]
    if any(r.data["late_by_system"] for r in warned):
        found.append("warning_late_by_system")
    record = view.records.get(f"limit:{clock}")
    if record and any(str(h["reason"]).startswith("calendar") for h in record.history):
        found.append("calendar_corrected")
    return found


# -- what facts show ----------------------------------------------------------------------------------------------------


def _limits(view: View) -> list[Conclusion]:
    found: list[Conclusion] = []
    for clock in view.case.clocks.values():
        at = expired(view, clock)
        if at is None:
            continue
        publish = view.published(at, clock.name)
        names = ("limit_expired", f"limit_expired:{clock.name}")
        held = shares(view, clock) if publish <= view.at else []
        against = proposed_against(view, held, view.day(at))
        person = against[0] if against else None
        found.append(
            _finding(
                view,
                "limit_expired",
                f"limit_expired:{clock.name}",
                at,
                publish,
                names,
                clock=clock.name,
                person=person,
            )
        )
        found.append(
            _breach(view, "limit_expired", clock.name, at, publish, names, shares=held, proposed_against=against)
        )
    return found


def _steps(view: View) -> list[Conclusion]:
    found: list[Conclusion] = []
    for step in view.case.steps:
        at = step.expired_at
        if at is None or step.due is None or step.due.provisional:
            continue
        publish, clock, names = view.published(at, f"step:{step.id}"), f"step:{step.id}", (f"step_overdue:{step.id}",)
        data = {"clock": clock, "at": view.iso(at), "step": step.id}
        found.append(
            Conclusion("step_expired", f"expired:{clock}", at, publish, data, live=("at",), moved="step_expired")
        )
        holder = step.holder or view.present_holder(at)
        found.append(
            _finding(view, "step_overdue", f"step_overdue:{step.id}", at, publish, names, clock=clock, person=holder)
        )
        held = [{"person": holder, "working_days": max(_length(view, step.due.due_on), 0)}] if holder else []
        against = [holder] if holder else []
        found.append(_breach(view, "step_overdue", clock, at, publish, names, shares=held, proposed_against=against))
    return found


def _length(view: View, due_on: Any) -> int:
    assert view.case.start is not None
    return view.calendar.working_days_between(view.day(view.case.start.at), due_on)


def _offices(view: View) -> list[Conclusion]:
    found: list[Conclusion] = []
    for office in view.case.offices:
        at = office.expired_at
        if at is None or (office.due and office.due.provisional):
            continue
        clock, names = f"office:{office.id}", (f"office_silent:{office.id}", "office_silent")
        publish = view.published(at, clock)
        head = owner_of_hold(view.world, office.id, view.day(at)) if office.id in view.world.units else None
        found.append(
            _finding(
                view,
                "office_silent",
                f"office_silent:{office.id}",
                at,
                publish,
                names,
                clock=clock,
                unit=office.id,
                person=head,
            )
        )
        against = [head] if head else []
        found.append(
            _breach(
                view, "office_silent", clock, at, publish, names, unit=office.id, shares=[], proposed_against=against
            )
        )
        if not office.consents:
            lead = view.present_holder(at) or view.case.unit
            data = {"to": lead, "kind": "lead_office_told", "legal_at": view.iso(at), "fields": {"office": office.id}}
            found.append(Conclusion("notice_due", f"notice:lead_office_told:{office.id}", at, publish, data))
    return found


def _late_delivery(view: View) -> list[Conclusion]:
    record = view.records.get("limit:delivery")
    if record is None or record.data["provisional"]:
        return []
    end = datetime.fromisoformat(record.data["expires_at"])
    case = view.case
    # Licensing Law art. 44: ready and announced, but not collected, is not late.
    reached = [at for at in (case.service.occurred_at if case.service else None, case.available_at) if at]
    if any(at < end for at in reached):
        return []
    publish = view.published(end, "delivery")
    return [
        _finding(
            view,
            "delivery_late",
            "delivery_late",
            end,
            publish,
            ("delivery_late",),
            clock="delivery",
            person=view.present_holder(end),
        )
    ]


def _seen(view: View) -> list[Conclusion]:
    """What the fold noticed on its way."""
    return [
        _finding(
            view, f.kind, f.key, f.legal_at, max(f.legal_at, view.at) if f.legal_at <= view.at else f.legal_at, (f.kind, f.key),
            person=f.person, clock=f.clock, evidence=list(f.evidence), indication=f.indication,
        )
        for f in view.case.findings
    ]  # fmt: skip


def _late_reports(view: View) -> list[Conclusion]:
    """Registered at the source later than its allowance; back-dated where it took away an effect or a breach on record."""
    found = []
    for fact in view.facts:
        gap = fact.reported_at - fact.occurred_at
        if gap <= timedelta(0) or gap <= view.world.allowance(fact.source) or fact.source in {"engine", "console"}:
            continue
        person = view.present_holder(fact.occurred_at)
        at = fact.reported_at
        names = ("late_report", f"late_report:{fact.id}")
        found.append(_finding(view, "late_report", names[1], at, view.at, names, person=person, evidence=[fact.id]))
        if _removed_something(view, fact):
            names = ("back_dating", f"back_dating:{fact.id}")
            found.append(_finding(view, "back_dating", names[1], at, view.at, names, person=person, evidence=[fact.id]))
    return found


def _removed_something(view: View, fact: Fact) -> bool:
    """Whether an effect or breach, on record before the fact was recorded, no longer holds since that moment."""
    if f"finding:back_dating:{fact.id}" in view.records:
        return True
    return any(
        r.kind in {"breach", "outcome"} and r.status in {"withdrawn", "superseded"} and not r.data.get("turn")
        and r.changed_at == fact.recorded_at and r.legal_at is not None and r.legal_at > fact.occurred_at
        for r in view.records.values()
    )  # fmt: skip


def _watched(view: View) -> list[Conclusion]:
    """The watchers are watched: a certificate issued late, a hold not cleared in time."""
    found = []
    for record in view.records.values():
        if record.kind == "certificate":
            by = datetime.fromisoformat(record.data["due_by_at"])
            if record.recorded_at >= by:
                found.append(
                    _finding(
                        view,
                        "certificate_late",
                        f"certificate_late:{record.data['number']}",
                        by,
                        view.at,
                        ("certificate_late",),
                    )
                )
        if record.kind == "hold" and record.status == "open":
            by = due(
                view.world.practice.hold_within, view.day(record.recorded_at), view.calendar, view.profile
            ).expires_at
            names = ("hold_open", f"hold_open:{record.data['reason']}")
            found.append(_finding(view, "hold_open", names[1], by, by, names, person=record.data["owner"]))
    return found
