"""A unit's accountability rules (违诺责任追究办法): data with a clause, effective-dated. Defaults are the shipped ones."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from rules.detection import Detectors
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
# Towards a unit, lightest first: 督促, 通报批评, 查处, 追究第一责任人.
UNIT_MEASURES = ("urge", "circulated_criticism", "investigation", "first_responsible_answers")
GRADES = ("minor", "ordinary", "serious", "grave")
ASPECTS = ("nature", "circumstances", "consequences", "impact")
OFF_THE_POST = 6  # 一次查实下岗
# A unit answers for these by themselves, however few its breaches are (accountability.md 3, rule 8).
OF_THE_UNIT = frozenset({"slow_progress", "formalism", "disclosure_refused", "false_disclosure"})
Grade = Literal["minor", "ordinary", "serious", "grave"]

SHIPPED_MATRIX: dict[str, tuple[int, ...]] = {
    "minor": (1, 2, 3, 4),
    "ordinary": (2, 3, 4, 5),
    "serious": (4, 5, 6, 7),
    "grave": (6, 7, 7, 7),
}
SHIPPED_UNIT_MATRIX: dict[str, tuple[int, ...]] = {
    "minor": (1, 1, 2, 3),
    "ordinary": (1, 2, 3, 4),
    "serious": (2, 3, 4, 4),
    "grave": (3, 4, 4, 4),
}


def _working_days(amount: int) -> Limit:
    return Limit(amount=amount, unit="working_days")


class Ladder(Struct, frozen=True):
    """The alert ladder's clocks. None: that clock is not used."""

    answer_within: Limit | None = _working_days(5)
    acknowledge_within: Limit | None = None


class Band(Struct, frozen=True):
    """How late suggests which grade: so many working days, or so many percent of the limit, and more."""

    grade: Grade
    working_days: int | None = None
    share_of_limit: int | None = None

    def holds(self, late: int, limit: int) -> bool:
        by_days = self.working_days is not None and late >= self.working_days
        by_share = self.share_of_limit is not None and limit > 0 and late * 100 >= self.share_of_limit * limit
        return by_days or by_share


class SeverityGrid(Struct, frozen=True):
    """nature × circumstances × consequences × impact → grade: each aspect is rated with a grade, in writing, and weighed.

    `weights` by aspect; `least`: from how many points on a grade holds, a rating counting 1 (minor) to 4 (grave).
    """

    weights: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(ASPECTS, 1))
    least: dict[str, int] = msgspec.field(default_factory=lambda: {"ordinary": 7, "serious": 10, "grave": 13})

    def grade(self, ratings: dict[str, str]) -> str:
        points = sum(self.weights.get(a, 0) * (GRADES.index(ratings[a]) + 1) for a in ASPECTS if a in ratings)
        return max((g for g in GRADES if points >= self.least.get(g, 0)), key=GRADES.index)


class Adjustment(Struct, frozen=True):
    """What a mitigating or aggravating fact does to the proposal; `lighter` is negative where it aggravates."""

    fact: str
    lighter: int = 1
    clause: str | None = None


class Term(Struct, frozen=True):
    """How far a measure goes: what is withheld and how long, how long a training lasts, how long the measure counts."""

    amount: str | None = None
    period: Limit | None = None
    counts_for: Limit | None = None


class LeaderShare(Struct, frozen=True):
    """When a leader answers too, and how much lighter than the one who held the case."""

    post: Literal["section_head", "deputy_in_charge", "first_responsible"]
    from_grade: Grade = "serious"
    from_count: int = 1
    lighter: int = 1

    def holds(self, grade: str, count: int) -> bool:
        return GRADES.index(grade) >= GRADES.index(self.from_grade) and count >= self.from_count


SHIPPED_SHARES = (
    LeaderShare(post="section_head", from_grade="serious", lighter=1),
    LeaderShare(post="deputy_in_charge", from_grade="grave", lighter=2),
    LeaderShare(post="first_responsible", from_grade="grave", from_count=2, lighter=3),
)


class Accountability(Struct, frozen=True):
    """`competence`: up to which measure the unit's head decides, by staff category where it is another than `head_decides_up_to`.

    `appointing_authority`: a unit or person (干部管理权限); none named: the superior unit's head or the leading-group office, or a body
    outside the installation. `phases`: how long whoever owns a phase has for it.
    """

    unit: str | None = None
    version: int = 1
    effective_from: date = date(1900, 1, 1)
    accountable_from: date | None = None
    window: Limit = Limit(amount=12, unit="months")
    matrix: dict[str, tuple[int, ...]] | None = None
    statement_window: Limit = _working_days(5)
    review_request: Limit = Limit(amount=30, unit="calendar_days")
    review_decision: Limit = Limit(amount=30, unit="calendar_days")
    review_stays: bool = False
    share_threshold: int = 50
    once_verified: tuple[str, ...] = ("false_disclosure", "demanding_favours", "wilful_refusal")
    severity_grid: SeverityGrid = SeverityGrid()
    bands: tuple[Band, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    exemptions: tuple[str, ...] = ()
    terms: dict[str, Term] = msgspec.field(default_factory=dict)
    leader_shares: tuple[LeaderShare, ...] = SHIPPED_SHARES
    unit_threshold: int | None = 10
    unit_matrix: dict[str, tuple[int, ...]] | None = None
    unit_kinds: tuple[str, ...] = tuple(sorted(OF_THE_UNIT))
    head_decides_up_to: int = 4
    competence: dict[str, int] = msgspec.field(default_factory=dict)
    appointing_authority: str | None = None
    legal_ground_from: int = 7
    inquiry_answer: Limit = _working_days(5)
    supervision_answer: Limit = Limit(amount=30, unit="calendar_days")
    receipt_within: Limit = _working_days(5)
    phases: dict[str, Limit] = msgspec.field(default_factory=dict)
    ladder: Ladder = Ladder()
    detectors: Detectors = Detectors()
    clauses: dict[str, str] = msgspec.field(default_factory=dict)

    def proposed_level(self, grade: str, count: int) -> int:
        """Measure 1-7 for a grade and the number of confirmed breaches in the window (1 and more)."""
        return _cell({**SHIPPED_MATRIX, **(self.matrix or {})}, grade, count)

    def proposed_for_unit(self, grade: str, count: int) -> int:
        """Measure 1-4 towards a unit."""
        return _cell({**SHIPPED_UNIT_MATRIX, **(self.unit_matrix or {})}, grade, count)

    def lighter_by(self, facts: tuple[str, ...]) -> int:
        return sum(a.lighter for a in self.adjustments if a.fact in facts)

    def suggested(self, late: int, limit: int) -> str | None:
        """The gravest band that a delay falls into."""
        return max((b.grade for b in self.bands if b.holds(late, limit)), key=GRADES.index, default=None)

    def head_up_to(self, staff_category: str | None) -> int:
        return self.competence.get(staff_category or "", self.head_decides_up_to)

    def within(self, phase: str) -> Limit:
        """How long the owner of a phase has for it."""
        return self.phases.get(phase) or PHASES[phase]


PHASES: dict[str, Limit] = {
    "proposed": _working_days(15),
    "decided": _working_days(5),
    "effective": _working_days(10),
    "executed": _working_days(5),
    "restoration": _working_days(10),
}


def _cell(matrix: dict[str, Any], grade: str, count: int) -> int:
    row = matrix[grade]
    return int(row[min(count, len(row)) - 1])
