"""Working days as a table, read from the notices themselves: the slow road has no calendar of the engine's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path

CHINA = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
_NOTICES = Path(__file__).parents[2] / "rules" / "calendars" / "CN.json"
Days = Mapping[date, bool]


@cache
def published() -> dict[date, bool]:
    """Day → whether people work, for every day that a notice names."""
    found = {}
    for notice in json.loads(_NOTICES.read_text("utf-8"))["instruments"]:
        for day in notice["days"]:
            found[date.fromisoformat(day["on"])] = day["kind"] == "working"
    return found


class Table:
    """The days of one version of the calendar, walked one by one."""

    def __init__(self, changes: Days) -> None:
        self._named = {**published(), **changes}

    def works(self, day: date) -> bool:
        named = self._named.get(day)
        return day.weekday() < 5 if named is None else named

    def after(self, day: date, number: int) -> date:
        """The working day that lies so many after a day; 0: the day itself, or the next one that works."""
        while number or not self.works(day):
            day += DAY
            number -= self.works(day) and number > 0
        return day

    def before(self, day: date, number: int) -> date:
        """The working day that lies so many before a day."""
        while number:
            day -= DAY
            number -= self.works(day)
        return day

    def last(self, start: date, number: int, stops: list[tuple[date, date]]) -> date:
        """The last of so many working days after the start. The day of a stop counts, that of the restart does not."""
        day = start
        while number:
            day += DAY
            number -= self.works(day) and not any(stop < day <= restart for stop, restart in stops)
        return day


def at(day: date, clock: str = "00:00") -> datetime:
    """A local time in China."""
    return datetime.combine(day, time.fromisoformat(clock), CHINA)


def midnight_after(day: date) -> datetime:
    return at(day + DAY)
