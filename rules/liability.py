"""Attribution: who held the case on each working day of the limit, and whom a breach is proposed against."""

from __future__ import annotations

from datetime import date, timedelta

from rules.case import Clock
from rules.chain import climb
from rules.moment import View
from rules.time_limits import explain


def shares(view: View, clock: Clock) -> list[dict[str, int | str]]:
    """Working days held within the limit by each holder; suspended days count for nobody. The largest share first."""
    held: dict[str, int] = {}
    for day in _days(view, clock):
        person = _holder_on(view, day)
        if person is not None:
            held[person] = held.get(person, 0) + 1
    return [{"person": p, "working_days": n} for p, n in sorted(held.items(), key=lambda pair: -pair[1])]


def _days(view: View, clock: Clock) -> list[date]:
    """The working days that counted within the limit, as its explanation counts them."""
    assert clock.due is not None
    first = view.day(clock.start.at) + timedelta(1)
    plain = clock.limit.unit == "working_days" and not clock.spans and not clock.extensions and view.profile.is_plain
    if plain or clock.limit.unit == "until_date":
        found = [day for day in _between(first, clock.due.due_on) if view.calendar.is_working_day(day)]
    else:
        lines = explain(clock.limit, clock.start.value, view.calendar, view.profile, clock.spans, clock.extensions)
        found = [line.on for line in lines if line.counted and view.calendar.is_working_day(line.on)]
    # A limit in which no working day lay was held by whoever had the case at its end.
    return found or [clock.due.due_on]


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _holder_on(view: View, day: date) -> str | None:
    """The holder on a day; a leaver's case is held by the post's superior until it is handed over."""
    return in_post(view, view.holder(view.calendar.start_of(day)), day)


def in_post(view: View, person: str | None, day: date) -> str | None:
    """The person, or the superior of the post where its holder has left it."""
    if person is None or view.world.active(person, day):
        return person
    above = climb(view.world, view.case.unit, day, ("section_head", "deputy_in_charge", "first_responsible"))
    return above[0][0] if above else person


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
