"""Dates and instants as people read them (zh `2026年11月23日 周一`, en `Mon 23 Nov 2026`)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from notifications.fields import Locale

_BABEL = {"zh": "zh_Hans_CN", "en": "en"}
_DAY = {"zh": "y年M月d日 EEE", "en": "EEE d MMM y"}
_INSTANT = {"zh": "y年M月d日 EEE {clock}（zzzz）", "en": "EEE d MMM y, {clock} (zzzz)"}


def day_text(day: date, locale: Locale) -> str:
    return format_date(day, _DAY[locale], locale=_BABEL[locale])


def instant_text(at: datetime, locale: Locale, zone: ZoneInfo) -> str:
    """The local date and time in `zone` with the zone's name; seconds only where there are any."""
    clock = "HH:mm:ss" if at.second else "HH:mm"
    return format_datetime(at, _INSTANT[locale].format(clock=clock), tzinfo=zone, locale=_BABEL[locale])
