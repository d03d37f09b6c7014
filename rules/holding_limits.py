"""The clocks of a case as they are told: their ends, how they moved, and what the applicant hears of a move."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rules.case import Case
from rules.conclusion import Conclusion
from rules.limit import Due
from rules.moment import View
from rules.time_limits import due

MOVING = ("due_on", "expires_at", "provisional", "ends_at")


def limits(view: View) -> list[Conclusion]:
    """Recomputed by the calendar in force, whatever effect is on record."""
    case: Case = view.in_doubt or view.case
    found: list[Conclusion] = []
    for name, clock in case.clocks.items():
        if clock.due is None or clock.ends_at is None:
            continue
        publish = max(clock.start.deemed_at, view.at) if clock.start.deemed_at else view.at
        data = _told(view, name, clock.start.at, clock.due, clock.ends_at) | _communicated(view, name)
        if clock.start.deemed_at is not None and view.cause == "time":
            data["reason"] = "deemed_accepted"
        found.append(_limit(name, clock.start.at, publish, data))
        found += _moved(view, case, name, clock.due)
    return found + _after_the_decision(view) + _deemed(view)


def rests_on(view: View) -> object:
    case = view.case
    return view.item, case.clocks, case.start, case.decision, case.closed_at


def _told(view: View, name: str, start: datetime, end: Due, ends_at: datetime) -> dict[str, Any]:
    return {
        "clock": name,
        "started_on": view.day(start).isoformat(),
        "due_on": end.due_on.isoformat(),
        "expires_at": view.iso(end.expires_at),
        "provisional": end.provisional,
        "ends_at": view.iso(ends_at),
        "reason": view.cause,
        "calendar": view.calendar.version,
        "known_from": view.iso(view.at),
        "told": None,
        "told_under": None,
    }


def _communicated(view: View, name: str) -> dict[str, Any]:
    """The latest end told under a calendar in force no more; effects never come before it."""
    told = view.told.get(name)
    if told is None:
        return {}
    return {"told": view.iso(told.end), "told_under": told.calendar.version}


def _limit(name: str, legal_at: datetime, publish_at: datetime, data: dict[str, Any]) -> Conclusion:
    return Conclusion("limit_set", f"limit:{name}", legal_at, publish_at, data, live=MOVING, moved="limit_moved")


def _moved(view: View, case: Case, name: str, end: Due) -> list[Conclusion]:
    """A date once told that another calendar moves, either way, or makes firm: the applicant hears of it once, the same day."""
    record = view.records.get(f"limit:{name}")
    if record is None or record.status != "set" or record.data["calendar"] == view.calendar.version:
        return []
    change = _change(record.data, end)
    if change is None or (case.closed_at is not None and case.closed_at <= view.at and view.in_doubt is None):
        return []
    fields = {
        "clock": name, "change": change, "old_due_on": record.data["due_on"], "new_due_on": end.due_on.isoformat(),
        "reason": view.calendar.version,
    }  # fmt: skip
    data = {"to": "applicant", "kind": "date_moved", "legal_at": view.iso(view.at), "fields": fields}
    return [Conclusion("notice_due", f"notice:date_moved:{view.calendar.version}", view.at, view.at, data)]


def _change(told: dict[str, Any], end: Due) -> str | None:
    due_on = end.due_on.isoformat()
    if due_on != told["due_on"]:
        return "later" if due_on > told["due_on"] else "earlier"
    return "firm" if told["provisional"] and not end.provisional else None


AFTER_APPROVAL = ("delivery", "verification")


def after_the_decision(view: View, name: str) -> Due | None:
    """What was approved must reach the applicant (Licensing Law art. 44); what he undertook is verified (告知承诺)."""
    decision = view.case.decision
    if decision is None or getattr(decision.data, "result", None) not in {"approved", "approved_in_part"}:
        return None
    limit = (
        view.profile.delivery_limit
        if name == "delivery"
        else view.item.verification_limit
        if view.item.undertaking
        else None
    )
    return (
        due(limit, decision.occurred_on or decision.occurred_at, view.calendar, view.profile)
        if limit is not None
        else None
    )


def _after_the_decision(view: View) -> list[Conclusion]:
    decision, found = view.case.decision, []
    for name in AFTER_APPROVAL if decision is not None else ():
        end = after_the_decision(view, name)
        if end is not None and decision is not None:
            told = _told(view, name, decision.occurred_at, end, end.expires_at)
            found.append(_limit(name, decision.occurred_at, view.at, told))
    return found


def _deemed(view: View) -> list[Conclusion]:
    start = view.case.start
    if start is None or start.deemed_at is None:
        return []
    data = {"from": view.iso(start.at), "clause": view.profile.clauses.get("notice_window", "")}
    return [Conclusion("deemed_accepted", "deemed", start.deemed_at, start.deemed_at, data)]
