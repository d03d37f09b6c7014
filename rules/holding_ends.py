"""How a case ends: expiry, silence, outcome, certificate, holds, and what the applicant hears of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from rules.calendar_review import IMPLIED
from rules.case import Clock, OfficeState
from rules.chain import owner_of_hold
from rules.conclusion import Conclusion, ahead
from rules.moment import View
from rules.records import GONE
from rules.time_limits import due

REVIEWED = {"under_review": "outcome_under_review", "revoked": "outcome_revoked"}


def ends(view: View) -> list[Conclusion]:
    found: list[Conclusion] = []
    for clock in view.case.clocks.values():
        found += _expiry(view, clock)
    found += _outcome(view)
    found += _certificates(view)
    found += _holds(view)
    found += _remedies(view, found)
    found += _certificate_notices(view)
    return found


def rests_on(view: View) -> object:
    case = view.case
    ended = case.outcome, case.status, case.closed_at, case.silence_clock
    published = [view.published(view.broken[name], name) for name in case.clocks if name in view.broken]
    return view.item, case.source, case.clocks, view.broken, published, case.offices, case.settled, case.holds, ended


def _expiry(view: View, clock: Clock) -> list[Conclusion]:
    at = view.broken.get(clock.name)
    if at is None:
        return []
    data = {"clock": clock.name, "at": view.iso(at)}
    wait = view.published(at, clock.name)
    return [Conclusion("limit_expired", f"expired:{clock.name}", at, wait, data, live=("at",), moved="limit_expired")]


def withheld(view: View) -> bool:
    """An effect of silence found by back-fill waits until a person confirms it."""
    said = view.case.settled.get("backfilled")
    return view.health.backfilled and (said is None or said.result != "effect")


def _in_review(view: View) -> bool:
    """While a calendar has put the consent of an office in doubt the case is in review: silence has no effect of its own before that is settled."""
    return bool(view.consents.doubted) and not view.on_record("outcome")


def _outcome(view: View) -> list[Conclusion]:
    outcome = view.case.outcome
    if outcome is None:
        return _reopened(view)
    implied = IMPLIED.get(outcome.kind)
    if implied and (withheld(view) or _in_review(view)):
        return []
    publish = view.published(outcome.legal_at, view.case.silence_clock or "committed") if implied else view.at
    if outcome.kind == "not_pursued" and outcome.by is None:
        publish = view.waited(outcome.legal_at, "applicant")
    data = {
        "kind": outcome.kind, "at": view.iso(outcome.legal_at), "fact": outcome.by, "clause": view.item.silence.basis,
        "calendar": view.calendar.version,
    }  # fmt: skip
    turn = REVIEWED.get(outcome.review) or ("outcome_confirmed" if outcome.confirmed_by else None)
    live = ("kind", "at")
    found = [
        Conclusion(implied or "outcome_recorded", "outcome", outcome.legal_at, publish, data, turn=turn, live=live)
    ]
    closed = {"status": view.case.status, "at": view.iso(view.case.closed_at or outcome.legal_at)}
    kind = "case_closed" if view.case.closed_at else "case_reopened"
    found.append(Conclusion(kind, "case", outcome.legal_at, publish, closed, live=("status",), moved=kind))
    if outcome.kind == "not_pursued":
        found.append(notice(view, "not_pursued", "applicant", outcome.legal_at, publish))
    # An end on record that has fallen away before the next one may be published leaves the case open meanwhile.
    return [*found, *_reopened(view)] if view.ahead(publish) else found


def _reopened(view: View) -> list[Conclusion]:
    if "case" not in view.records or view.records["case"].status == "open":
        return []
    data = {"status": "open", "at": view.iso(view.at)}
    return [Conclusion("case_reopened", "case", view.at, view.at, data, live=("status",), moved="case_reopened")]


# -- certificates -------------------------------------------------------------------------------------------------------


def _certificates(view: View) -> list[Conclusion]:
    outcome, found = view.case.outcome, []
    if outcome is not None and outcome.kind == "implied_consent" and not (withheld(view) or _in_review(view)):
        clock = view.case.clocks[view.case.silence_clock or "committed"]
        publish = view.published(outcome.legal_at, clock.name)
        found += _certificate(view, "case", outcome.legal_at, publish, clock.due.due_on if clock.due else None)
        found.append(notice(view, "consent_implied", "applicant", outcome.legal_at, publish))
    for office in view.case.offices:
        found += _office(view, office)
    return found


def _office(view: View, office: OfficeState) -> list[Conclusion]:
    clock = f"office:{office.id}"
    at = view.consents.doubted.get(clock) or view.broken.get(clock)
    if at is None or not office.consents:
        return []
    publish = view.published(at, clock)
    data = {"office": office.id, "at": view.iso(at), "calendar": view.calendar.version}
    consented = Conclusion("office_consented", clock, at, publish, data, live=("at",), moved="office_consented")
    return [consented, *_certificate(view, clock, at, publish, office.due.due_on if office.due else None)]


def _certificate(view: View, for_: str, at: datetime, publish: datetime, due_on: date | None) -> list[Conclusion]:
    key = f"certificate:{for_}:{view.iso(at)}"
    if view.ahead(publish):
        return [ahead("certificate_issued", key, at, publish)]
    eve = view.day(at) - timedelta(1)
    deadline = due(view.profile.certificate_within, max(due_on, eve) if due_on else eve, view.calendar, view.profile)
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
    if for_ in view.consents.doubted:
        review = "under_review"
    turned: dict[str, Any] = {} if review == "none" else {"status": review}
    turn = None if review == "none" else "certificate_status_changed"
    return [Conclusion("certificate_issued", key, at, publish, data, turn=turn, turned=turned)]


def _certificate_notices(view: View) -> list[Conclusion]:
    """Whoever holds a certificate hears when it is no longer simply valid."""
    found = []
    for record in view.records.values():
        if record.kind == "certificate" and record.data["for"] == "case" and record.status != "valid":
            key = f"notice:certificate_superseded:{record.data['number']}:{record.status}"
            fields = {"certificate_number": record.data["number"], "certificate_status": record.status}
            data = {
                "to": "applicant",
                "kind": "certificate_superseded",
                "legal_at": view.iso(view.at),
                "fields": fields,
            }
            found.append(Conclusion("notice_due", key, view.at, view.at, data))
    return found


# -- holds --------------------------------------------------------------------------------------------------------------


def _holds(view: View) -> list[Conclusion]:
    opened = {
        h.reason: (h.opened_at, _hold_time(view, h.reason, h.opened_at)) for h in view.case.holds if not h.closed_at
    }
    for clock in view.case.clocks.values():
        at = clock.expired_at
        unsure = at is not None and clock.due is not None and clock.due.provisional and not _closed_before(view, at)
        if unsure and at is not None and "provisional_date" not in view.case.settled:
            opened.setdefault("provisional_date", (at, view.waited(at, clock.name)))
    for name, at in view.broken.items():
        if view.behind(at) and view.on_record_since(at, name) is None:
            opened.setdefault("source_behind", (at, view.waited(at, name)))
    outcome = view.case.outcome
    if outcome is not None and outcome.kind in IMPLIED and withheld(view) and "backfilled" not in view.case.settled:
        opened["backfilled"] = (outcome.legal_at, view.waited(outcome.legal_at, view.case.silence_clock or "committed"))
    if view.in_doubt is not None or view.consents.doubted:
        before = view.records.get("hold:calendar_corrected")
        since = before.legal_at if before is not None and before.status == "open" and before.legal_at else view.at
        opened["calendar_corrected"] = (since, view.at)
    elif outcome is not None and outcome.review == "under_review" and outcome.review_at is not None:
        opened["under_review"] = (outcome.review_at, view.at)
    return [_hold(view, reason, at, publish) for reason, (at, publish) in opened.items()]


def _closed_before(view: View, at: datetime) -> bool:
    return view.case.closed_at is not None and view.case.closed_at < at


def _hold_time(view: View, reason: str, opened: datetime) -> datetime:
    return view.at if reason == "reason_claimed" else view.waited(opened, view.case.silence_clock or "committed")


def _hold(view: View, reason: str, at: datetime, publish: datetime) -> Conclusion:
    key = f"hold:{reason}"
    if view.ahead(publish):
        return ahead("hold_opened", key, at, publish)
    data = {
        "reason": reason,
        "owner": owner_of_hold(view.world, view.case.unit, view.day(at)),
        "opened_at": view.iso(at),
    }
    return Conclusion("hold_opened", key, at, publish, data)


# -- notices ------------------------------------------------------------------------------------------------------------


def _remedies(view: View, found: list[Conclusion]) -> list[Conclusion]:
    """Where silence grants nothing, or a hold keeps it from doing so, the applicant is told what he can do when the limit is broken."""
    if any(c.type in IMPLIED.values() for c in found):
        return []
    broken = [(c.legal_at or view.at, c.publish_at) for c in found if c.type == "limit_expired"]
    held = view.records.get("hold:provisional_date")
    if not broken and held is not None and held.status not in GONE and held.legal_at is not None:
        broken.append((held.legal_at, view.at))
    return [notice(view, "remedies", "applicant", at, publish) for at, publish in broken]


def notice(view: View, kind: str, to: str, at: datetime, publish: datetime, **fields: Any) -> Conclusion:
    key = f"notice:{kind}:{to}:{view.iso(at)}"
    if view.ahead(publish):
        return ahead("notice_due", key, at, publish)
    return Conclusion(
        "notice_due", key, at, publish, {"to": to, "kind": kind, "legal_at": view.iso(at), "fields": fields}
    )
