"""From a limit's explanation to the days of a strip: what is counted, off, suspended or late, with its marks. The words are the explanation's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from engine.console.dates import Dates
from engine.console.day_strip import Kind, Mark, StripDay
from engine.console.i18n import Texts
from engine.explanation.telling import Line, Teller
from rules.calendar import Calendar

# Beyond this many days after the end a strip stops: the count of days late stands in words beside it.
MOST_AFTER, MOST_DAYS = 45, 400
ONE_DAY = timedelta(days=1)


class Ends(msgspec.Struct, frozen=True):
    """The days that bound a strip. `ended_on`: when the clock was completed; while the clock stands the strip goes up to today."""

    zero: date
    today: date
    committed_on: date | None = None
    statutory_on: date | None = None
    warning_on: date | None = None
    ended_on: date | None = None
    late_from: date | None = None
    stands: bool = False

    @property
    def last(self) -> date:
        """The last day drawn: the later end, and what is late up to its completion or today."""
        ends = [day for day in (self.committed_on, self.statutory_on, self.ended_on) if day]
        last = max([self.zero, *ends, *([self.today] if self.stands else [])])
        if self.late_from:
            last = max(last, min(self.ended_on or self.today, self.late_from + timedelta(days=MOST_AFTER)))
        return min(last, self.zero + timedelta(days=MOST_DAYS))


class StripMaker:
    """Makes strips in one language under one calendar."""

    def __init__(self, t: Texts, d: Dates, calendar: Calendar, teller: Teller) -> None:
        self._t, self._d, self._calendar, self._teller = t, d, calendar, teller

    def days(self, lines: Sequence[Line], ends: Ends) -> list[StripDay]:
        """Every day from zero to the last, the explained ones as explained, later ones by the calendar."""
        explained = {line.day.on: line for line in lines}
        count = (ends.last - ends.zero).days + 1
        return [self._day(ends.zero + timedelta(days=place), explained, ends) for place in range(count)]

    def _day(self, on: date, explained: Mapping[date, Line], ends: Ends) -> StripDay:
        line = explained.get(on)
        kind, n = self._kind(on, line, ends)
        make_up = self._calendar.why(on)[0] == "make_up"
        say = f"{self._d.day(on)} · {self._say(on, kind, n, line)}"
        month = self._d.month(on)
        return StripDay(on, kind, say, n, make_up, month, self._marks(on, ends))

    def _kind(self, on: date, line: Line | None, ends: Ends) -> tuple[Kind, int | None]:
        late = ends.late_from is not None and on >= ends.late_from and on <= (ends.ended_on or ends.today)
        if late and ends.late_from is not None:
            working = self._calendar.is_working_day(on)
            return "late", self._calendar.working_days_between(ends.late_from - ONE_DAY, on) if working else None
        if line and line.day.why in {"suspended", "restarted"}:
            return "suspended", None
        if line and line.day.counted:
            return "counted", line.day.n
        if on == ends.zero:
            return "zero", 0
        return ("waiting" if self._calendar.is_working_day(on) else "off"), None

    def _say(self, on: date, kind: Kind, n: int | None, line: Line | None) -> str:
        if kind == "late":
            return self._t("strip.late", n=n) if n else self._t("strip.late_off")
        return line.aside if line else self._teller.idle(on)

    def _marks(self, on: date, ends: Ends) -> tuple[Mark, ...]:
        found: list[Mark] = []
        if on == ends.warning_on:
            found.append(Mark("warning", self._t("strip.mark.warning")))
        if on == ends.committed_on:
            found.append(Mark("committed", self._t("strip.mark.committed")))
        if on == ends.statutory_on:
            found.append(Mark("statutory", self._t("strip.mark.statutory")))
        if on == ends.today and (ends.ended_on is None or on <= ends.ended_on):
            found.append(Mark("today", self._t("strip.mark.today")))
        return tuple(found)
