"""Limits, steps and offices that ran out: each with its finding, its breach, and whom it is proposed against."""

from __future__ import annotations

from datetime import date, datetime

from rules.case import StepState
from rules.charges import about, breach, finding
from rules.conclusion import Conclusion, ahead
from rules.liability import proposed_against, shares
from rules.moment import View


def breaches(view: View) -> list[Conclusion]:
    found: list[Conclusion] = []
    for name, at in view.broken.items():
        publish = view.published(at, name)
        if view.ahead(publish):
            found += _ahead(name, at, publish)
        elif name.startswith("step:"):
            found += _step(view, name, at, publish)
        elif name.startswith("office:"):
            found += _office(view, name, at, publish)
        else:
            found += _limit(view, name, at, publish)
    return found


KINDS = {"step": "step_overdue", "office": "office_silent"}


def _ahead(name: str, at: datetime, publish: datetime) -> list[Conclusion]:
    kind = KINDS.get(name.partition(":")[0], "limit_expired")
    found = [
        ahead("finding_opened", f"finding:{about(kind, name)}", at, publish),
        ahead("breach_found", f"breach:{name}", at, publish),
    ]
    if kind == "step_overdue":
        found.append(ahead("step_expired", f"expired:{name}", at, publish))
    return found


def _limit(view: View, name: str, at: datetime, publish: datetime) -> list[Conclusion]:
    held = shares(view, view.case.clocks[name])
    against = proposed_against(view, held, view.day(at))
    person = against[0] if against else None
    kind = "limit_expired"
    return [
        finding(view, kind, about(kind, name), at, publish, against, clock=name, person=person),
        breach(view, kind, name, at, publish, shares=held, against=against),
    ]


def _step(view: View, name: str, at: datetime, publish: datetime) -> list[Conclusion]:
    step = next(s for s in view.case.steps if f"step:{s.id}" == name)
    holder = step.holder or view.present_holder(at)
    held = [{"person": holder, "working_days": _length(view, step)}] if holder else []
    against = [holder] if holder else []
    data = {"clock": name, "at": view.iso(at), "step": step.id}
    kind = "step_overdue"
    return [
        Conclusion("step_expired", f"expired:{name}", at, publish, data, live=("at",), moved="step_expired"),
        finding(view, kind, about(kind, name), at, publish, against, clock=name, person=holder),
        breach(view, kind, name, at, publish, shares=held, against=against),
    ]


def _length(view: View, step: StepState) -> int:
    assert view.case.start is not None
    assert step.due is not None
    return max(view.calendar.working_days_between(view.day(view.case.start.at), step.due.due_on), 0)


def _office(view: View, name: str, at: datetime, publish: datetime) -> list[Conclusion]:
    office = next(o for o in view.case.offices if f"office:{o.id}" == name)
    head = _head(view, office.id, view.day(at))
    against = [head] if head else []
    kind = "office_silent"
    found = [
        finding(view, kind, about(kind, name), at, publish, against, clock=name, unit=office.id, person=head),
        breach(view, kind, name, at, publish, unit=office.id, shares=[], against=against),
    ]
    lead = view.present_holder(at) or view.case.unit
    told = "office_consented" if office.consents else "lead_office_told"
    data = {"to": lead, "kind": told, "legal_at": view.iso(at), "fields": {"office": office.id}}
    return [*found, Conclusion("notice_due", f"notice:{told}:{office.id}", at, publish, data)]


def _head(view: View, unit: str, on: date) -> str | None:
    """Who answers for an office: its first responsible person, else the deputy in charge."""
    heads = (*view.world.holders(unit, "first_responsible", on), *view.world.holders(unit, "deputy_in_charge", on))
    return heads[0] if heads else None
