"""An account in words. Whoever shows or prints why a date is that date takes the sentences from here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path

import msgspec

from engine.console.dates import Dates
from engine.console.i18n import Locale, Texts
from engine.explanation.account import Account, Day, Suspended
from rules.calendar import Calendar
from rules.instants import moment
from rules.limit import HOURLY, Limit

_FOLDER = Path(__file__).parent / "words"
_MINUTE, _HOUR = 60, 3600


class Line(msgspec.Struct, frozen=True):
    """A day with its words: `text` is the whole line, `when`, `said` and `because` its parts for the columns of a table.

    `aside` is the line without its day, for a place where the day stands already.
    """

    day: Day
    when: str
    said: str
    because: str
    aside: str
    text: str


class Told(msgspec.Struct, frozen=True):
    """An account in words: how it starts, what was added or stopped, every day, how it ends and under what."""

    heading: str
    notes: tuple[str, ...]
    days: tuple[Line, ...]
    ending: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return (self.heading, *self.notes, *(line.text for line in self.days), *self.ending)


@cache
def words(locale: Locale) -> dict[str, str]:
    """The sentences of a language by dotted key."""
    found = tomllib.loads((_FOLDER / f"{locale}.toml").read_text("utf-8"))
    groups = {
        f"{name}.{key}": text for name, group in found.items() if isinstance(group, dict) for key, text in group.items()
    }
    return {name: text for name, text in found.items() if isinstance(text, str)} | groups


class Teller:
    """Tells accounts in one language, in the zone of one calendar."""

    def __init__(self, locale: Locale, calendar: Calendar) -> None:
        self._codes, self._dates, self._calendar = Texts(locale), Dates(locale, calendar.zone.key), calendar
        self._words = words(locale)
        self._locale = locale

    def told(self, account: Account, as_known: datetime | None = None) -> Told:
        return Told(
            heading=self._heading(account),
            notes=tuple(self._notes(account)),
            days=tuple(self.line(day, account.limit) for day in account.days),
            ending=tuple(self._ending(account, as_known)),
        )

    def line(self, day: Day, limit: Limit) -> Line:
        when, said = self._dates.day(day.on), self._said(day, limit)
        aside = self._because(said, day.basis)
        return Line(day, when, said, day.basis, aside, self._say("line", day=when, aside=aside))

    def idle(self, on: date) -> str:
        """Why a day outside every count is a working day or none, with its instrument."""
        why, basis = self._calendar.why(on)
        return self._because(self._words[f"idle.{why}"], basis)

    def _because(self, said: str, basis: str) -> str:
        return self._say("because", said=said, basis=basis) if basis else said

    def _say(self, key: str, **values: object) -> str:
        return self._words[key].format(**values)

    def _joined(self, *parts: str) -> str:
        return self._words["comma"].join(filter(None, parts))

    def _heading(self, account: Account) -> str:
        clock, limit = self._codes.code("clock", account.clock), account.limit
        if limit.unit == "until_date":
            end = self._moment(moment(limit.on or "", self._calendar.zone, "limit.on"))
            return self._say("heading_until", clock=clock, end=end)
        kind = self._words.get(f"start.{account.start_kind}", account.start_kind)
        start = self._moment(account.started)
        return self._say("heading", clock=clock, limit=self._limit(limit), start=start, kind=kind)

    def _notes(self, account: Account) -> Iterator[str]:
        for more in account.extensions:
            yield self._say("extended", limit=self._limit(more))
        for stop in account.suspensions:
            yield self._say("note", said=self._because(self._stopped(stop), stop.basis))

    def _stopped(self, stop: Suspended) -> str:
        until = stop.until or stop.planned
        if stop.until is not None:
            key = "suspended_restart" if stop.restarts else "suspended"
        else:
            key = "suspended_planned" if stop.planned else "suspended_open"
        return self._say(
            key,
            reason=self._codes.code("reason", stop.reason),
            since=self._moment(stop.since),
            until=self._moment(until) if until else "",
        )

    def _said(self, day: Day, limit: Limit) -> str:
        why = self._words.get(f"why.{day.why}", day.why)
        reasons = self._words["and"].join(self._codes.code("reason", reason) for reason in day.reasons)
        uncertain = self._words["uncertain"] if day.uncertain else ""
        if day.why == "until_date":
            return self._joined(why, uncertain)
        return self._joined(self._count(day, limit), why, reasons, uncertain)

    def _count(self, day: Day, limit: Limit) -> str:
        if not day.counted:
            return self._words["not_counted"]
        if limit.unit in HOURLY and day.seconds is not None:
            unit = self._unit(limit.unit, day.n or 0)
            return self._say("counted_time", spent=self._spent(day.seconds), n=day.n, unit=unit)
        return self._say("counted", n=day.n)

    def _spent(self, seconds: int) -> str:
        hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
        if not hours and not minutes:
            return self._say("spent_seconds", seconds=seconds)
        key = "spent" if hours and minutes else "spent_hours" if hours else "spent_minutes"
        return self._say(key, hours=hours, minutes=minutes)

    def _ending(self, account: Account, as_known: datetime | None) -> Iterator[str]:
        if account.due is None:
            yield self._words["stands"]
        else:
            yield self._end(account.due.expires_at)
            if account.ends_at is not None and account.ends_at != account.due.expires_at:
                yield self._say("told_later", at=self._dates.instant(account.ends_at))
            if account.due.provisional:
                yield self._say("provisional", years=self._words["and"].join(map(str, account.missing_years)))
        yield self._say("sources", sources=self._joined(*self._sources(account)))
        if as_known is not None:
            yield self._say("as_known", at=self._dates.instant(as_known))

    def _end(self, expires_at: datetime) -> str:
        """An end at 00:00 is said as the whole day before, as offices say it."""
        last = self._calendar.local_date(expires_at - datetime.resolution)
        if self._calendar.end_of(last) == expires_at:
            return self._say("whole_day", day=self._dates.day(last))
        return self._say("instant", at=self._dates.instant(expires_at))

    def _sources(self, account: Account) -> Iterator[str]:
        yield account.clause
        yield self._say("item", code=account.item, version=account.item_version)
        yield self._say("profile", name=account.profile)
        yield self._say("calendar", version=account.calendar)

    def _limit(self, limit: Limit) -> str:
        return self._codes.amount(limit.amount, limit.unit)

    def _unit(self, unit: str, amount: int) -> str:
        word = self._codes.code("unit_word", unit)
        return word.removesuffix("s") if self._locale == "en" and amount == 1 else word

    def _moment(self, value: date | datetime) -> str:
        return self._dates.instant(value) if isinstance(value, datetime) else self._dates.day(value)
