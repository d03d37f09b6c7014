"""Attribution: who held the case on each working day of the limit, and whom a breach is proposed against."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from rules.case import Clock
from rules.chain import climb
from rules.moment import View


def shares(view: View, clock: Clock) -> list[dict[str, int | str]]:
    """Working days held within the limit by each holder; suspended days count for nobody. The largest share first."""
    held: dict[str, int] = {}
    for day in _days(view, clock):
        person = _holder_on(view, day)
        if person is not None:
            held[person] = held.get(person, 0) + 1
    return [{"person": p, "working_days": n} for p, n in sorted(held.items(), key=lambda pair: -pair[1])]


def _days(view: View, clock: Clock) -> list[date]:
    assert clock.due is not None
    day, last = view.day(clock.start.at) + timedelta(1), clock.due.due_on
    day = min(day, last)
    found = []
    while day <= last:
        if view.calendar.is_working_day(day) and not _suspended(view, clock, day):
            found.append(day)
        day += timedelta(1)
    return found


def _suspended(view: View, clock: Clock, day: date) -> bool:
    counted = view.profile.suspension
    for stop in view.case.stops:
        if not stop.touches(clock.name) or stop.end is None:
            continue
        first, last = _day(view, stop.start_value), _day(view, stop.end_value or stop.end)
        inside = first < day < last
        at_stop = day == first and not counted.stop_day_counts
        at_restart = day == last and first != last and not counted.restart_day_counts
        if inside or at_stop or at_restart:
            return True
    return False


def _day(view: View, at: date | datetime) -> date:
    """A stop or a restart known by its day alone is on that day, whatever instant it takes effect at."""
    return view.day(at) if isinstance(at, datetime) else at


def _holder_on(view: View, day: date) -> str | None:
    """The holder on a day; a leaver's case is held by the post's superior until it is handed over."""
    person = view.holder(view.calendar.start_of(day))
    if person is not None and view.world.active(person, day):
        return person
    above = climb(view.world, view.case.unit, day, ("section_head", "deputy_in_charge", "first_responsible"))
    return above[0][0] if above and person is not None else person


def proposed_against(view: View, found: list[dict[str, int | str]], on: date) -> list[str]:
    """The largest share, and others from the threshold of the unit's rules on."""
    if not found:
        return []
    total = sum(int(s["working_days"]) for s in found)
    threshold = view.world.accountability_of(view.case.unit, on).share_threshold
    most = int(found[0]["working_days"])
    return [
        str(s["person"])
        for s in found
        if int(s["working_days"]) == most or int(s["working_days"]) * 100 >= threshold * total
    ]
