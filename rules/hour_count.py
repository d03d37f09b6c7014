"""Limits in working hours and minutes: counted through office hours, suspensions cut out to the second."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from rules.calendar import Calendar
from rules.errors import RuleError
from rules.suspensions import Stop

NOTHING = timedelta(0)


class Piece(NamedTuple):
    """Office time that ran: on the local `day`, from `opens` to `closes` (UTC)."""

    day: date
    opens: datetime
    closes: datetime


class HourCount(NamedTuple):
    """How a limit in hours came to its end.

    `again` are the instants at which the whole limit began anew, `looked_at` the ranges of days whose hours had a say.
    """

    start: datetime
    stops: tuple[Stop, ...]
    end: datetime
    due_on: date
    again: tuple[datetime, ...]
    looked_at: tuple[tuple[date, date], ...]


def office_time(calendar: Calendar, since: datetime) -> Iterator[Piece]:
    """Office hours from an instant on, without end (RuleError where the calendar ends)."""
    day = calendar.local_date(since)
    while True:
        for opens, closes in calendar.hours_on(day):
            if closes > since:
                yield Piece(day, max(opens, since), closes)
        day = calendar.add_working_days(day, 1)


def office_time_before(calendar: Calendar, until: datetime) -> Iterator[Piece]:
    """Office hours back from an instant, the nearest first."""
    day = calendar.local_date(until)
    while True:
        for opens, closes in reversed(calendar.hours_on(day)):
            if opens < until:
                yield Piece(day, opens, min(closes, until))
        day = calendar.add_working_days(day, -1)


def count_hours(amount: timedelta, start: datetime, stops: Sequence[Stop], calendar: Calendar) -> HourCount | None:
    """The earliest instant at which `amount` has passed; None while the clock stands still without an end."""
    require_hours(calendar)
    at, left = start, amount
    looked: list[tuple[date, date]] = []
    again: list[datetime] = []
    for stop in (*stops, None):
        end, day, left = _advance(calendar, at, left, stop and stop.begin)
        looked.append((calendar.local_date(at), day))
        if end is not None:
            return HourCount(start, tuple(stops), end, day, tuple(again), tuple(looked))
        if stop is None or stop.lasts:
            break
        at = stop.end
        if stop.restarts:
            left = amount
            again.append(at)
    return None


def _advance(
    calendar: Calendar, at: datetime, left: timedelta, until: datetime | None
) -> tuple[datetime | None, date, timedelta]:
    """Use up `left` from `at`, at most to `until`: the end if it was reached, the day of it, and what is left."""
    for day, opens, closes in office_time(calendar, at):
        if until is not None and until <= opens:
            # Nothing runs at `until` itself, so an amount used up exactly there has ended before.
            return None, min(day, calendar.local_date(until)), left
        if left <= closes - opens and (until is None or left <= until - opens):
            return opens + left, day, NOTHING
        if until is not None and until <= closes:
            return None, day, left - (until - opens)
        left -= closes - opens
    raise AssertionError("office time has no end")


def require_hours(calendar: Calendar) -> None:
    """Working hours cannot be counted on a calendar that knows none."""
    if not calendar.has_hours:
        text = "this calendar has no office hours; add office_hours to count working hours and minutes"
        raise RuleError("calendar_without_hours", text, "calendar.office_hours")


def hours_between(since: datetime, until: datetime, stops: Sequence[Stop], calendar: Calendar) -> timedelta:
    """Office time from one instant to another without the stops; zero if `until` lies before."""
    require_hours(calendar)
    total = NOTHING
    for piece in pieces(since, until, stops, calendar):
        total += piece.closes - piece.opens
    return total


def pieces(since: datetime, until: datetime, stops: Sequence[Stop], calendar: Calendar) -> Iterator[Piece]:
    """The office time of `hours_between`, piece by piece."""
    for day, opens, closes in office_time(calendar, since) if since < until else ():
        if opens >= until:
            return
        yield from _outside(Piece(day, opens, min(closes, until)), stops)


def _outside(piece: Piece, stops: Sequence[Stop]) -> Iterator[Piece]:
    at = piece.opens
    for stop in stops:
        if stop.end <= at or stop.begin >= piece.closes:
            continue
        if stop.begin > at:
            yield Piece(piece.day, at, stop.begin)
        at = stop.end
    if at < piece.closes:
        yield Piece(piece.day, at, piece.closes)


def shift_hours(start: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """The instant `amount` of office time away, backwards if negative; it stays on the edge where it is used up."""
    require_hours(calendar)
    if amount == NOTHING:
        return start.astimezone(UTC)
    if amount > NOTHING:
        end, _, _ = _advance(calendar, start.astimezone(UTC), amount, None)
        assert end is not None
        return end
    left = -amount
    for _, opens, closes in office_time_before(calendar, start.astimezone(UTC)):
        if left <= closes - opens:
            return closes - left
        left -= closes - opens
    raise AssertionError("office time has no beginning")
