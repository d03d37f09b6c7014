"""Dates and instants as people read them: 2026年11月23日 周一, Mon 23 Nov 2026; instants in the office's zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.console.i18n import Locale

_ZH_DAYS = "一二三四五六日"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _weekday(locale: Locale, on: date) -> str:
    return f"周{_ZH_DAYS[on.weekday()]}" if locale == "zh" else _EN_DAYS[on.weekday()]


@lru_cache(4096)  # a page of strips says the same few days thousands of times
def _day(locale: Locale, on: date) -> str:
    if locale == "zh":
        return f"{on.year}年{on.month}月{on.day}日 {_weekday(locale, on)}"
    return f"{_weekday(locale, on)} {on.day} {_EN_MONTHS[on.month - 1][:3]} {on.year}"


class Dates:
    """Formats for one language and one zone."""

    def __init__(self, locale: Locale, zone: str) -> None:
        self.locale = locale
        self.zone = ZoneInfo(zone)

    def weekday(self, on: date) -> str:
        return _weekday(self.locale, on)

    def day(self, on: date | str | None) -> str:
        """A date in full, with its weekday; an em dash for none."""
        return _day(self.locale, as_date(on)) if on else "—"

    def plain(self, on: date | str | None) -> str:
        """A date as papers and laws write it, without its weekday: 2026年11月23日, 23 November 2026."""
        if not on:
            return "—"
        on = as_date(on)
        if self.locale == "zh":
            return f"{on.year}年{on.month}月{on.day}日"
        return f"{on.day} {_EN_MONTHS[on.month - 1]} {on.year}"

    def short_day(self, on: date | str | None) -> str:
        """A date without its year, for tables of what is near."""
        if not on:
            return "—"
        on = as_date(on)
        if self.locale == "zh":
            return f"{on.month}月{on.day}日 {self.weekday(on)}"
        return f"{self.weekday(on)} {on.day} {_EN_MONTHS[on.month - 1][:3]}"

    def month(self, on: date) -> str:
        return f"{on.month}月" if self.locale == "zh" else _EN_MONTHS[on.month - 1][:3]

    def local(self, at: datetime | str) -> datetime:
        return as_instant(at).astimezone(self.zone)

    def instant(self, at: datetime | str | None) -> str:
        """An instant in full, to the second, in the office's zone."""
        if not at:
            return "—"
        local = self.local(at)
        return f"{self.day(local.date())} {local:%H:%M:%S}"

    def end(self, at: datetime | str | None) -> str:
        """The end of a limit: 00:00 is said as 24:00 of the last day, as offices say it."""
        if not at:
            return "—"
        local = self.local(at)
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            return f"{self.short_day(local.date() - timedelta(days=1))} 24:00"
        return f"{self.short_day(local.date())} {local:%H:%M}"

    def short(self, at: datetime | str | None) -> str:
        """An instant without year, to the minute."""
        if not at:
            return "—"
        local = self.local(at)
        return f"{self.short_day(local.date())} {local:%H:%M}"


def as_date(value: date | str) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value[:10])


def as_instant(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
