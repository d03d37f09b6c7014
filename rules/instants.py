"""Dates and instants as text (`YYYY-MM-DD`, RFC 3339) and back."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from rules.errors import RuleError

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)


def moment(text: str, zone: ZoneInfo, field: str) -> datetime | date:
    """A date, or an instant in UTC; one without offset is in `zone`."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            return _aware(datetime.fromisoformat(text.upper()), zone)
    except (ValueError, OverflowError):
        pass
    raise RuleError(
        "wrong_value", f"{text!r} is neither a date YYYY-MM-DD nor an instant such as 2026-02-10T09:00:00+08:00", field
    )


def _aware(at: datetime, zone: ZoneInfo) -> datetime:
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)


@lru_cache(maxsize=65536)
def local_text(at: datetime, zone: ZoneInfo) -> str:
    """An instant as RFC 3339 text with the offset of `zone`."""
    return at.astimezone(zone).isoformat()
