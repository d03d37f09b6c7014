"""The alert ladder: warning, yellow, red, the next superior, the leading-group office. Every rung once per cause, never without an addressee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from rules.calendar_review import IMPLIED
from rules.case import Clock
from rules.chain import ABOVE_RED, climb, holder_or_up, inspectors, office
from rules.charges import finding
from rules.conclusion import Conclusion, ahead
from rules.facts import Fact
from rules.holding_ends import notice
from rules.items import Warning_
from rules.limit import HOURLY, Limit
from rules.moment import View
from rules.stream import Record
from rules.time_limits import due, shift
from rules.words import concerns

TYPES = {"warning": "warning_raised", "yellow": "yellow_card", "red": "red_card", "escalated": "alert_escalated"}
TURNS = (
    ("alert.answered", "alert_answered", "answered_at"),
    ("alert.acknowledged", "alert_acknowledged", "acknowledged_at"),
)
ABOVE_OWNER = ("first_responsible", "discipline_group")


def _alert(
    view: View,
    cause: str,
    level: str,
    rung: int,
    scheduled: datetime,
    publish: datetime,
    to: Sequence[str],
    *,
    late: bool,
    **data: Any,
) -> Conclusion:
    key = f"alert:{cause}:{level}:{rung}"
    if view.ahead(publish):
        return ahead(TYPES[level], key, scheduled, publish)
    body = {
        "cause": cause, "level": level, "rung": rung, "scheduled_at": view.iso(scheduled), "fired_at": view.iso(view.at),
        "to": list(to), "late_by_system": late, "acknowledged_at": None, "answered_at": None, **data,
    }  # fmt: skip
    turn, turned = _turn(view, view.records.get(key))
    return Conclusion(TYPES[level], key, scheduled, publish, body, turn=turn, turned=turned)


def _turn(view: View, record: Record | None) -> tuple[str | None, dict[str, Any]]:
    """Acknowledged or answered; an answer tells more, and an earlier acknowledgement stays on record beside it."""
    if record is None or not view.said:
        return None, {}
    turn: str | None = None
    turned: dict[str, Any] = {}
    for type_, entry, name in reversed(TURNS):
        word = _word(view, type_, record)
        if word is not None:
            turn, turned = entry, {**turned, name: view.iso(word.occurred_at), "by": word.actor}
    return turn, turned


def _word(view: View, type_: str, alert: Record) -> Fact | None:
    return next((f for f in view.said if f.type == type_ and concerns(f, alert)), None)


def _slow(view: View, could_be: datetime) -> bool:
    """Late through our own fault: written well after it could have been."""
    return view.at - could_be > view.world.practice.late_by_system_after


# -- before the end -----------------------------------------------------------------------------------------------------


def warnings(view: View) -> list[Conclusion]:
    """Early warnings of every running clock, and what the one who decides is shown before silence takes effect."""
    found = []
    for clock in view.case.clocks.values():
        if clock.due is None or _over(view, clock) or (clock.start.deemed_at and clock.start.deemed_at > view.at):
            continue
        for rung, warning in enumerate(view.item.warnings):
            at = _warning_at(view, clock, warning.before)
            if at is not None and (clock.completed_at is None or at < clock.completed_at):
                found.append(_warning(view, clock, warning, rung, at))
    return found + _pre_mortem(view)


def _over(view: View, clock: Clock) -> bool:
    return clock.completed_at is not None and clock.completed_at <= view.at and clock.completed_by != "implied"


def _warning(view: View, clock: Clock, warning: Warning_, rung: int, at: datetime) -> Conclusion:
    cause = f"limit:{clock.name}"
    if view.ahead(at):
        return ahead(TYPES[warning.level], f"alert:{cause}:{warning.level}:{rung}", at, at)
    to = holder_or_up(view.world, view.case.unit, view.present_holder(at), view.day(at))
    known = view.records.get(cause)
    since = datetime.fromisoformat(known.data["known_from"]) if known else view.at
    due_on = clock.due.due_on.isoformat() if clock.due else None
    return _alert(view, cause, warning.level, rung, at, at, to, late=_slow(view, max(at, since)), due_on=due_on)


def _warning_at(view: View, clock: Clock, before: Limit) -> datetime | None:
    """On the working day that lies `before` ahead of the last day; not before the clock started."""
    assert clock.due is not None
    back = Limit(amount=-before.amount, unit=before.unit)
    if before.unit in HOURLY:
        moment = shift(clock.due.expires_at, back, view.calendar, view.profile)
        assert isinstance(moment, datetime)
        at = moment
    else:
        day = shift(clock.due.due_on, back, view.calendar, view.profile)
        at = opening(view, view.calendar.roll(day, "previous"))
    if at < clock.start.at:
        return clock.start.at if view.day(at) == view.day(clock.start.at) else None
    return at


def opening(view: View, day: date) -> datetime:
    """When a working day begins: its office hours, else the time the installation has set."""
    if view.calendar.has_hours and (segments := view.calendar.hours_on(day)):
        return segments[0][0]
    begins = time.fromisoformat(view.world.practice.warning_time)
    return view.calendar.instant(day, begins.hour * 60 + begins.minute)


def _pre_mortem(view: View) -> list[Conclusion]:
    """time-limits.md 6.8: who decides sees what will be granted, to whom, and can decide, suspend lawfully or let it go."""
    outcome = view.case.outcome
    if outcome is None or outcome.by is not None or outcome.kind not in IMPLIED or view.in_doubt is not None:
        return []
    clock = view.case.clocks[view.case.silence_clock or "committed"]
    at = max(_warning_at(view, clock, view.world.practice.pre_mortem_before) or clock.start.at, clock.start.at)
    if clock.due is None or view.at >= outcome.legal_at:
        return []
    heads = view.world.holders(view.case.unit, "first_responsible", view.day(at))
    to = heads or holder_or_up(view.world, view.case.unit, None, view.day(at))
    due_on = clock.due.due_on.isoformat()
    fields = {"matter": "silence", "decide_by": due_on, "granted": view.item.silence.grants}
    return [notice(view, "decision_reminder", person, outcome.legal_at, at, **fields) for person in to]


# -- after the end ------------------------------------------------------------------------------------------------------


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
    late = (reachable is not None and reachable > legal_at) or _slow(view, conclusion.publish_at)
    return _alert(view, cause, level, 0, legal_at, conclusion.publish_at, to, late=late, **data)


def _yellow(view: View, conclusion: Conclusion) -> Conclusion:
    cause = conclusion.key.removeprefix("expired:")
    if view.ahead(conclusion.publish_at):
        return _card(view, cause, "yellow", conclusion, ())
    holder = next((s.holder for s in view.case.steps if f"step:{s.id}" == cause), None)
    return _card(view, cause, "yellow", conclusion, holder_or_up(view.world, view.case.unit, holder, view.day(view.at)))


def _red(view: View, conclusion: Conclusion) -> list[Conclusion]:
    """To the holder and the section head, to be answered in time; else one up, to an address that always exists."""
    cause = conclusion.key.replace("expired:", "limit:")
    assert conclusion.legal_at is not None
    if view.ahead(conclusion.publish_at):
        return [_card(view, cause, "red", conclusion, ())]
    on = view.day(view.at)
    holders = holder_or_up(view.world, view.case.unit, view.holder(conclusion.legal_at), on)
    to = dict.fromkeys([*holders, *view.world.holders(view.case.unit, "section_head", on)])
    ladder = view.world.accountability_of(view.case.unit, on).ladder
    until = due(ladder.answer_within, on, view.calendar, view.profile).expires_at if ladder.answer_within else None
    red = _card(view, cause, "red", conclusion, tuple(to), respond_until=view.iso(until) if until else None)
    found, record = [red], view.records.get(red.key)
    for rung, above in enumerate(climb(view.world, view.case.unit, on, ABOVE_RED), start=1):
        at = None if record is None else _unanswered_at(view, record, ladder.answer_within, ladder.acknowledge_within)
        if at is None or record is None:
            break
        if rung == 1:
            found += _unanswered(view, cause, at)
        step = _alert(view, cause, "escalated", rung, at, max(at, record.recorded_at), above, late=_slow(view, at))
        found.append(step)
        record = view.records.get(step.key)
    return found


def _unanswered_at(view: View, alert: Record, answer: Limit | None, acknowledge: Limit | None) -> datetime | None:
    """When the first clock of a fired alert ran or will run out without a word; None if the word came in time."""
    ends = []
    answered, acknowledged = _word(view, "alert.answered", alert), _word(view, "alert.acknowledged", alert)
    for within, words in ((answer, (answered,)), (acknowledge, (answered, acknowledged))):
        if within is None:
            continue
        end = due(within, view.day(alert.recorded_at), view.calendar, view.profile).expires_at
        if not any(w is not None and w.occurred_at < end for w in words):
            ends.append(end)
    return min(ends, default=None)


def _unanswered(view: View, cause: str, at: datetime) -> list[Conclusion]:
    found = finding(view, "alert_unanswered", f"alert_unanswered:{cause}", at, at, person=view.present_holder(at))
    to = inspectors(view.world, view.day(at)) or office(view.world)
    return [found, _alert(view, f"alert_unanswered:{cause}", "red", 0, at, at, to, late=_slow(view, at))]


def _held(view: View, conclusion: Conclusion) -> list[Conclusion]:
    """A hold is told to its owner and the inspectors the same day, and climbs as long as it is open."""
    cause = conclusion.key
    if view.ahead(conclusion.publish_at):
        return [_card(view, cause, "yellow", conclusion, ())]
    on = view.day(view.at)
    owner = [conclusion.data["owner"]] if conclusion.data["owner"] else []
    card = _card(
        view,
        cause,
        "yellow",
        conclusion,
        tuple(dict.fromkeys([*owner, *inspectors(view.world, on)])) or office(view.world),
    )
    found, record = [card], view.records.get(card.key)
    for rung, above in enumerate(climb(view.world, view.case.unit, on, ABOVE_OWNER)[1:], start=1):
        if record is None:
            break
        at = due(view.world.practice.hold_within, view.day(record.recorded_at), view.calendar, view.profile).expires_at
        step = _alert(view, cause, "escalated", rung, at, at, above, late=_slow(view, at))
        found.append(step)
        record = view.records.get(step.key)
    return found
