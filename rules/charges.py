"""A finding and a breach as conclusions, with what people have said of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from rules.calendar import Calendar
from rules.case import Case
from rules.conclusion import Conclusion, ahead
from rules.detection import DETECTED
from rules.facts import Fact, order
from rules.moment import MOVING, View
from rules.records import GONE
from rules.stream import Record
from rules.words import TURNS, said


def finding(
    view: View, kind: str, about: str, at: datetime, publish: datetime, concerned: Sequence[str] = (), **data: Any
) -> Conclusion:
    """`about`: what it is about (`KIND` or `KIND:WHAT`), unique in the case."""
    key = f"finding:{about}"
    if view.ahead(publish):
        return ahead("finding_opened", key, at, publish)
    body = {"kind": kind, "unit": view.case.unit, "person": None, "at": view.iso(at), **data}
    if kind in DETECTED and view.world.accountability_of(view.case.unit, view.day(at)).detectors.on_trial(kind):
        body["trial"] = True
    if "evidence" not in data:
        body["evidence"] = _bearing(view, key, at)
    word = said(view.said, kind, key, at, (*concerned, body["person"])) if view.said else None
    return Conclusion(
        "finding_opened", key, at, publish, body,
        turn=None if word is None else TURNS[word.type],
        turned={"fact": word.id, "by": word.actor} if word else {},
        live=("at", "person"), moved="finding_opened",
    )  # fmt: skip


def _bearing(view: View, key: str, at: datetime) -> list[str]:
    """The facts from which a limit's end follows, where no single fact shows it. What was first written stays."""
    known = view.records.get(key)
    if known is not None and known.status not in GONE:
        return []
    bearing = [f for f in view.facts if f.type.startswith(MOVING) and f.occurred_at <= at]
    return [f.id for f in sorted(bearing, key=order)]


def breach(
    view: View, kind: str, clock: str, at: datetime, publish: datetime, *,
    shares: Sequence[dict[str, Any]], against: Sequence[str], unit: str | None = None, limit: int | None = None,
) -> Conclusion:  # fmt: skip
    """`clock`: committed, statutory, step:ID, office:ID, or finding:NAME of one that became a breach by its confirmation.

    `limit`: the working days there were, where they are not the sum of the shares.
    """
    if view.ahead(publish):
        return ahead("breach_found", f"breach:{clock}", at, publish)
    days = sum(int(s["working_days"]) for s in shares) if limit is None else limit
    body = {
        "kind": kind, "clock": clock, "unit": unit or view.case.unit, "at": view.iso(at), "supervision_flag": True,
        "mitigating": mitigating(view, clock, at), "confirmed_at": None, "grade": None, "limit": days,
        "shares": list(shares), "proposed_against": list(against),
    }  # fmt: skip
    shared = tuple(str(s["person"]) for s in shares)
    turn, turned = _turn(view, kind, clock, at, tuple(dict.fromkeys([*against, *shared])))
    return Conclusion(
        "breach_found", f"breach:{clock}", at, publish, body, turn=turn, turned=turned,
        live=("at", "shares", "proposed_against", "mitigating"), moved="breach_found",
    )  # fmt: skip


def about(kind: str, clock: str) -> str:
    """The name of the finding that a breach rests on."""
    head, _, name = clock.partition(":")
    return name if head == "finding" else f"{kind}:{name or clock}"


def _turn(
    view: View, kind: str, clock: str, at: datetime, concerned: Sequence[str]
) -> tuple[str | None, dict[str, Any]]:
    reversal = next((f for f in view.of_type("breach.reversed") if f.data.breach == f"breach:{clock}"), None)
    if reversal is not None:
        return "breach_withdrawn", {"fact": reversal.id}
    word = said(view.said, kind, f"finding:{about(kind, clock)}", at, concerned) if view.said else None
    if word is None:
        return None, {}
    if word.type == "finding.confirmed":
        return "breach_updated", {
            "confirmed_at": view.iso(word.occurred_at),
            "confirmed_by": word.actor,
            "late": late_days(view.case, view.calendar, clock, at, word.occurred_at),
            **_severity(word),
        }
    code = getattr(word.data, "code", None)
    return "breach_excused" if code else "breach_withdrawn", {"code": code, "fact": word.id}


def _severity(word: Fact) -> dict[str, Any]:
    data = word.data
    return {
        "grade": data.grade, "nature": data.nature, "circumstances": data.circumstances, "consequences": data.consequences,
        "impact": data.impact, "ratings": data.ratings, "leaders": list(data.leaders),
        "said_facts": [*data.mitigating, *data.aggravating],
    }  # fmt: skip


def late_days(case: Case, calendar: Calendar, clock: str, end: datetime, asked: datetime) -> int:
    """Working days from the last day of the limit to its completion, or to the moment one asks."""
    kind, _, name = clock.partition(":")
    done = {
        "step": [s.completed_at for s in case.steps if s.id == name],
        "office": [o.answered_at for o in case.offices if o.id == name],
    }.get(kind) or [case.clocks[clock].completed_at if clock in case.clocks else None]
    until = min(asked, done[0]) if done[0] is not None and done[0] > end else asked
    return max(
        calendar.working_days_between(calendar.local_date(end - timedelta(microseconds=1)), calendar.local_date(until)),
        0,
    )


LIMITS = ("committed", "statutory")


def mitigating(view: View, clock: str, end: datetime) -> list[str]:
    """What speaks for the officer, as far as the engine knows it (accountability.md 2)."""
    found = []
    if any(_warned_late(r, clock, end) for r in view.records.values() if r.kind == "alert"):
        found.append("warning_late_by_system")
    moved = [view.records.get(f"limit:{name}") for name in (LIMITS if clock not in LIMITS else (clock,))]
    if any(str(h["reason"]).startswith("calendar") for r in moved if r for h in r.history):
        found.append("calendar_corrected")
    if _feed_down(view, end):
        found.append("feed_down")
    if any(f.kind == "transfer_before_expiry" and f.legal_at < end for f in view.case.findings):
        found.append("transferred_before_expiry")
    if any(at <= end for _, at in view.late_offices) and not clock.startswith("office:"):
        found.append("joint_office_late")
    return found


def _warned_late(alert: Record, clock: str, end: datetime) -> bool:
    """A word before the end of this very clock that came late through our own fault."""
    data = alert.data
    own = data["cause"] == f"limit:{clock}" or clock not in LIMITS
    return (
        bool(data["late_by_system"])
        and own
        and "due_on" in data
        and alert.legal_at is not None
        and alert.legal_at < end
    )


def _feed_down(view: View, end: datetime) -> bool:
    """The way to us was shut while the clock ran: a fact that its source had sent lay there, or the source had not caught up."""
    hold = view.records.get("hold:source_behind")
    lay = any(f.reported_at < end for f in view.lay)
    behind = hold is not None and hold.legal_at is not None and hold.legal_at <= end
    return not view.health.backfilled and (lay or behind)
