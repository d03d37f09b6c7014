"""A unit's accountability rules (违诺责任追究办法): data with a clause, effective-dated. Defaults are the shipped ones."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from rules.items import Struct
from rules.limit import Limit

MEASURES = (
    "admonitory_education",
    "circulated_criticism",
    "efficiency_warning",
    "bonus_withheld",
    "removal_from_post",
    "off_post_training",
    "dismissal",
)
GRADES = ("minor", "ordinary", "serious", "grave")
SHIPPED_MATRIX: dict[str, tuple[int, ...]] = {
    "minor": (1, 2, 3, 4),
    "ordinary": (2, 3, 4, 5),
    "serious": (4, 5, 6, 7),
    "grave": (6, 7, 7, 7),
}


class Ladder(Struct, frozen=True):
    """The alert ladder's clocks. None: that clock is not used."""

    answer_within: Limit | None = Limit(amount=5, unit="working_days")
    acknowledge_within: Limit | None = None


class Accountability(Struct, frozen=True):
    unit: str | None = None
    version: int = 1
    effective_from: date = date(1900, 1, 1)
    accountable_from: date | None = None
    window: Limit = Limit(amount=12, unit="months")
    matrix: dict[str, tuple[int, ...]] | None = None
    statement_window: Limit = Limit(amount=5, unit="working_days")
    review_request: Limit = Limit(amount=30, unit="calendar_days")
    review_decision: Limit = Limit(amount=30, unit="calendar_days")
    review_stays: bool = False
    share_threshold: int = 50
    once_verified: tuple[str, ...] = ("false_disclosure", "demanding_favours", "wilful_refusal")
    severity_grid: dict[str, Any] = msgspec.field(default_factory=dict)
    unit_threshold: int | None = None
    head_decides_up_to: int = 4
    ladder: Ladder = Ladder()
    clauses: dict[str, str] = msgspec.field(default_factory=dict)

    def proposed_level(self, grade: str, count: int) -> int:
        """Measure 1-7 for a grade and the number of confirmed breaches in the window (1 and more)."""
        row = (self.matrix or SHIPPED_MATRIX)[grade]
        return row[min(count, len(row)) - 1]
