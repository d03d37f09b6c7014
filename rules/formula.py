"""A formula of evaluation (绩效评估) as data: terms with weights, deductions, grades, commendation; each with its basis and its effective date."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

from rules.errors import RuleError, refusal
from rules.figures import AVERAGES, FIGURES, SUMS, Direction
from rules.items import Struct

Subject = Literal["unit", "person"]
SUBJECTS: tuple[Subject, ...] = ("unit", "person")


class Rate(Struct, frozen=True, tag="rate"):
    """So many of so many, in per cent: no points at `none_at`, all of `points` at `full_at`, in between in proportion."""

    id: str
    figure: str
    per: str
    points: int
    full_at: int = 100
    none_at: int = 0
    name: str = ""
    name_en: str | None = None
    basis: str | None = None


class Average(Struct, frozen=True, tag="average"):
    """The average amount of a figure, in the figure's own measure; `full_at` below `none_at` where less is better."""

    id: str
    figure: str
    points: int
    full_at: int
    none_at: int
    name: str = ""
    name_en: str | None = None
    basis: str | None = None


class Deduction(Struct, frozen=True, tag="deduction"):
    """Hundredths of a point for each, at most `most` points. `by` amount: for each unit of the amounts instead.

    With `per_hundred` it is for each in a hundred concluded cases; fewer cases than a hundred count as a hundred.
    """

    id: str
    figure: str
    each: int
    most: int
    by: Literal["count", "amount"] = "count"
    per_hundred: bool = False
    name: str = ""
    name_en: str | None = None
    basis: str | None = None


Term = Rate | Average | Deduction


class GradeRule(Struct, frozen=True):
    """A grade from so many points on, and only with no more of each of these figures."""

    grade: str
    at_least: int
    at_most: dict[str, int] = msgspec.field(default_factory=dict)
    name: str = ""
    name_en: str | None = None


class Commendation(Struct, frozen=True):
    """Who is named at the end of the year (年终表彰): the year's grade, so many quarters of it, none of these figures, at most this share."""

    grade: str
    quarters: int = 0
    at_most: dict[str, int] = msgspec.field(default_factory=dict)
    share: int = 100
    basis: str | None = None


class Formula(Struct, frozen=True):
    """Grades stand best first; the last one asks for nothing, so that everybody with cases has one."""

    subject: Subject
    version: int
    effective_from: date
    terms: tuple[Term, ...]
    grades: tuple[GradeRule, ...]
    basis: str | None = None
    commendation: Commendation | None = None


class Flaw(msgspec.Struct, frozen=True):
    """What is wrong with a formula, where, and what to do."""

    field: str
    message: str


def flaws(formula: Formula) -> list[Flaw]:
    """Why a formula would not be fair: a figure nobody counts, a breach that gains points, a grade out of order."""
    return [*_terms(formula), *_grades(formula), *_commendation(formula)]


def _terms(formula: Formula) -> Iterator[Flaw]:
    seen: set[str] = set()
    for place, term in enumerate(formula.terms):
        where = f"terms[{place}]"
        if term.id in seen:
            yield Flaw(f"{where}.id", f"{term.id!r} is given twice; give each term a name of its own")
        seen.add(term.id)
        names = (term.figure, term.per) if isinstance(term, Rate) else (term.figure,)
        unknown = [name for name in names if name not in FIGURES]
        yield from (Flaw(where, f"there is no figure {name!r}; use one of {', '.join(FIGURES)}") for name in unknown)
        if not unknown:
            yield from _sense(term, where)
    if not any(isinstance(term, Rate | Average) and term.points > 0 for term in formula.terms):
        yield Flaw("terms", "at least one rate or average has to give points")


def _sense(term: Term, where: str) -> Iterator[Flaw]:
    """More of a bad figure never helps, more of a good one never harms."""
    if isinstance(term, Deduction):
        yield from _deduction(term, where)
        return
    if term.points < 0 or term.full_at == term.none_at:
        yield Flaw(where, "`points` is not negative, and `full_at` differs from `none_at`")
    if isinstance(term, Average) and term.figure not in AVERAGES:
        yield Flaw(where, f"an average of {term.figure!r} says nothing; use one of {', '.join(AVERAGES)}")
    elif _direction(term) == ("bad" if term.full_at > term.none_at else "good"):
        yield Flaw(where, f"more of {term.figure!r} would count the wrong way round; exchange `full_at` and `none_at`")
    if isinstance(term, Rate) and _diluted(term):
        yield Flaw(
            where, f"more of {term.per!r} would hide {term.figure!r}; divide by a figure that is no fault itself"
        )
    if isinstance(term, Rate) and _shrunk(term):
        yield Flaw(where, f"a merit in {term.per!r} would lower the rate; divide by a figure that is no merit itself")


def _direction(term: Rate | Average) -> Direction:
    return FIGURES[term.figure] if isinstance(term, Rate) else AVERAGES[term.figure]


def _diluted(term: Rate) -> bool:
    """Whether other faults make the whole larger by which these are divided."""
    parts = SUMS.get(term.per, (term.per,))
    return FIGURES[term.figure] != "good" and any(FIGURES[part] == "bad" and part != term.figure for part in parts)


def _shrunk(term: Rate) -> bool:
    """Whether more of a merit makes only the whole larger, or first makes a rate that can be judged."""
    parts = SUMS.get(term.per, (term.per,))
    others = any(FIGURES[part] == "good" and part != term.figure for part in parts)
    return FIGURES[term.per] == "good" or (FIGURES[term.figure] != "bad" and others)


def _deduction(term: Deduction, where: str) -> Iterator[Flaw]:
    if term.each < 0 or term.most < 0:
        yield Flaw(where, "a deduction takes points away: `each` and `most` are not negative")
    if FIGURES[term.figure] == "good":
        yield Flaw(where, f"{term.figure!r} is a merit; deduct nothing for it")
    if term.by == "amount" and term.figure != "measures":
        yield Flaw(where, f"{term.figure!r} is counted, not weighed; leave `by` out")


def _grades(formula: Formula) -> Iterator[Flaw]:
    if not formula.grades or formula.grades[-1].at_most or formula.grades[-1].at_least > 0:
        yield Flaw("grades", "the last grade has `at_least` 0 and no `at_most`, so that everybody has one")
    points = [rule.at_least for rule in formula.grades]
    if points != sorted(points, reverse=True):
        yield Flaw("grades", "the best grade stands first: `at_least` falls from one to the next")
    for place, rule in enumerate(formula.grades):
        yield from _bounds(rule.at_most, f"grades[{place}].at_most")


def _commendation(formula: Formula) -> Iterator[Flaw]:
    rule = formula.commendation
    if rule is None:
        return
    if rule.grade not in {grade.grade for grade in formula.grades}:
        yield Flaw("commendation.grade", f"{rule.grade!r} is none of the grades")
    if not 0 <= rule.share <= 100 or not 0 <= rule.quarters <= 4:
        yield Flaw("commendation", "`share` is a percentage, `quarters` is 0 to 4")
    yield from _bounds(rule.at_most, "commendation.at_most")


def _bounds(at_most: dict[str, int], where: str) -> Iterator[Flaw]:
    for name in at_most:
        if FIGURES.get(name) != "bad":
            yield Flaw(f"{where}.{name}", "only figures that speak against somebody have a most")


def formula_for(formulas: Sequence[Formula], subject: Subject, on: date) -> Formula:
    """The formula in force on a day: the latest of those given, else the shipped one."""
    known = [f for f in formulas if f.subject == subject and f.effective_from <= on]
    return max(known, key=lambda f: (f.effective_from, f.version)) if known else shipped_formula(subject)


@lru_cache(maxsize=2)
def shipped_formula(subject: Subject) -> Formula:
    text = files("rules").joinpath("formulas", f"{subject}.json").read_text("utf-8")
    try:
        return msgspec.convert(json.loads(text), Formula)
    except msgspec.ValidationError as error:
        raise refusal(error, f"formulas/{subject}.json") from error


def checked(formula: Formula) -> Formula:
    """The same formula; RuleError names the first flaw."""
    for flaw in flaws(formula):
        raise RuleError("unfair_formula", flaw.message, flaw.field)
    return formula
