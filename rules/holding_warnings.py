"""What is said before a limit ends: early warnings, and the pre-mortem of a silence."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache

import msgspec

from rules.alerts import TYPES, alert, rung_key, slow
from rules.calendar import Calendar
from rules.case import Clock
from rules.chain import holder_or_up
from rules.conclusion import Conclusion, ahead
from rules.holding_ends import notice
from rules.items import Warning_
from rules.limit import HOURLY, Due, Limit
from rules.moment import View
from rules.periods import MonthEnd
from rules.profile import DEFAULT, shipped_profile
from rules.time_limits import shift


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


def rests_on(view: View) -> object:
    return view.item, view.case.clocks, view.case.outcome, view.case.custody, view.said


def _over(view: View, clock: Clock) -> bool:
    return clock.completed_at is not None and clock.completed_at <= view.at and clock.completed_by != "implied"


def _warning(view: View, clock: Clock, warning: Warning_, rung: int, at: datetime) -> Conclusion:
    cause = f"limit:{clock.name}"
    key = rung_key(view, cause, warning.level, rung, at)
    if view.ahead(at) or (key in view.records and not view.said):
        return ahead(TYPES[warning.level], key, at, at)
    to = holder_or_up(view.world, view.case.unit, view.present_holder(at), view.day(at))
    known = view.records.get(cause)
    since = datetime.fromisoformat(known.data["known_from"]) if known else view.at
    due_on = clock.due.due_on.isoformat() if clock.due else None
    return alert(view, cause, warning.level, rung, at, at, to, late=slow(view, max(at, since)), due_on=due_on)


def _warning_at(view: View, clock: Clock, before: Limit) -> datetime | None:
    return warned_at(clock, before, view.calendar, view.profile.month_end, view.world.practice.warning_time)


def warned_at(clock: Clock, before: Limit, calendar: Calendar, month_end: MonthEnd, opening: str) -> datetime | None:
    """On the working day that lies `before` ahead of the last day; not before the clock started."""
    assert clock.due is not None
    at, began = warning_moment(clock.due, before, calendar, month_end, opening), clock.start.at
    if at < began:
        return began if calendar.local_date(at) == calendar.local_date(began) else None
    return at


@lru_cache(maxsize=65536)
def warning_moment(end: Due, before: Limit, calendar: Calendar, month_end: MonthEnd, opening: str) -> datetime:
    """When a warning falls that comes `before` an end. Asked at every step of every case, with few different answers."""
    back = Limit(amount=-before.amount, unit=before.unit)
    rules = msgspec.structs.replace(shipped_profile(DEFAULT), month_end=month_end)
    if before.unit in HOURLY:
        moment = shift(end.expires_at, back, calendar, rules)
        assert isinstance(moment, datetime)
        return moment
    return opening_of(calendar, calendar.roll(shift(end.due_on, back, calendar, rules), "previous"), opening)


def opening_of(calendar: Calendar, day: date, opening: str) -> datetime:
    """When a working day begins: its office hours, else the time the installation has set."""
    if calendar.has_hours and (segments := calendar.hours_on(day)):
        return segments[0][0]
    begins = time.fromisoformat(opening)
    return calendar.instant(day, begins.hour * 60 + begins.minute)


def _pre_mortem(view: View) -> list[Conclusion]:
    """time-limits.md 6.8: who decides sees what will be granted, to whom, and can decide, suspend lawfully or let it go."""
    outcome = view.case.outcome
    if outcome is None or outcome.by is not None or outcome.kind != "implied_consent" or view.in_doubt is not None:
        return []
    clock = view.case.clocks[view.case.silence_clock or "committed"]
    at = max(_warning_at(view, clock, view.world.practice.pre_mortem_before) or clock.start.at, clock.start.at)
    if clock.due is None or view.at >= outcome.legal_at:
        return []
    if view.ahead(at):
        return [ahead("notice_due", "notice:decision_reminder", outcome.legal_at, at)]
    heads = view.world.holders(view.case.unit, "first_responsible", view.day(at))
    to = heads or holder_or_up(view.world, view.case.unit, None, view.day(at))
    due_on = clock.due.due_on.isoformat()
    fields = {"matter": "silence", "decide_by": due_on, "granted": view.item.silence.grants}
    return [notice(view, "decision_reminder", person, outcome.legal_at, at, **fields) for person in to]
