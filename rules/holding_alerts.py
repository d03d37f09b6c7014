"""The alert ladder after an end: yellow, red, the next superior, the leading-group office. Every rung once per cause, never without an addressee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from rules.alerts import alert, rung_key, slow
from rules.chain import POSTS, SILENT, holder_or_up, inspectors, next_rung, office, vacant
from rules.climbing import Ended, climbing, closed, cut_short, step_up
from rules.conclusion import Conclusion
from rules.drawn import Drawn
from rules.facts import Fact
from rules.moment import View
from rules.stream import Record
from rules.time_limits import due

ABOVE_OWNER = ("first_responsible", "discipline_group")


def chains(view: View, broken: Sequence[Drawn]) -> dict[str, Drawn]:
    """Cards for what was broken or is on hold, and the climb of every card that nobody answers."""
    on = view.day(view.at)
    view.kept.asking((view.world.accountability_of(view.case.unit, on).ladder, view.world.posts_on(on)))
    found = {}
    for conclusion in [c for each in broken for c in each.carded]:
        head, _, name = conclusion.key.partition(":")
        cause = f"limit:{name}" if conclusion.type == "limit_expired" else name if head == "expired" else conclusion.key
        if not _untold(view, cause, conclusion):
            gone = dismissed(view, broken, name) if view.spoken else None
            about, part = (view, cause, conclusion, gone), f"chain:{cause}"
            found[part] = view.kept.part(part, view.at, CHAINS[conclusion.type], *about, rests_on=_rests_on)
    return found


def _untold(view: View, cause: str, conclusion: Conclusion) -> bool:
    """What lies ahead and was never on record has had no card yet; that it will have one at its moment need not be said."""
    if not view.ahead(conclusion.publish_at) or conclusion.key in view.records:
        return False
    return f"alert:{cause}:{LEVELS[conclusion.type]}:0" not in view.records


def _rests_on(view: View, _: str, conclusion: Conclusion, gone: Fact | None) -> object:
    return conclusion.legal_at, conclusion.publish_at, gone, view.item, view.case.custody, view.said


def _card(view: View, cause: str, level: str, conclusion: Conclusion, to: Sequence[str], **data: Any) -> Conclusion:
    legal_at = conclusion.legal_at
    assert legal_at is not None
    reachable = view.health.reachable_since
    late = (reachable is not None and reachable > legal_at) or slow(view, conclusion.publish_at)
    return alert(view, cause, level, 0, legal_at, conclusion.publish_at, to, late=late, **data)


def _yellow(view: View, cause: str, conclusion: Conclusion, _: Fact | None) -> list[Conclusion]:
    assert conclusion.legal_at is not None
    if view.ahead(conclusion.publish_at) or rung_key(view, cause, "yellow", 0, conclusion.legal_at) in view.records:
        return [_card(view, cause, "yellow", conclusion, ())]  # nobody is asked yet, or whoever was asked stays asked
    holder = next((s.holder for s in view.case.steps if f"step:{s.id}" == cause), None)
    to, skipped = _or_above(view, holder, view.day(view.at))
    return [_card(view, cause, "yellow", conclusion, to, **({"skipped": skipped} if skipped else {}))]


def dismissed(view: View, broken: Sequence[Drawn], clock: str) -> Fact | None:
    """The word that took the ground from the cards of a clock: the finding was dismissed or excused, or the decision reversed."""
    for conclusion in [c for each in broken for c in each.due]:
        if conclusion.key == f"breach:{clock}" and conclusion.turn in {"breach_withdrawn", "breach_excused"}:
            return next((f for f in view.facts if f.id == conclusion.turned["fact"]), None)
    return None


def _red(view: View, cause: str, conclusion: Conclusion, gone: Fact | None) -> list[Conclusion]:
    """To the holder and the section head, to be answered in time; else one up, to an address that always exists."""
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
    """The holder and the section head, or the first above; and who or what was passed over."""
    holder = view.holder(legal_at)
    holders, skipped = _or_above(view, holder, on)
    asked = dict.fromkeys([*holders, *view.world.holders(view.case.unit, "section_head", on)])
    return tuple(asked), skipped


def _or_above(view: View, holder: str | None, on: date) -> tuple[tuple[str, ...], list[str]]:
    """A holder who has left and posts that nobody holds are passed over; that is on record."""
    asked = holder_or_up(view.world, view.case.unit, holder, on)
    if holder in asked:
        return asked, []
    above = next_rung(view.world, view.case.unit, on, POSTS, None)
    vacancies = vacant(view.world, view.case.unit, on, POSTS, None, above)
    return asked, [*([holder] if holder is not None else []), *vacancies]


def _held(view: View, cause: str, conclusion: Conclusion, _: Fact | None) -> list[Conclusion]:
    """A hold is told to its owner and the inspectors the same day, and climbs as long as it is open."""
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
        end = due(view.world.practice.hold_within, view.day(record.recorded_at), view.calendar, view.profile).expires_at
        ended = min([Ended(end, SILENT), *cut_short(view, record)])
        found.append(step_up(view, cause, len(found) + 1, ended, ended.at, above))
        record = view.records.get(found[-1].key)
    return found


LEVELS = {"limit_expired": "red", "step_expired": "yellow", "hold_opened": "yellow"}
CHAINS = {"limit_expired": _red, "step_expired": _yellow, "hold_opened": _held}
