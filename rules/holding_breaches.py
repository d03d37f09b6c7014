"""Limits, steps and offices that ran out: each with its finding, its breach, and whom it is proposed against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from rules.case import StepState
from rules.charges import about, breach, finding
from rules.conclusion import Conclusion, ahead
from rules.drawn import Drawn
from rules.liability import in_post, proposed_against, shares
from rules.moment import View


def breaches(view: View) -> dict[str, Drawn]:
    """What may be published, limit by limit; all that lies ahead together."""
    pending = view.kept.part("ahead", view.at, _ahead, view, rests_on=_ahead_rests_on)
    later = {c.key for c in pending.waiting}
    found = {"ahead": pending}
    for name, at in view.broken.items():
        part = f"breach:{name}"
        if part not in later:
            found[part] = view.kept.part(part, view.at, _broken, view, name, at, rests_on=_rests_on)
    return found


def _broken(view: View, name: str, at: datetime) -> Sequence[Conclusion]:
    publish = view.published(at, name)
    return view.kept.charge(name, publish, view.on_record, partial(charges, view, name, at, publish))


def _ahead_rests_on(view: View) -> object:
    return view.broken, view.case.source


def _rests_on(view: View, name: str, at: datetime) -> object:
    """All that a charge is drawn from besides the record, as long as nobody has spoken of the case."""
    if view.spoken:
        return view.facts
    case, kind = view.case, name.partition(":")[0]
    own: object = view.step_terms if kind == "step" else case.offices if kind == "office" else case.clocks[name]
    return at, view.published(at, name), own, view.late_offices, view.item, case.custody, case.findings, view.lay


def charges(view: View, name: str, at: datetime, publish: datetime) -> list[Conclusion]:
    if name.startswith("step:"):
        return _step(view, name, at, publish)
    if name.startswith("office:"):
        return _office(view, name, at, publish)
    return _limit(view, name, at, publish)


KINDS = {"step": "step_overdue", "office": "office_silent"}


def _ahead(view: View) -> list[Conclusion]:
    found = []
    for name, at in view.broken.items():
        publish = view.published(at, name)
        if view.ahead(publish):
            found += coming(view, name, at, publish)
    return found


def coming(view: View, name: str, at: datetime, publish: datetime) -> list[Conclusion]:
    """As long as nothing of it was ever on record one of them tells its moment for all."""
    kind = KINDS.get(name.partition(":")[0], "limit_expired")
    keys = [("breach_found", f"breach:{name}"), ("finding_opened", f"finding:{about(kind, name)}")]
    if kind == "step_overdue":
        keys.append(("step_expired", f"expired:{name}"))
    if not any(key in view.records for _, key in keys):
        del keys[1:]
    return [ahead(type_, key, at, publish) for type_, key in keys]


def _limit(view: View, name: str, at: datetime, publish: datetime) -> list[Conclusion]:
    held = shares(view, view.case.clocks[name])
    against = proposed_against(view, held, view.day(at))
    person = against[0] if against else None
    kind = "limit_expired"
    return [
        finding(
            view,
            kind,
            about(kind, name),
            at,
            publish,
            [*against, *(str(s["person"]) for s in held)],
            clock=name,
            person=person,
        ),
        breach(view, kind, name, at, publish, shares=held, against=against),
    ]


def _step(view: View, name: str, at: datetime, publish: datetime) -> list[Conclusion]:
    step = next(s for s in view.case.steps if f"step:{s.id}" == name)
    assert step.due is not None
    holder = in_post(view, step.holder or view.holder(at - timedelta(microseconds=1)), step.due.due_on)
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
    """The working days the step had: from the end of the one before, or its own beginning where that came earlier."""
    assert view.case.start is not None
    assert step.due is not None
    before = view.case.steps[: view.case.steps.index(step)]
    ends = [s.due.due_on for s in before if s.due is not None][-1:] or [view.day(view.case.start.at)]
    began = [view.day(step.started_at)] if step.started_at is not None else []
    return max(view.calendar.working_days_between(min([*ends, *began]), step.due.due_on), 1)


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


# These have their breach already, or never are one: a late delivery is a finding only, an offence leaves the ladder.
NOT_BY_WORD = frozenset({"limit_expired", "step_overdue", "office_silent", "delivery_late", "suspected_offence"})


def by_confirmation(view: View, found: Sequence[Conclusion]) -> list[Conclusion]:
    """Any other finding becomes a breach once a person has confirmed it, against whomever it names, and against the unit.

    What a detector on trial found counts for nothing, whatever is said of it.
    """
    known = view.records
    confirmed = [
        c
        for c in found
        if c.type == "finding_opened" and c.turn and (c.turn == "finding_confirmed" or f"breach:{c.key}" in known)
    ]
    return [_by_word(view, c) for c in confirmed if c.data["kind"] not in NOT_BY_WORD and not c.data.get("trial")]


def _by_word(view: View, found: Conclusion) -> Conclusion:
    assert found.legal_at is not None
    word = next(f for f in view.said if f.id == found.turned["fact"])
    known = view.records.get(f"breach:{found.key}")
    named = known.data["proposed_against"] if known is not None else ()
    person = found.data["person"] or word.data.person or next(iter(named), None)
    return breach(
        view, found.data["kind"], found.key, found.legal_at, found.publish_at, unit=found.data["unit"], shares=[],
        against=[person] if person else [], limit=0,
    )  # fmt: skip


def _head(view: View, unit: str, on: date) -> str | None:
    """Who answers for an office: its first responsible person, else the deputy in charge."""
    heads = (*view.world.holders(unit, "first_responsible", on), *view.world.holders(unit, "deputy_in_charge", on))
    return heads[0] if heads else None
