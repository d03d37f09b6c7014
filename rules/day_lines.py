"""The day-by-day account of a limit: what each day counted for, and why.

`why` is the calendar's word (`working`, `make_up`, `special_hours`, `weekend`, `off`), `counted` (a calendar day),
`suspended`, `restarted`, `rolled`, `no_office_time` (before opening or after closing), or the profile's parameter
(`day_zero`, `non_working_receipt`, `minimum_working_days`); `basis` is the instrument or the clause.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from rules.calendar import ONE_DAY, Calendar
from rules.day_count import DayCount, Stretch
from rules.hour_count import HourCount, Piece, pieces
from rules.limit import DayLine
from rules.profile import Profile
from rules.suspensions import Stop, suspended_days


def day_lines(days: DayCount, calendar: Calendar, profile: Profile) -> Iterator[DayLine]:
    """From the day of receipt to the last day of a limit counted in days."""
    n, again = 0, 0
    on = days.received_on
    while on <= max(days.due_on, days.end):
        stretch = _stretch_of(on, days.stretches)
        if stretch is None:
            yield DayLine(on, False, None, *_idle(on, days, calendar, profile))
        else:
            n, again = (n if stretch.again == again else 0), stretch.again
            counted = not stretch.working or calendar.is_working_day(on)
            n += counted
            yield DayLine(on, counted, n if counted else None, *_ran(on, stretch, calendar))
        on += ONE_DAY


def _stretch_of(on: date, stretches: Sequence[Stretch]) -> Stretch | None:
    return next((each for each in reversed(stretches) if each.after < on <= each.through), None)


def _ran(on: date, stretch: Stretch, calendar: Calendar) -> tuple[str, str]:
    return calendar.why(on) if stretch.working else ("counted", "")


def _idle(on: date, days: DayCount, calendar: Calendar, profile: Profile) -> tuple[str, str]:
    """Why a day did not run, with the clause."""
    if on > days.end:
        extra = profile.period_end_roll != "next_working_day" or on > calendar.roll(days.end, "next")
        why, parameter = ("minimum_working_days",) * 2 if extra else ("rolled", "period_end_roll")
        return why, profile.clauses.get(parameter, "")
    for stop in days.stops:
        if on == stop.restarted_on:
            return "restarted", profile.clauses.get("suspension.restart_day_counts", "")
        if _stands_still(on, stop, profile):
            return "suspended", profile.clauses.get("suspension.stop_day_counts", "")
    parameter = "day_zero" if on >= days.day_zero else "non_working_receipt"
    return parameter, profile.clauses.get(parameter, "")


def _stands_still(on: date, stop: Stop, profile: Profile) -> bool:
    first, last = suspended_days(stop, profile.suspension)
    return first <= on <= max(last, stop.restarted_on)


def hour_lines(hours: HourCount, seconds_of_unit: int, calendar: Calendar, profile: Profile) -> Iterator[DayLine]:
    """From the day of the start to the last day of a limit counted in office time."""
    ran = _by_day(pieces(hours.start, hours.end, hours.stops, calendar), hours.again)
    on = calendar.local_date(hours.start)
    while on <= hours.due_on:
        seconds, total = ran.get(on, (0, 0))
        n = total // seconds_of_unit if seconds else None
        why, basis = calendar.why(on) if seconds else _closed(on, hours.stops, calendar, profile)
        yield DayLine(on, seconds > 0, n, why, basis, seconds)
        on += ONE_DAY


def _by_day(ran: Iterable[Piece], again: Sequence[datetime]) -> dict[date, tuple[int, int]]:
    """Office seconds of each day, and the count reached with it, which begins anew with the limit."""
    found: dict[date, tuple[int, int]] = {}
    total, begun = 0, 0
    for piece in ran:
        while begun < len(again) and piece.opens >= again[begun]:
            total, begun = 0, begun + 1
        seconds = int((piece.closes - piece.opens).total_seconds())
        total += seconds
        found[piece.day] = (found.get(piece.day, (0, 0))[0] + seconds, total)
    return found


def _closed(on: date, stops: Sequence[Stop], calendar: Calendar, profile: Profile) -> tuple[str, str]:
    if calendar.is_working_day(on):
        if any(stop.begin < calendar.end_of(on) and stop.end > calendar.start_of(on) for stop in stops):
            return "suspended", profile.clauses.get("suspension.stop_day_counts", "")
        return "no_office_time", ""
    return calendar.why(on)
