"""What follows while a request of an inspector waits for its answer: the unit's head is told, then it climbs; a referral's receipt is tracked."""

from __future__ import annotations

from datetime import timedelta

from rules.alerts import alert, slow
from rules.chain import climb, inspectors, office
from rules.climbing import climbing, closed
from rules.conclusion import Conclusion
from rules.moment import View
from rules.requests import ASKED, REFERRED, Request, Terms, asked_of, referred_of
from rules.stream import Record

HEADS = ("first_responsible", "deputy_in_charge", "discipline_group")
ABOVE = HEADS[2:]
ASKING = frozenset({*ASKED, REFERRED})


def requests(view: View) -> list[Conclusion]:
    """Of a request the unit's head is told; it climbs if it is not answered, and closes with its answer."""
    if view.types.isdisjoint(ASKING):  # as of hardly any case
        return []
    terms = Terms(view.world, view.calendar, view.profile, view.case.unit)
    asked = [one for request in asked_of(view.facts, terms) for one in _ladder(view, request)]
    return [*asked, *(one for request in referred_of(view.facts, terms) for one in _receipt(view, request))]


def _ladder(view: View, request: Request) -> list[Conclusion]:
    """The head is told at once; what is not answered in time is found, told to the inspectors, and goes up."""
    on = view.day(view.at)
    key = f"notice:duty_due:{request.cause}"
    known = view.records.get(key)
    above = climb(view.world, request.unit, on, HEADS)
    to = known.data["to"] if known is not None else above[0][0] if above else None
    if to is None:
        return []
    told = _told(view, request, key, to)
    if request.answered_in_time:
        return [told]
    since = known.recorded_at if known is not None else view.at
    asked = Record(
        "alert",
        key,
        "open",
        request.asked.occurred_at,
        since,
        since,
        {"to": [to], "level": None, "cause": request.cause},
    )
    ladder = view.rules_on(on, request.unit).ladder
    rungs = climbing(view, request.cause, asked, ladder, request.answer, ABOVE, end=request.end, unit=request.unit)
    return [told, *(c if request.answer is None else closed(view, c, request.answer) for c in rungs)]


def _told(view: View, request: Request, key: str, to: str) -> Conclusion:
    last = view.day(request.end - timedelta(microseconds=1))
    fields = {"duty": request.cause.split(":")[0], "due_on": last.isoformat(), "overdue": False}
    data = {"to": to, "kind": "duty_due", "legal_at": view.iso(request.asked.occurred_at), "fields": fields}
    return Conclusion("notice_due", key, request.asked.occurred_at, view.at, data)


def _receipt(view: View, request: Request) -> list[Conclusion]:
    """If the competent body does not say that it received the package, the inspectors look into it."""
    if request.answered_in_time:
        return []
    end = request.end
    to = () if view.ahead(end) else inspectors(view.world, view.day(view.at)) or office(view.world)
    card = alert(view, request.cause, "yellow", 0, end, end, to, late=slow(view, end))
    return [card if request.answer is None else closed(view, card, request.answer)]
