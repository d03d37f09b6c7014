"""A slow second opinion on time limits: it walks tick by tick and knows nothing of the engine's code.

A day has two ticks, morning (even) and evening (odd). The clock stops and restarts at ticks; a day counts if the clock
runs through it. Office time is walked minute by minute.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Rules:
    working: bool = True
    included: bool = False
    stop_counts: bool = True
    restart_counts: bool = False
    roll: str = "next_working_day"


@dataclass(frozen=True)
class Pause:
    stop: date
    restart: date
    again: bool = False


def rolled(day, rules, is_working):
    step = -DAY if rules.roll == "previous_working_day" and not rules.working else DAY
    while (rules.working or rules.roll != "none") and not is_working(day):
        day += step
    return day


def due_on(amount, zero, pauses, rules, is_working):
    """The last day of a limit of `amount` (1 or more) working or calendar days, walked tick by tick."""
    start = 2 * zero.toordinal()
    begins, ends = [], []
    for pause in pauses:
        last = 2 * max(
            pause.restart.toordinal() + (not rules.restart_counts) / 2, pause.stop.toordinal() + rules.stop_counts / 2
        )
        if last > start:
            # One asked before the start suspends from the start: that day is then the one on which the clock stops.
            first = 2 * max(pause.stop, zero).toordinal() + rules.stop_counts
            begins.append((first, pause))
            ends.append((max(first, last), pause))
    left, ended, standing, again = amount, None, set(), False
    tick = start
    while True:
        day = date.fromordinal(tick // 2)
        if ended is not None and not standing and day > rolled(ended, rules, is_working):
            return rolled(ended, rules, is_working)
        for at, pause in begins:
            if at == tick:
                standing.add(id(pause))
                again = again or pause.again
        closing = {id(pause) for at, pause in ends if at == tick} & standing
        standing -= closing
        if closing and not standing:
            if again:
                left, ended, again = amount, None, False
            elif ended is not None:
                ended = day
        runs = tick % 2 == 0 and not standing and ended is None and (day > zero or rules.included)
        if runs and (not rules.working or is_working(day)):
            left -= 1
            if left == 0:
                ended = day
        tick += 1


def working_days(first, last, is_working):
    return sum(is_working(date.fromordinal(n)) for n in range(first.toordinal(), last.toordinal() + 1))


def open_minutes(is_open, since, until, pauses):
    """Office minutes from `since` to `until` outside all pauses, one by one."""
    at, total = since, 0
    while at < until:
        total += is_open(at) and not any(begin <= at < end for begin, end in pauses)
        at += MINUTE
    return total


def hours_end(minutes, since, is_open, pauses):
    """The instant at which `minutes` (1 or more) of office time have passed."""
    at = since
    while True:
        minutes -= is_open(at) and not any(begin <= at < end for begin, end in pauses)
        at += MINUTE
        if minutes == 0:
            return at


def minute_of(at: datetime) -> int:
    return at.hour * 60 + at.minute
