"""What the pages of evaluation ask for, as the address bar says it; a wrong period or figure is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

import msgspec

from rules.errors import RuleError
from rules.figures import FIGURES
from rules.formula import Subject
from rules.reporting_period import ReportingPeriod, reporting_period

PAGE = 100
# What the list of everybody shows; the page of one shows every figure.
SHOWN = (
    "due", "on_time", "late", "limit_used", "breaches_standing", "breaches_confirmed", "red", "alerts_unanswered", "measures",
    "complaints_upheld", "satisfied",
)  # fmt: skip


class ScoreFilter(msgspec.Struct, frozen=True):
    """`id`: whose page it is; what narrows the cases of a figure: `unit` (with `own` without those below it), `person`, `category`, `amount`."""

    period: str
    subject: Subject = "unit"
    unit: str = ""
    person: str = ""
    figure: str = ""
    id: str = ""
    own: str = ""
    category: str = ""
    amount: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], today: date) -> ScoreFilter:
        known = {name: query[name].strip() for name in cls.__struct_fields__ if query.get(name)}
        if not _is_period(known.get("period", "")):
            known["period"] = f"{today.year}Q{(today.month + 2) // 3}"
        subject: Subject = "person" if known.pop("subject", "") == "person" else "unit"
        if known.get("figure", "") not in FIGURES:
            known.pop("figure", None)
        if not known.get("amount", "").isdecimal():
            known.pop("amount", None)
        return cls(subject=subject, **known)

    @property
    def asked(self) -> ReportingPeriod:
        return reporting_period(self.period)

    def query(self, **changes: str) -> str:
        """This filter with some changes, as a query string without what is empty."""
        values = msgspec.to_builtins(msgspec.structs.replace(self, after="", **changes))
        return urlencode(
            {name: value for name, value in values.items() if value and (name, value) != ("subject", "unit")}
        )


def periods(today: date) -> tuple[str, ...]:
    """What can be chosen: this year and the last with their quarters."""
    years = (today.year, today.year - 1)
    return tuple(name for year in years for name in (f"{year}", *(f"{year}Q{n}" for n in (4, 3, 2, 1))))


def _is_period(written: str) -> bool:
    try:
        reporting_period(written)
    except RuleError:
        return False
    return True
