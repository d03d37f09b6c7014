"""The alert ladder after an end: yellow, red, the next superior, the leading-group office. Every rung once per cause, never without an addressee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from rules.accountability import Ladder
from rules.alerts import alert, rung_key, slow, word_on
from rules.chain import ABOVE_RED, Rung, holder_or_up, inspectors, next_rung, office, vacant
from rules.charges import finding
from rules.conclusion import Conclusion
from rules.facts import Fact
from rules.moment import View
from rules.stream import Record
from rules.time_limits import due

ABOVE_OWNER = ("first_responsible", "discipline_group")


def chains(view: View, found: Sequence[Conclusion]) -> list[Conclusion]:
    """Cards for what was broken, and the climb of every card that nobody answers."""
    cards: list[Conclusion] = []
    for conclusion in found:
        if conclusion.type == "limit_expired":
            cards += _red(view, conclusion, dismissed(view, found, conclusion.key.removeprefix("expired:")))
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


def dismissed(view: View, found: Sequence[Conclusion], clock: str) -> Fact | None:
    """The word that took the ground from the cards of a clock: the finding was dismissed or excused, or the decision reversed."""
    for conclusion in found:
        if conclusion.key == f"breach:{clock}" and conclusion.turn in {"breach_withdrawn", "breach_excused"}:
            return next((f for f in view.facts if f.id == conclusion.turned["fact"]), None)
    return None


def _red(view: View, conclusion: Conclusion, gone: Fact | None) -> list[Conclusion]:
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
        to, skipped = _first_asked(view, conclusion.legal_at, on)
        more = {"respond_until": view.iso(until) if until else None, "skipped": skipped}
        return [_card(view, cause, "red", conclusion, to, **more)]
    cards = [_card(view, cause, "red", conclusion, ()), *climbing(view, cause, record, ladder, gone)]
    return cards if gone is None else [closed(view, card, gone) for card in cards]


def _first_asked(view: View, legal_at: datetime, on: date) -> tuple[tuple[str, ...], list[str]]:
    """Who is asked first, and whoever was passed over because he has left his post."""
    holder = view.holder(legal_at)
    holders = holder_or_up(view.world, view.case.unit, holder, on)
    asked = dict.fromkeys([*holders, *view.world.holders(view.case.unit, "section_head", on)])
    return tuple(asked), [holder] if holder is not None and holder not in holders else []


def closed(view: View, card: Conclusion, gone: Fact) -> Conclusion:
    """An alert closes when its cause does; what was said to it before stays on record."""
    if card.type == "finding_opened" or card.key not in view.records:
        return card
    said = {"closed_at": view.iso(gone.occurred_at), "by": gone.actor, "fact": gone.id}
    return msgspec.structs.replace(card, turn="alert_closed", turned={**card.turned, **said})


def climbing(
    view: View, cause: str, card: Record, ladder: Ladder, gone: Fact | None = None, posts: tuple[str, ...] = ABOVE_RED,
    *, end: datetime | None = None, unit: str | None = None, without: frozenset[str] = frozenset(),
) -> list[Conclusion]:  # fmt: skip
    """What follows a card that nobody answers, rung by rung; nothing after it was answered, closed, or lost its ground.

    `end`: the card's own clock, where it is not the ladder's; `unit`: whose chain it climbs, where it is not the case's;
    `without`: whom it passes over, because it is about them.
    """
    found: list[Conclusion] = []
    record: Record | None = card
    told, asked, rung = frozenset(card.data["to"]) | without, None, 0
    while record is not None:
        at = end if end is not None and record is card else _unanswered_at(view, record, ladder)
        if at is None or (gone is not None and gone.occurred_at <= at):
            break
        rung += 1
        if rung == 1:
            found += _unanswered(view, cause, at, card)
        if rung == 1 and view.ahead(at):  # there is always one above; who it is will be asked then
            return [*found, alert(view, cause, "escalated", rung, at, at, (), late=False)]
        above = next_rung(view.world, unit or view.case.unit, view.day(view.at), posts, asked, told)
        known = view.records.get(rung_key(view, cause, "escalated", rung, at))
        if above is None and known is None:
            break
        skipped = vacant(view.world, unit or view.case.unit, view.day(view.at), posts, asked, above)
        step = _step_up(view, cause, rung, at, max(at, record.recorded_at), above or Rung("", ()), skipped)
        found.append(step)
        record = view.records.get(step.key)
        if record is not None:
            told, asked = told | set(record.data["to"]), record.data["asked"]
    return found


def _step_up(
    view: View, cause: str, rung: int, at: datetime, publish: datetime, above: Rung, skipped: Sequence[str] = ()
) -> Conclusion:
    data = {"asked": above.post, "skipped": list(skipped)}
    return alert(view, cause, "escalated", rung, at, publish, above.people, late=slow(view, at), **data)


def _unanswered_at(view: View, alert: Record, ladder: Ladder) -> datetime | None:
    """When the first clock of a fired alert ran or will run out without a word; None if the word came in time.

    Each rung has its own addressee, who answers for himself. Where no way led to an addressee nobody waits for an answer.
    """
    ends = []
    words = [w for type_ in ("alert.answered", "alert.closed") if (w := word_on(view, type_, alert))]
    seen = word_on(view, "alert.acknowledged", alert)
    for within, heard in (
        (ladder.answer_within, words),
        (ladder.acknowledge_within, [*words, *([seen] if seen else [])]),
    ):
        if within is None:
            continue
        end = due(within, view.day(alert.recorded_at), view.calendar, view.profile).expires_at
        if not any(w.occurred_at < end for w in heard):
            ends.append(end)
    failed = word_on(view, "alert.undeliverable", alert)
    if failed is not None and not any(w.occurred_at < failed.occurred_at for w in words):
        ends.append(failed.occurred_at)
    return min(ends, default=None)


def _unanswered(view: View, cause: str, at: datetime, card: Record) -> list[Conclusion]:
    """Of a card about the case it is the holder's; of a request it is theirs who were asked."""
    asked = next(iter(card.data["to"]), None)
    person = view.present_holder(at) if cause.startswith("limit:") else asked
    found = finding(view, "alert_unanswered", f"alert_unanswered:{cause}", at, at, person=person)
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
