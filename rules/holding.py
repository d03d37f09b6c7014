"""holding(view) → what holds of a case: limits, ends, outcome, certificate, findings, breaches, alerts, notices, each with its time."""

from __future__ import annotations

from datetime import datetime

from rules import holding_alerts, holding_ends, holding_findings
from rules.calendar_review import calendar_review
from rules.conclusion import Conclusion
from rules.moment import View
from rules.time_limits import due

MOVING = ("due_on", "expires_at", "provisional", "ends_at", "told")


def holding(view: View) -> list[Conclusion]:
    """Everything that holds or will hold if nothing more comes. In the order in which it is written where instants are equal."""
    found = [*_limits(view), *_stops(view), *_refusals(view)]
    found += holding_ends.ends(view)
    found += calendar_review(view, found)
    found += holding_findings.findings(view)
    found += holding_alerts.warnings(view)
    found += holding_alerts.chains(view, found)
    return found


def _limits(view: View) -> list[Conclusion]:
    case, found = view.case, []
    for name, clock in case.clocks.items():
        if clock.due is None or clock.ends_at is None:
            continue
        data = {
            "clock": name,
            "started_on": view.day(clock.start.at).isoformat(),
            "due_on": clock.due.due_on.isoformat(),
            "expires_at": view.iso(clock.due.expires_at),
            "provisional": clock.due.provisional,
            "ends_at": view.iso(clock.ends_at),
            "reason": view.cause,
            "calendar": view.calendar.version,
            "known_from": view.iso(max(view.at, clock.start.known_at)),
            "told": view.iso(clock.ends_at) if clock.ends_at > clock.due.expires_at else None,
        }
        found.append(_limit(f"limit:{name}", clock.start.at, clock.start.known_at, data))
    return found + _delivery(view) + _deemed(view)


def _limit(key: str, legal_at: datetime, publish_at: datetime, data: dict[str, object]) -> Conclusion:
    return Conclusion("limit_set", key, legal_at, publish_at, data, live=MOVING, moved="limit_moved")


def _delivery(view: View) -> list[Conclusion]:
    """The third clock: what was approved must reach the applicant (Licensing Law art. 44)."""
    decision = view.case.decision
    if decision is None or getattr(decision.data, "result", None) not in {"approved", "approved_in_part"}:
        return []
    end = due(view.profile.delivery_limit, decision.occurred_on or decision.occurred_at, view.calendar, view.profile)
    data = {
        "clock": "delivery",
        "started_on": view.day(decision.occurred_at).isoformat(),
        "due_on": end.due_on.isoformat(),
        "expires_at": view.iso(end.expires_at),
        "provisional": end.provisional,
        "ends_at": view.iso(end.expires_at),
        "reason": view.cause,
        "calendar": view.calendar.version,
        "known_from": view.iso(view.at),
        "told": None,
    }
    return [_limit("limit:delivery", decision.occurred_at, decision.occurred_at, data)]


def _deemed(view: View) -> list[Conclusion]:
    start = view.case.start
    if start is None or start.deemed_at is None:
        return []
    data = {"from": view.iso(start.at), "clause": view.profile.clauses.get("notice_window", "")}
    return [Conclusion("deemed_accepted", "deemed", start.deemed_at, start.deemed_at, data)]


def _stops(view: View) -> list[Conclusion]:
    found = []
    for stop in view.case.stops:
        data = {
            "reason": stop.reason,
            "kind": stop.kind,
            "clock": stop.clock,
            "fact": stop.fact,
            "from": view.iso(stop.start),
        }
        found.append(Conclusion("clock_suspended", f"suspension:{stop.fact}", stop.start, stop.start, data))
        if stop.end is not None:
            data = {"reason": stop.reason, "clock": stop.clock, "fact": stop.fact, "at": view.iso(stop.end)}
            end = Conclusion(
                "clock_resumed",
                f"resumption:{stop.fact}",
                stop.end,
                stop.end,
                data,
                live=("at",),
                moved="clock_resumed",
            )
            found.append(end)
    return found


def _refusals(view: View) -> list[Conclusion]:
    return [
        Conclusion(
            "fact_refused", f"refusal:{r.fact}", r.at, view.at, {"fact": r.fact, "code": r.code, "message": r.message},
            live=("code",), moved="fact_refused",
        )
        for r in view.case.refusals
    ]  # fmt: skip
