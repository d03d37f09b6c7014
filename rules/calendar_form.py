"""The written form of a calendar (interfaces.md 1 and 2), and how it becomes a pattern that can be counted on."""

import re
from datetime import date
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from rules.errors import RuleError, refusal

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
YearStatus = Literal["official", "estimated", "missing"]
Segment = tuple[int, int]
Segments = tuple[Segment, ...]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY = 0
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


class DayForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dated exception. `hours` are local `HH:MM` pairs; `basis` is the instrument where the day stands alone."""

    on: date
    kind: Literal["off", "working"]
    hours: tuple[tuple[str, str], ...] | None = None
    name: str = ""
    basis: str = ""


class InstrumentForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One notice and the days it arranges. `number` is empty where it is not known."""

    title: str
    number: str = ""
    issuer: str = ""
    published_on: date | None = None
    source: str = ""
    days: tuple[DayForm, ...] = ()


class CalendarForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar as written. None means not given: inherited, or the default.

    A year not named is `other_years` (default official), one before every named year `earlier_years`.
    """

    version: str | None = None
    known_from: str | None = None
    extends: str | None = None
    region: str | None = None
    zone: str | None = None
    weekend: tuple[Weekday, ...] | None = None
    office_hours: dict[Weekday, tuple[tuple[str, str], ...]] | None = None
    days: tuple[DayForm, ...] = ()
    years: dict[str, YearStatus] = {}
    earlier_years: YearStatus | None = None
    other_years: YearStatus | None = None
    instruments: tuple[InstrumentForm, ...] = ()


class DayRule(msgspec.Struct, frozen=True):
    """What is arranged for one day."""

    working: bool
    hours: Segments | None
    basis: str
    name: str


class Pattern(msgspec.Struct, frozen=True):
    """A calendar with its inheritance resolved. `week` is true for working weekdays, `hours` None without office hours."""

    region: str = ""
    zone: str = "UTC"
    weekend: tuple[Weekday, ...] = ("sat", "sun")
    hours: tuple[Segments, ...] | None = None
    days: dict[int, DayRule] = {}
    years: dict[int, YearStatus] = {}
    earlier_years: YearStatus | None = None
    other_years: YearStatus = "official"

    @property
    def week(self) -> tuple[bool, ...]:
        if self.hours is not None:
            return tuple(bool(segments) for segments in self.hours)
        return tuple(day not in self.weekend for day in WEEKDAYS)


def read(data: dict[str, Any]) -> CalendarForm:
    """The written form, checked field by field; raises RuleError."""
    try:
        return msgspec.convert(data, CalendarForm)
    except msgspec.ValidationError as error:
        raise refusal(error) from error


def pattern(form: CalendarForm, base: Pattern) -> Pattern:
    """What is given replaces what is inherited; days and years are merged."""
    return _with_working_time(
        Pattern(
            region=base.region if form.region is None else form.region,
            zone=base.zone if form.zone is None else _zone(form.zone),
            weekend=base.weekend if form.weekend is None else form.weekend,
            hours=base.hours if form.office_hours is None else _week(form.office_hours),
            days=base.days | _instrument_days(form) | _days(form.days, "", "days"),
            years=base.years | {_year(year): status for year, status in form.years.items()},
            earlier_years=form.earlier_years or base.earlier_years,
            other_years=form.other_years or base.other_years,
        )
    )


def _week(given: dict[Weekday, tuple[tuple[str, str], ...]]) -> tuple[Segments, ...]:
    return tuple(segments(given.get(day, ()), f"office_hours.{day}") for day in WEEKDAYS)


def _with_working_time(made: Pattern) -> Pattern:
    if any(made.week) or any(rule.working for rule in made.days.values()):
        return made
    field = "weekend" if made.hours is None else "office_hours"
    raise RuleError("calendar_without_working_time", "no day of the week is a working day; give at least one", field)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (OSError, KeyError, ValueError) as error:
        raise RuleError(
            "unknown_zone", f"{name!r} is no zone of the IANA database, such as Asia/Shanghai", "zone"
        ) from error


def _year(text: str) -> int:
    if re.fullmatch(r"\d{4}", text):
        return int(text)
    raise RuleError("wrong_value", f"{text!r} is no year of four digits", "years")


def _instrument_days(form: CalendarForm) -> dict[int, DayRule]:
    found: dict[int, DayRule] = {}
    for index, paper in enumerate(form.instruments):
        # A later notice amends an earlier one.
        found |= _days(paper.days, paper.number or paper.title, f"instruments[{index}].days")
    return found


def _days(days: tuple[DayForm, ...], basis: str, field: str) -> dict[int, DayRule]:
    found: dict[int, DayRule] = {}
    for index, day in enumerate(days):
        at = f"{field}[{index}]"
        if day.on.toordinal() in found:
            raise RuleError("day_repeated", f"{day.on} is arranged twice; keep one entry", f"{at}.on")
        found[day.on.toordinal()] = _rule(day, basis, at)
    return found


def _rule(day: DayForm, basis: str, field: str) -> DayRule:
    if day.hours is not None and (day.kind == "off" or not day.hours):
        raise RuleError("wrong_value", "only a working day has hours, and then at least one segment", f"{field}.hours")
    hours = None if day.hours is None else segments(day.hours, f"{field}.hours")
    return DayRule(day.kind == "working", hours, day.basis or basis, day.name)


def segments(pairs: tuple[tuple[str, str], ...], field: str) -> Segments:
    """Local `HH:MM` pairs as minutes of the day, in order, without overlap; `24:00` may end one."""
    found = sorted((minutes(opens, field), minutes(closes, field)) for opens, closes in pairs)
    for opens, closes in found:
        if opens >= closes:
            raise RuleError("wrong_value", "a segment ends after it begins; split one over midnight at 24:00", field)
    if any(before[1] > after[0] for before, after in pairwise(found)):
        raise RuleError("wrong_value", "segments overlap; join them", field)
    return tuple(found)


def minutes(text: str, field: str) -> int:
    """`HH:MM` as minutes since midnight, 0 to 1440."""
    if text != "24:00" and not _TIME.fullmatch(text):
        raise RuleError("wrong_value", f"{text!r} is no time of day HH:MM", field)
    return int(text[:2]) * 60 + int(text[3:])
