"""The alert ladder after an end: yellow, red, the next superior, the leading-group office. Every rung once per cause, never without an addressee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from rules.accountability import Ladder
from rules.alerts import alert, rung_key, slow, word_on
from rules.chain import ABOVE_RED, Rung, holder_or_up, inspectors, next_rung, office
from rules.charges import finding
from rules.conclusion import Conclusion
from rules.limit import Limit
from rules.moment import View
from rules.stream import Record
from rules.time_limits import due

ABOVE_OWNER = ("first_responsible", "discipline_group")


def chains(view: View, found: Sequence[Conclusion]) -> list[Conclusion]:
    """Cards for what was broken, and the climb of every card that nobody answers."""
    cards: list[Conclusion] = []
    for conclusion in found:
        if conclusion.type == "limit_expired":
            cards += _red(view, conclusion)
        elif conclusion.type == "step_expired":
            cards.append(_yellow(view, conclusion))
        elif conclusion.type == "hold_opened":
            cards += _held(view, conclusion)
    return cards


def _card(view: View, cause: str, level: str, conclusion: Conclusion, to: Sequence[str], **data: Any) -> Conclusion:
    legal_at = conclusion.legal_at
    assert legal_at is not None
    reachable = view.health.reachable_since
    late = (reachable is not None and reachable > legal_at) or slow(view, conclusion.publish_at)
    return alert(view, cause, level, 0, legal_at, conclusion.publish_at, to, late=late, **data)


def _yellow(view: View, conclusion: Conclusion) -> Conclusion:
    cause = conclusion.key.removeprefix("expired:")
    assert conclusion.legal_at is not None
    if view.ahead(conclusion.publish_at) or rung_key(view, cause, "yellow", 0, conclusion.legal_at) in view.records:
        return _card(view, cause, "yellow", conclusion, ())  # nobody is asked yet, or whoever was asked stays asked
    holder = next((s.holder for s in view.case.steps if f"step:{s.id}" == cause), None)
    return _card(view, cause, "yellow", conclusion, holder_or_up(view.world, view.case.unit, holder, view.day(view.at)))


def _red(view: View, conclusion: Conclusion) -> list[Conclusion]:
    """To the holder and the section head, to be answered in time; else one up, to an address that always exists."""
    cause = conclusion.key.replace("expired:", "limit:")
    assert conclusion.legal_at is not None
    if view.ahead(conclusion.publish_at):
        return [_card(view, cause, "red", conclusion, ())]
    on = view.day(view.at)
    ladder = view.world.accountability_of(view.case.unit, on).ladder
    record = view.records.get(rung_key(view, cause, "red", 0, conclusion.legal_at))
    if record is None:
        until = due(ladder.answer_within, on, view.calendar, view.profile).expires_at if ladder.answer_within else None
        to = _first_asked(view, conclusion.legal_at, on)
        return [_card(view, cause, "red", conclusion, to, respond_until=view.iso(until) if until else None)]
    return [_card(view, cause, "red", conclusion, ()), *_climb(view, cause, record, ladder)]


def _first_asked(view: View, legal_at: datetime, on: date) -> tuple[str, ...]:
    holders = holder_or_up(view.world, view.case.unit, view.holder(legal_at), on)
    return tuple(dict.fromkeys([*holders, *view.world.holders(view.case.unit, "section_head", on)]))


def _climb(view: View, cause: str, card: Record, ladder: Ladder) -> list[Conclusion]:
    """What follows a red card that nobody answers, rung by rung."""
    found: list[Conclusion] = []
    record: Record | None = card
    rung, asked = 0, None
    while record is not None and (at := _unanswered_at(view, record, ladder.answer_within, ladder.acknowledge_within)):
        rung += 1
        if rung == 1:
            found += _unanswered(view, cause, at)
        if rung == 1 and view.ahead(at):  # there is always one above; who it is will be asked then
            return [*found, alert(view, cause, "escalated", rung, at, at, (), late=False)]
        above = next_rung(view.world, view.case.unit, view.day(view.at), ABOVE_RED, asked)
        if above is None:
            break
        step = _step_up(view, cause, rung, at, max(at, record.recorded_at), above)
        found.append(step)
        record = view.records.get(step.key)
        asked = record.data["asked"] if record is not None else None
    return found


def _step_up(view: View, cause: str, rung: int, at: datetime, publish: datetime, above: Rung) -> Conclusion:
    return alert(view, cause, "escalated", rung, at, publish, above.people, late=slow(view, at), asked=above.post)


def _unanswered_at(view: View, alert: Record, answer: Limit | None, acknowledge: Limit | None) -> datetime | None:
    """When the first clock of a fired alert ran or will run out without a word; None if the word came in time."""
    ends = []
    answered, acknowledged = word_on(view, "alert.answered", alert), word_on(view, "alert.acknowledged", alert)
    for within, words in ((answer, (answered,)), (acknowledge, (answered, acknowledged))):
        if within is None:
            continue
        end = due(within, view.day(alert.recorded_at), view.calendar, view.profile).expires_at
        if not any(w is not None and w.occurred_at < end for w in words):
            ends.append(end)
    return min(ends, default=None)


def _unanswered(view: View, cause: str, at: datetime) -> list[Conclusion]:
    found = finding(view, "alert_unanswered", f"alert_unanswered:{cause}", at, at, person=view.present_holder(at))
    to = () if view.ahead(at) else inspectors(view.world, view.day(at)) or office(view.world)
    return [found, alert(view, f"alert_unanswered:{cause}", "red", 0, at, at, to, late=slow(view, at))]


def _held(view: View, conclusion: Conclusion) -> list[Conclusion]:
    """A hold is told to its owner and the inspectors the same day, and climbs as long as it is open."""
    cause = conclusion.key
    if view.ahead(conclusion.publish_at):
        return [_card(view, cause, "yellow", conclusion, ())]
    on = view.day(view.at)
    owner = next_rung(view.world, view.case.unit, on, ABOVE_OWNER, None)
    told = (*(owner.people[:1] if owner else ()), *inspectors(view.world, on))
    to = tuple(dict.fromkeys(told)) or office(view.world)
    card = _card(view, cause, "yellow", conclusion, to, asked=owner.post if owner else None)
    return [card, *_overdue(view, cause, view.records.get(card.key))]


def _overdue(view: View, cause: str, record: Record | None) -> list[Conclusion]:
    """One up each time the clock to clear a hold has run out."""
    found: list[Conclusion] = []
    while record is not None:
        on = view.day(view.at)
        above = next_rung(view.world, view.case.unit, on, ABOVE_OWNER, record.data["asked"])
        if above is None:
            break
        at = due(view.world.practice.hold_within, view.day(record.recorded_at), view.calendar, view.profile).expires_at
        found.append(_step_up(view, cause, len(found) + 1, at, at, above))
        record = view.records.get(found[-1].key)
    return found
