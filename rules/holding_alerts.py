"""The alert ladder: warning, yellow, red, the next superior, the leading-group office. Every rung once per cause, never without an addressee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from rules.case import Clock
from rules.chain import ABOVE_RED, climb, holder_or_up, inspectors, office
from rules.conclusion import Conclusion, ahead
from rules.facts import Fact
from rules.holding_findings import _finding
from rules.items import Warning_
from rules.limit import Limit
from rules.moment import View
from rules.time_limits import due, shift

TYPES = {"warning": "warning_raised", "yellow": "yellow_card", "red": "red_card", "escalated": "alert_escalated"}


def _alert(
    view: View,
    cause: str,
    level: str,
    rung: int,
    scheduled: datetime,
    publish: datetime,
    to: Sequence[str],
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
    turn, turned = _turn(view, key, level, cause)
    return Conclusion(TYPES[level], key, scheduled, publish, body, turn=turn, turned=turned)


def _turn(view: View, key: str, level: str, cause: str) -> tuple[str | None, dict[str, Any]]:
    record = view.records.get(key)
    if record is None:
        return None, {}
    for type_, turn, name in (
        ("alert.answered", "alert_answered", "answered_at"),
        ("alert.acknowledged", "alert_acknowledged", "acknowledged_at"),
    ):
        word = _word(view, type_, level, cause, record.recorded_at)
        if word is not None:
            return turn, {name: view.iso(word.occurred_at), "by": word.actor}
    return None, {}


def _word(view: View, type_: str, level: str, cause: str, since: datetime) -> Fact | None:
    """The first acknowledgement or answer of an alert; a word that names no level or cause is for every alert of the case."""
    return next(
        (
            f for f in view.facts
            if f.type == type_ and f.data.level in {None, level} and f.data.cause in {None, cause} and f.recorded_at >= since
        ),
        None,
    )  # fmt: skip


def warnings(view: View) -> list[Conclusion]:
    """Early warnings of every running clock, on the working day that lies `before` ahead of its last day, to the holder."""
    found = []
    for clock in view.case.clocks.values():
        if clock.due is None or (clock.start.known_at > view.at and clock.start.deemed_at):
            continue
        for rung, warning in enumerate(view.item.warnings):
            at = _warning_at(view, clock, warning)
            if at is not None and (clock.completed_at is None or at < clock.completed_at):
                to = (
                    ()
                    if view.ahead(at)
                    else holder_or_up(view.world, view.case.unit, view.present_holder(at), view.day(at))
                )
                found.append(_warning(view, clock, warning, rung, at, to))
    return found


def _warning(view: View, clock: Clock, warning: Warning_, rung: int, at: datetime, to: Sequence[str]) -> Conclusion:
    known = view.records.get(f"limit:{clock.name}")
    since = datetime.fromisoformat(known.data["known_from"]) if known else view.at
    due_on = clock.due.due_on.isoformat() if clock.due else None
    return _alert(
        view, f"limit:{clock.name}", warning.level, rung, at, at, to, _slow(view, max(at, since)), due_on=due_on
    )


def _slow(view: View, could_be: datetime) -> bool:
    """Late through our own fault: written well after it could have been."""
    return view.at - could_be > view.world.practice.late_by_system_after


def _warning_at(view: View, clock: Clock, warning: Warning_) -> datetime | None:
    assert clock.due is not None
    ahead = warning.before
    if ahead.unit in {"working_hours", "working_minutes"}:
        at = shift(clock.due.expires_at, _negative(ahead), view.calendar, view.profile)
        assert isinstance(at, datetime)
    else:
        day = shift(clock.due.due_on, _negative(ahead), view.calendar, view.profile)
        assert isinstance(day, date)
        at = opening(view, view.calendar.roll(day, "previous"))
    if at < clock.start.at:
        return clock.start.at if view.day(at) == view.day(clock.start.at) else None
    return at


def _negative(limit: Limit) -> Limit:
    return Limit(amount=-limit.amount, unit=limit.unit)


def opening(view: View, day: date) -> datetime:
    """When a working day begins: its office hours, else the time the installation has set."""
    if view.calendar.has_hours and (segments := view.calendar.hours_on(day)):
        return segments[0][0]
    hour, minute = view.world.practice.warning_time.split(":")
    return (
        view.calendar.start_of(day) + timedelta(hours=int(hour), minutes=int(minute))
        if time(int(hour))
        else view.calendar.start_of(day)
    )


def chains(view: View, found: Sequence[Conclusion]) -> list[Conclusion]:
    """Cards for what was broken, and the climb of every card that nobody answers."""
    cards: list[Conclusion] = []
    for conclusion in found:
        cause = conclusion.data.get("clock")
        if conclusion.type == "limit_expired":
            cards += _red(view, f"limit:{cause}", conclusion)
        elif conclusion.type == "step_expired":
            to = holder_or_up(view.world, view.case.unit, _step_holder(view, conclusion), view.day(view.at))
            cards.append(_card(view, str(cause), "yellow", conclusion, to))
        elif conclusion.type == "hold_opened":
            owner = [conclusion.data["owner"]] if conclusion.data["owner"] else []
            to = tuple(dict.fromkeys([*owner, *inspectors(view.world, view.day(view.at))])) or office(view.world)
            cards.append(_card(view, f"hold:{conclusion.data['reason']}", "yellow", conclusion, to))
    return cards


def _step_holder(view: View, conclusion: Conclusion) -> str | None:
    return next((s.holder for s in view.case.steps if s.id == conclusion.data["step"]), None)


def _card(view: View, cause: str, level: str, conclusion: Conclusion, to: Sequence[str]) -> Conclusion:
    legal_at = conclusion.legal_at
    assert legal_at is not None
    reachable = view.health.reachable_since
    late = (reachable is not None and reachable > legal_at) or _slow(view, conclusion.publish_at)
    return _alert(view, cause, level, 0, legal_at, conclusion.publish_at, to, late)


def _red(view: View, cause: str, conclusion: Conclusion) -> list[Conclusion]:
    assert conclusion.legal_at is not None
    if view.ahead(conclusion.publish_at):
        return [_card(view, cause, "red", conclusion, ())]
    on = view.day(max(conclusion.legal_at, view.at))
    holder = view.holder(conclusion.legal_at)
    heads = view.world.holders(view.case.unit, "section_head", on)
    to = tuple(dict.fromkeys([*holder_or_up(view.world, view.case.unit, holder, on), *heads]))
    red = _card(view, cause, "red", conclusion, to)
    return [red, *_climb(view, cause, red)]


def _climb(view: View, cause: str, red: Conclusion) -> list[Conclusion]:
    """A red card not answered in time goes one up, and so on, to an address that always exists."""
    record = view.records.get(red.key)
    rules = view.world.accountability_of(view.case.unit, view.day(view.at)).ladder
    if record is None:
        return []
    found: list[Conclusion] = []
    posts = climb(view.world, view.case.unit, view.day(view.at), ABOVE_RED)
    for rung, to in enumerate(posts, start=1):
        at = _unanswered_at(
            view, record.recorded_at, cause, record.data["level"], rules.answer_within, rules.acknowledge_within
        )
        if at is None:
            return found
        if rung == 1:
            found += _unanswered(view, cause, at)
        step = _alert(view, cause, "escalated", rung, at, max(at, record.recorded_at), to, _slow(view, at))
        found.append(step)
        record = view.records.get(step.key)
        if record is None:
            return found
    return found


def _unanswered_at(
    view: View, fired: datetime, cause: str, level: str, answer: Limit | None, acknowledge: Limit | None
) -> datetime | None:
    """When the first clock of a fired alert ran or will run out without a word; None if the word came in time."""
    ends = []
    for within, types in ((answer, ("alert.answered",)), (acknowledge, ("alert.answered", "alert.acknowledged"))):
        if within is None:
            continue
        end = due(within, view.day(fired), view.calendar, view.profile).expires_at
        words = [w for t in types if (w := _word(view, t, level, cause, fired))]
        if not any(w.occurred_at < end for w in words):
            ends.append(end)
    answered = _word(view, "alert.answered", level, cause, fired)
    return min((e for e in ends if answered is None or e <= answered.occurred_at), default=None)


def _unanswered(view: View, cause: str, at: datetime) -> list[Conclusion]:
    names = ("alert_unanswered", f"alert_unanswered:{cause}")
    finding = _finding(view, "alert_unanswered", names[1], at, at, names, person=view.present_holder(at))
    to = inspectors(view.world, view.day(at)) or office(view.world)
    return [finding, _alert(view, f"alert_unanswered:{cause}", "red", 0, at, at, to, _slow(view, at))]
