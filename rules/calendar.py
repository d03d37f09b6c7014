"""Working days and office hours of a region, counted on tables of dates that grow as they are asked for."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate, compress
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from rules.calendar_form import MONDAY, Pattern, Segments, pattern, read
from rules.errors import RuleError
from rules.limit import Due

FIRST_DAY = date(1800, 1, 1).toordinal()
LAST_DAY = date(2400, 12, 31).toordinal()
ONE_DAY = timedelta(days=1)
Direction = Literal["next", "previous"]
Hours = tuple[tuple[datetime, datetime], ...]


class Table(NamedTuple):
    """Working days of a window of dates: replaced as a whole when it grows, so that other threads never see half of one.

    `counts` is the number of working days up to and including a day of the window, `dates` lists them.
    """

    first: int
    size: int
    working: bytes
    counts: list[int]
    dates: list[date]


class Calendar:
    """A calendar of one region and version; the same version counts the same for ever.

    Dates are local. Instants are aware; those returned are UTC. Days before 1800 or after 2400 raise RuleError
    `out_of_range`.
    """

    __slots__ = (
        "_dues",
        "_ends",
        "_hours",
        "_official",
        "_starts",
        "_table",
        "_week",
        "pattern",
        "region",
        "version",
        "zone",
    )

    def __init__(self, version: str, made: Pattern) -> None:
        self.version = version
        self.region = made.region
        self.zone = ZoneInfo(made.zone)
        self.pattern = made
        self._week = made.week
        self._table = Table(0, 0, b"", [], [])
        self._dues: dict[date, Due] = {}
        self._starts: dict[date, datetime] = {}
        self._ends: dict[date, datetime] = {}
        self._hours: dict[date, Hours] = {}
        self._official: dict[int, bool] = {}

    @classmethod
    def from_dict(cls, data: dict[str, Any], base: "Calendar | None" = None) -> "Calendar":
        """A calendar from its written form; `extends` takes `base`, or the shipped calendar of that name."""
        form = read(data)
        under = base if base is not None or form.extends is None else shipped(form.extends)
        made = pattern(form, Pattern() if under is None else under.pattern)
        return cls(form.version or _fingerprint(data, under), made)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.version == other.version and self.pattern == other.pattern

    def __hash__(self) -> int:
        return hash(self.version)

    def __repr__(self) -> str:
        return f"Calendar({self.version!r})"

    @property
    def has_hours(self) -> bool:
        """Whether office hours are known, without which working hours cannot be counted."""
        return self.pattern.hours is not None

    def local_date(self, at: datetime) -> date:
        """The date at the office at an aware instant."""
        return at.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """00:00 local, in UTC."""
        found = self._starts.get(day)
        if found is None:
            found = self._starts[day] = self.instant(day, 0)
        return found

    def end_of(self, day: date) -> datetime:
        """00:00 local of the next day, in UTC: late starts here."""
        found = self._ends.get(day)
        if found is None:
            found = self._ends[day] = self.instant(day, 24 * 60)
        return found

    def instant(self, day: date, minute: int) -> datetime:
        """A minute of the local day in UTC. A time that daylight saving skips is the moment of the jump's other side,
        one that comes twice is the first.
        """
        try:
            wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
            return wall.replace(tzinfo=self.zone).astimezone(UTC)
        except OverflowError as error:
            raise RuleError(
                "out_of_range",
                f"{day} is too near the end of what a date can say; use one from 0001-01-02 to 9999-12-30",
            ) from error

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on that day, make-up days included."""
        ordinal = day.toordinal()
        table = self._covering(ordinal)
        return table.working[ordinal - table.first] == 1

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, before it for n < 0; 0 gives `day` itself, whatever it is."""
        first, size, _, counts, dates = self._table
        index = day.toordinal() - first
        if n > 0 and 0 <= index < size:
            place = counts[index] + n - 1
            if place < len(dates):
                return dates[place]
        return self._far(day, n) if n else day

    def due(self, day: date, amount: int) -> Due:
        """The end of `amount` (1 or more) working days after `day`, nothing else to be heeded: the shortest way there."""
        last = self.add_working_days(day, amount)
        if last.year != day.year:
            return Due(last, self.end_of(last), self.provisional(day + ONE_DAY, last))
        found = self._dues.get(last)
        if found is None:
            found = self._dues[last] = Due(last, self.end_of(last), not self._year_is_official(last.year))
        return found

    def working_days_between(self, after: date, through: date) -> int:
        """Working days later than `after`, up to and including `through`; 0 if there are none."""
        if after >= through:
            return 0
        low, high = after.toordinal(), through.toordinal()
        self._covering(low)
        table = self._covering(high)
        return table.counts[high - table.first] - table.counts[low - table.first]

    def roll(self, day: date, direction: Direction) -> date:
        """`day` if it is a working day, else the next or the previous one."""
        if self.is_working_day(day):
            return day
        return self.add_working_days(day, 1 if direction == "next" else -1)

    def provisional(self, first: date, last: date) -> bool:
        """Whether a day from `first` to `last` lies in an estimated or missing year."""
        return not all(self._year_is_official(year) for year in range(first.year, last.year + 1))

    def hours_on(self, day: date) -> Hours:
        """The office hours of a day as UTC segments in order; none on a day off, or where `has_hours` is false."""
        found = self._hours.get(day)
        if found is None:
            found = self._hours[day] = tuple(self._open(day))
        return found

    def why(self, day: date) -> tuple[str, str]:
        """Why a day is worked or not (`working`, `special_hours`, `make_up`, `off`, `weekend`) and the instrument."""
        rule = self.pattern.days.get(day.toordinal())
        usual = self._week[day.weekday()]
        if rule is None:
            return ("working" if usual else "weekend"), ""
        if not rule.working:
            return "off", rule.basis
        if rule.hours is not None:
            return "special_hours", rule.basis
        return ("working" if usual else "make_up"), rule.basis

    def _open(self, day: date) -> list[tuple[datetime, datetime]]:
        spans = ((self.instant(day, opens), self.instant(day, closes)) for opens, closes in self._segments(day))
        return [(opens, closes) for opens, closes in spans if opens < closes]

    def _segments(self, day: date) -> Segments:
        week = self.pattern.hours
        if week is None:
            return ()
        rule = self.pattern.days.get(day.toordinal())
        usual = week[day.weekday()]
        if rule is None:
            return usual
        if not rule.working:
            return ()
        return rule.hours if rule.hours is not None else usual or week[MONDAY]

    def _year_is_official(self, year: int) -> bool:
        found = self._official.get(year)
        if found is None:
            found = self._official[year] = self._status(year) == "official"
        return found

    def _status(self, year: int) -> str:
        made = self.pattern
        if year in made.years:
            return made.years[year]
        if made.earlier_years is not None and made.years and year < min(made.years):
            return made.earlier_years
        return made.other_years

    def _far(self, day: date, n: int) -> date:
        """`add_working_days` where the table may have to grow first."""
        ordinal = day.toordinal()
        table = self._covering(ordinal)
        while True:
            index = ordinal - table.first
            place = table.counts[index] + n - (1 if n > 0 else table.working[index])
            if 0 <= place < len(table.dates):
                return table.dates[place]
            table = self._covering(table.first - 1 if place < 0 else table.first + table.size)

    def _covering(self, ordinal: int) -> Table:
        table = self._table
        if not 0 <= ordinal - table.first < table.size:
            table = self._table = self._filled(*_window(ordinal, table))
        return table

    def _filled(self, first: int, last: int) -> Table:
        size = last - first + 1
        week = bytes(self._week[(first + day - 1) % 7] for day in range(7))
        working = bytearray((week * (size // 7 + 1))[:size])
        for ordinal, rule in self.pattern.days.items():
            if first <= ordinal <= last:
                working[ordinal - first] = rule.working
        dates = list(compress(map(date.fromordinal, range(first, last + 1)), working))
        return Table(first, size, bytes(working), list(accumulate(working)), dates)


def _window(ordinal: int, table: Table) -> tuple[int, int]:
    """First and last day of a table that covers `ordinal`, at least twice as wide as before: growing costs little in all."""
    if not FIRST_DAY <= ordinal <= LAST_DAY:
        raise RuleError("out_of_range", "the count leaves the years 1800 to 2400; check the date and the amount")
    margin = max(table.size, 400)
    if not table.size:
        first, last = ordinal - 31, ordinal + margin
    elif ordinal < table.first:
        first, last = ordinal - margin, table.first + table.size - 1
    else:
        first, last = table.first, ordinal + margin
    return max(first, FIRST_DAY), min(last, LAST_DAY)


def _fingerprint(data: dict[str, Any], base: Calendar | None) -> str:
    text = msgspec.json.encode([data, base and base.version], order="sorted")
    return "sha256:" + hashlib.sha256(text).hexdigest()[:16]


@lru_cache(maxsize=32)
def shipped(name: str) -> Calendar:
    """A calendar that comes with the product, such as `CN`."""
    place = files("rules").joinpath("calendars", f"{name}.json")
    if not name.isalnum() or not place.is_file():
        raise RuleError("unknown_calendar", f"there is no shipped calendar {name!r}; use CN or write the calendar out")
    return Calendar.from_dict(json.loads(place.read_text("utf-8")))
