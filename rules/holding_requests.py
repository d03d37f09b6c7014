"""What an inspector asks of a unit, each with a clock: an inquiry, a supervision proposal (监察建议书), the receipt of a referral."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from rules.alerts import alert, slow
from rules.chain import climb, inspectors, office
from rules.conclusion import Conclusion
from rules.facts import Fact
from rules.holding_alerts import climbing, closed
from rules.moment import View
from rules.stream import Record
from rules.time_limits import due

ASKED = {"inquiry.opened": "inquiry.answered", "supervision.proposed": "supervision.answered"}
HEADS = ("first_responsible", "deputy_in_charge", "discipline_group")
ABOVE = HEADS[2:]


class Request(msgspec.Struct, frozen=True):
    """`end`: when the clock of its answer ends; `answer`: the word that answered it."""

    cause: str
    asked: Fact
    unit: str
    end: datetime
    answer: Fact | None


def requests(view: View) -> list[Conclusion]:
    """Of a request the unit's head is told; it climbs if it is not answered, and closes with its answer."""
    found: list[Conclusion] = []
    for request in _asked(view):
        found += _ladder(view, request)
    for fact in view.of_type("case.referred"):
        found += _receipt(view, fact)
    return found


def _asked(view: View) -> list[Request]:
    found = []
    for type_, answer in ASKED.items():
        answers = sorted(view.of_type(answer), key=lambda f: f.occurred_at)
        for fact in sorted(view.of_type(type_), key=lambda f: f.occurred_at):
            word = next((f for f in answers if f.occurred_at >= fact.occurred_at), None)
            if word is not None:
                answers.remove(word)  # each answer is for the oldest question
            unit = fact.data.unit or view.case.unit
            found.append(Request(f"{type_.split('.')[0]}:{fact.id}", fact, unit, _end(view, fact, unit), word))
    return found


def _end(view: View, fact: Fact, unit: str) -> datetime:
    """The last day that was named, else the term of the unit's rules, counted from the day of the request."""
    if fact.data.answer_by is not None:
        return view.calendar.end_of(fact.data.answer_by)
    rules = view.rules_on(view.day(fact.occurred_at), unit)
    within = rules.inquiry_answer if fact.type == "inquiry.opened" else rules.supervision_answer
    return due(within, view.day(fact.occurred_at), view.calendar, view.profile).expires_at


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
    answered = request.answer is not None and request.answer.occurred_at < request.end
    if answered:
        return [told]
    since = known.recorded_at if known is not None else view.at
    asked = Record("alert", key, "open", request.asked.occurred_at, since, since, {"to": [to]})
    ladder = view.rules_on(on, request.unit).ladder
    rungs = climbing(view, request.cause, asked, ladder, request.answer, ABOVE, end=request.end, unit=request.unit)
    return [told, *(c if request.answer is None else closed(view, c, request.answer) for c in rungs)]


def _told(view: View, request: Request, key: str, to: str) -> Conclusion:
    last = view.day(request.end - timedelta(microseconds=1))
    fields = {"duty": request.cause.split(":")[0], "due_on": last.isoformat(), "overdue": False}
    data = {"to": to, "kind": "duty_due", "legal_at": view.iso(request.asked.occurred_at), "fields": fields}
    return Conclusion("notice_due", key, request.asked.occurred_at, view.at, data)


def _receipt(view: View, fact: Fact) -> list[Conclusion]:
    """The competent body has to say that it received the package; if it does not, the inspectors look into it."""
    rules = view.rules_on(view.day(fact.occurred_at))
    end = due(rules.receipt_within, view.day(fact.occurred_at), view.calendar, view.profile).expires_at
    word = next((f for f in view.of_type("referral.answered") if f.occurred_at >= fact.occurred_at), None)
    if word is not None and word.occurred_at < end:
        return []
    on: date = view.day(view.at)
    to = () if view.ahead(end) else inspectors(view.world, on) or office(view.world)
    card = alert(view, f"referral:{fact.id}", "yellow", 0, end, end, to, late=slow(view, end))
    return [card if word is None else closed(view, card, word)]
