"""What follows from the end of a limit, and how a case ends: expiry, silence, outcome, certificate, holds, notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rules.case import Clock
from rules.chain import owner_of_hold
from rules.conclusion import Conclusion, ahead
from rules.moment import View
from rules.time_limits import due

IMPLIED = {"implied_consent": "consent_implied", "implied_refusal": "refusal_implied"}


def ends(view: View) -> list[Conclusion]:
    found: list[Conclusion] = []
    for clock in view.case.clocks.values():
        found += _expiry(view, clock)
    found += _outcome(view)
    found += _certificates(view)
    found += _holds(view)
    found += _remedies(view, found)
    return found


def expired(view: View, clock: Clock) -> datetime | None:
    """When a clock ran out with effect: not on a provisional date, on which nothing irreversible happens."""
    at = clock.expired_at
    if at is None or clock.due is None or clock.due.provisional:
        return None
    return None if view.case.closed_at is not None and view.case.closed_at < at else at


def _expiry(view: View, clock: Clock) -> list[Conclusion]:
    at = expired(view, clock)
    if at is None:
        return []
    data = {"clock": clock.name, "at": view.iso(at)}
    wait = view.published(at, clock.name)
    return [Conclusion("limit_expired", f"expired:{clock.name}", at, wait, data, live=("at",), moved="limit_expired")]


def _outcome(view: View) -> list[Conclusion]:
    outcome = view.case.outcome
    if outcome is None:
        return _reopened(view)
    clock = view.case.silence_clock or "committed"
    implied = IMPLIED.get(outcome.kind)
    publish = view.published(outcome.legal_at, clock) if outcome.by is None else view.at
    if implied and (view.behind(outcome.legal_at) or view.health.backfilled or under_calendar_review(view)):
        return []
    data = {
        "kind": outcome.kind,
        "at": view.iso(outcome.legal_at),
        "fact": outcome.by,
        "clause": _clause(view),
        "calendar": view.calendar.version,
    }
    turn = {"under_review": "outcome_under_review", "revoked": "outcome_revoked"}.get(outcome.review)
    turn = turn or ("outcome_confirmed" if outcome.confirmed_by else None)
    found = [
        Conclusion(
            implied or "outcome_recorded", "outcome", outcome.legal_at, publish, data, turn=turn, live=("kind", "at")
        )
    ]
    closed = {"status": view.case.status, "at": view.iso(view.case.closed_at or outcome.legal_at)}
    kind = "case_closed" if view.case.closed_at else "case_reopened"
    found.append(Conclusion(kind, "case", outcome.legal_at, publish, closed, live=("status",), moved=kind))
    if outcome.kind == "not_pursued":
        found.append(notice(view, "not_pursued", "applicant", outcome.legal_at, publish))
    return found


def under_calendar_review(view: View) -> bool:
    """An effect is on record that the calendar now in force would not have produced, or not at that instant."""
    record, outcome = view.records.get("outcome"), view.case.outcome
    if record is None or record.data["kind"] not in IMPLIED or record.status in {"superseded", "revoked"}:
        return False
    same = (
        outcome is not None and outcome.kind == record.data["kind"] and view.iso(outcome.legal_at) == record.data["at"]
    )
    return not same and record.data.get("calendar") != view.calendar.version and view.cause.startswith("calendar")


def _reopened(view: View) -> list[Conclusion]:
    if "case" not in view.records or view.records["case"].status == "open":
        return []
    data = {"status": "open", "at": view.iso(view.at)}
    return [Conclusion("case_reopened", "case", view.at, view.at, data, live=("status",), moved="case_reopened")]


def _clause(view: View) -> str | None:
    return view.item.silence.basis


def _certificates(view: View) -> list[Conclusion]:
    outcome, found = view.case.outcome, []
    blocked = outcome is None or view.behind(outcome.legal_at) or view.health.backfilled or under_calendar_review(view)
    if outcome is not None and outcome.kind == "implied_consent" and not blocked:
        clock = view.case.clocks[view.case.silence_clock or "committed"]
        publish = view.published(outcome.legal_at, clock.name)
        found += _certificate(view, "case", outcome.legal_at, publish, clock.due.due_on if clock.due else None)
        found.append(notice(view, "consent_implied", "applicant", outcome.legal_at, publish))
    for office in view.case.offices:
        if office.consents and office.expired_at is not None and not (office.due and office.due.provisional):
            publish = max(office.expired_at + view.delay, view.published(office.expired_at, f"office:{office.id}"))
            data = {"office": office.id, "at": view.iso(office.expired_at)}
            found.append(Conclusion("office_consented", f"office:{office.id}", office.expired_at, publish, data))
            due_on = office.due.due_on if office.due else None
            found += _certificate(view, f"office:{office.id}", office.expired_at, publish, due_on)
    return found


def _certificate(view: View, for_: str, at: datetime, publish: datetime, due_on: date | None) -> list[Conclusion]:
    key = f"certificate:{for_}:{view.iso(at)}"
    if view.ahead(publish):
        return [ahead("certificate_issued", key, at, publish)]
    eve = view.day(at).fromordinal(view.day(at).toordinal() - 1)
    base = max(due_on, eve) if due_on else eve
    deadline = due(view.profile.certificate_within, base, view.calendar, view.profile)
    suffix = "" if for_ == "case" else "-" + for_.removeprefix("office:")
    data = {
        "number": f"MX-{view.case.id}{suffix}-{view.day(at):%Y%m%d}",
        "for": for_,
        "legal_at": view.iso(at),
        "due_by": deadline.due_on.isoformat(),
        "due_by_at": view.iso(deadline.expires_at),
        "status": "valid",
    }
    review = view.case.outcome.review if view.case.outcome and for_ == "case" else "none"
    turned: dict[str, Any] = {} if review == "none" else {"status": review}
    turn = None if review == "none" else "certificate_status_changed"
    return [Conclusion("certificate_issued", key, at, publish, data, turn=turn, turned=turned)]


def _holds(view: View) -> list[Conclusion]:
    found = [
        _hold(view, h.reason, h.opened_at, _hold_time(view, h.reason, h.opened_at))
        for h in view.case.holds
        if not h.closed_at
    ]
    known = {c.data["reason"] for c in found}
    for clock in view.case.clocks.values():
        at = clock.expired_at
        if at is not None and clock.due and clock.due.provisional and "provisional_date" not in known:
            known.add("provisional_date")
            found.append(_hold(view, "provisional_date", at, view.published(at, clock.name)))
    outcome = view.case.outcome
    if outcome is not None and outcome.kind in IMPLIED and outcome.by is None:
        publish = view.published(outcome.legal_at, view.case.silence_clock or "committed")
        if view.behind(outcome.legal_at):
            found.append(_hold(view, "source_behind", outcome.legal_at, publish))
        elif view.health.backfilled:
            found.append(_hold(view, "backfilled", outcome.legal_at, publish))
    return found


def _hold_time(view: View, reason: str, opened: datetime) -> datetime:
    return opened if reason == "reason_claimed" else view.published(opened, view.case.silence_clock or "committed")


def _hold(view: View, reason: str, at: datetime, publish: datetime) -> Conclusion:
    data = {
        "reason": reason,
        "owner": owner_of_hold(view.world, view.case.unit, view.day(at)),
        "opened_at": view.iso(at),
    }
    return Conclusion("hold_opened", f"hold:{reason}", at, publish, data)


def _remedies(view: View, found: list[Conclusion]) -> list[Conclusion]:
    """Where silence grants nothing, the applicant is told what he can do when the limit is broken."""
    if any(c.type in IMPLIED.values() for c in found):
        return []
    broken = [
        c
        for c in found
        if c.type == "limit_expired" or (c.type == "hold_opened" and c.data["reason"] == "provisional_date")
    ]
    return [notice(view, "remedies", "applicant", c.legal_at or view.at, c.publish_at) for c in broken[:1]]


def notice(view: View, kind: str, to: str, at: datetime, publish: datetime, **fields: Any) -> Conclusion:
    key = f"notice:{kind}:{to}:{view.iso(at)}"
    if view.ahead(publish):
        return ahead("notice_due", key, at, publish)
    return Conclusion(
        "notice_due", key, at, publish, {"to": to, "kind": kind, "legal_at": view.iso(at), "fields": fields}
    )
