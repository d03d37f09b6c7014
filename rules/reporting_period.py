"""The time a report is about: a year, a quarter or a month, as people write it."""

from __future__ import annotations

import re
from datetime import date

import msgspec

from rules.errors import RuleError

_WRITTEN = re.compile(r"(?P<year>[12]\d{3})(?:-?Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")


class ReportingPeriod(msgspec.Struct, frozen=True):
    """From the first day to the last, both included."""

    name: str
    first: date
    last: date

    @property
    def end(self) -> date:
        """The day after: periods are half-open."""
        return date.fromordinal(self.last.toordinal() + 1)

    @property
    def quarters(self) -> tuple[ReportingPeriod, ...]:
        """The quarters of a year; of anything shorter, none."""
        year = self.first.year
        whole = (self.first, self.last) == (date(year, 1, 1), date(year, 12, 31))
        return tuple(reporting_period(f"{year}Q{n}") for n in range(1, 5)) if whole else ()


def reporting_period(written: str) -> ReportingPeriod:
    """`2026`, `2026Q1` or `2026-03`. RuleError for anything else."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise RuleError("wrong_value", f"{written!r} is no period; write 2026, 2026Q1 or 2026-03", "period")
    year, quarter, month = int(found["year"]), found["quarter"], found["month"]
    if quarter:
        return _months(f"{year}Q{quarter}", year, int(quarter) * 3 - 2, 3)
    return _months(f"{year}-{month}", year, int(month), 1) if month else _months(f"{year}", year, 1, 12)


def _months(name: str, year: int, first: int, number: int) -> ReportingPeriod:
    after = first + number
    end = date(year + 1, 1, 1) if after > 12 else date(year, after, 1)
    return ReportingPeriod(name, date(year, first, 1), date.fromordinal(end.toordinal() - 1))
