"""Values of a log in the types of a fact."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.imports.mapping import Condition, Reading
from engine.imports.records import CaseRecord, Values

_TICK = timedelta(microseconds=1)


class ValueFault(ValueError):  # noqa: N818 - a value of the log, not a defect
    """A value cannot be used; the text names the column and what was found."""


class Scope:
    """Where readings look: the event first, then its case."""

    def __init__(self, record: CaseRecord, event: Values | None, zone: ZoneInfo) -> None:
        self._case = record.attributes
        self._event = event or {}
        self._zone = zone

    def raw(self, reading: Reading | Condition) -> Any:
        """The value as it stands in the log; None where it is missing or empty."""
        value = None if reading.of == "case" else self._event.get(reading.column)
        if value in (None, ""):
            value = self._case.get(reading.column)
        return None if value == "" else value

    def holds(self, condition: Condition | None) -> bool:
        if condition is None:
            return True
        value = self.raw(condition)
        return value is not None and (condition.among is None or str(value) in condition.among)

    def plain(self, value: Any) -> Any:
        """A constant as it is, a reading resolved; None where the log has nothing."""
        if isinstance(value, Reading):
            return self._read(value)
        if isinstance(value, dict):
            parts = {name: self.plain(part) for name, part in value.items()}
            return {name: part for name, part in parts.items() if part is not None}
        return [self.plain(part) for part in value] if isinstance(value, list) else value

    def _read(self, reading: Reading) -> Any:
        value = self.raw(reading)
        if value is None:
            return reading.default
        if reading.map is not None:
            return self._mapped(reading, str(value))
        return self._date(reading) if reading.as_ == "date" else _converted(reading, value)

    def _date(self, reading: Reading) -> str:
        """What an attribute of type `date` may hold."""
        at, on = self.moment(reading)
        return at.astimezone(self._zone).isoformat() if at else str(on)

    @staticmethod
    def _mapped(reading: Reading, text: str) -> Any:
        if reading.map and text in reading.map:
            return reading.map[text]
        if reading.default is not None:
            return reading.default
        raise ValueFault(
            f"{reading.column!r} is {text!r}, which the mapping does not know; add it to `map` or give a `default`"
        )

    def text(self, value: Reading | str | None) -> str | None:
        found = self.plain(value)
        return None if found is None else str(found)

    def moment(self, reading: Reading) -> tuple[datetime | None, date | None]:
        """An instant in UTC, or a day where the log gives the day alone. ValueFault where there is neither."""
        value = self.raw(reading)
        if value is None:
            raise ValueFault(f"{reading.column!r} has no value; the fact's time is never filled in")
        text = str(value).strip()
        try:
            return self._parsed(text, reading.format)
        except ValueError as error:
            wanted = reading.format or "YYYY-MM-DD or RFC 3339"
            raise ValueFault(f"{reading.column!r} is {text!r}, no date or instant ({wanted})") from error

    def end_of(self, day: date | None) -> datetime | None:
        """The last instant of a day in the mapping's zone."""
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(), self._zone).astimezone(UTC) - _TICK

    def _parsed(self, text: str, pattern: str | None) -> tuple[datetime | None, date | None]:
        if pattern is None and len(text) == len("2026-02-10"):
            return None, date.fromisoformat(text)
        found = datetime.strptime(text, pattern) if pattern else datetime.fromisoformat(text)  # noqa: DTZ007 - zone follows
        if pattern and not any(code in pattern for code in ("%H", "%I", "%X", "%c")):
            return None, found.date()
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC), None


def _converted(reading: Reading, value: Any) -> Any:
    try:
        if reading.as_ == "integer":
            return int(str(value))
        if reading.as_ == "boolean":
            return _BOOLEANS[str(value).strip().lower()]
    except (ValueError, KeyError) as error:
        raise ValueFault(f"{reading.column!r} is {value!r}, no {reading.as_}") from error
    return str(value) if reading.as_ == "text" else value


_BOOLEANS = {"true": True, "1": True, "yes": True, "是": True, "false": False, "0": False, "no": False, "否": False}
