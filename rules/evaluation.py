"""Evaluation (绩效评估): a score from a tally by a formula, its grade, and who is commended at the end of a year. No number here is rounded but the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from rules.figures import Tally
from rules.formula import Average, Deduction, Formula, GradeRule, Rate

NO_CASES = "no_cases"
FEWEST = 100  # a deduction per hundred cases treats those with fewer as if they had a hundred


class TermScore(msgspec.Struct, frozen=True):
    """What one term gave, in hundredths of a point. `value`: the rate or average (per cent, hundredths); None: nothing to judge by."""

    id: str
    points: int
    of: int
    value: int | None


class Score(msgspec.Struct, frozen=True):
    """`hundredths`: hundredths of a point, 0 to 10,000; None where no case was there to judge by, and that is neither good nor bad."""

    hundredths: int | None
    grade: str
    terms: tuple[TermScore, ...]


def evaluate(formula: Formula, tally: Tally) -> Score:
    """Rates and averages that can be judged are weighed against each other; then deductions are taken off."""
    merits = [(term, _value(term, tally)) for term in formula.terms if not isinstance(term, Deduction)]
    faults = [(term, _taken(term, tally)) for term in formula.terms if isinstance(term, Deduction)]
    weight = sum(term.points for term, value in merits if value is not None)
    terms = (*(_merit(term, value) for term, value in merits), *(_fault(term, taken) for term, taken in faults))
    if not weight:
        return Score(None, NO_CASES, terms)
    earned = sum((term.points * _reached(term, value) for term, value in merits if value is not None), Fraction())
    exact = max(Fraction(), earned * 100 / weight - sum((taken for _, taken in faults), Fraction()))
    return Score(_hundredths(exact), _grade(formula.grades, exact, tally), terms)


def _value(term: Rate | Average, tally: Tally) -> Fraction | None:
    """The rate in per cent, or the average; None where there is nothing to divide by."""
    if isinstance(term, Rate):
        whole = tally.count(term.per)
        return Fraction(100 * tally.count(term.figure), whole) if whole else None
    found = tally.of(term.figure)
    return Fraction(found.total, found.count) if found.count else None


def _reached(term: Rate | Average, value: Fraction) -> Fraction:
    """The part of the term's points that a value earns, 0 to 1."""
    part = Fraction(value - term.none_at) / (term.full_at - term.none_at)
    return min(max(part, Fraction()), Fraction(1))


def _taken(term: Deduction, tally: Tally) -> Fraction:
    found = tally.of(term.figure)
    number = Fraction(found.count if term.by == "count" else found.total)
    if term.per_hundred:
        number = number * 100 / max(tally.count("concluded"), FEWEST)
    return min(number * term.each / 100, Fraction(term.most))


def _merit(term: Rate | Average, value: Fraction | None) -> TermScore:
    if value is None:
        return TermScore(term.id, 0, 0, None)
    return TermScore(term.id, _hundredths(term.points * _reached(term, value)), term.points * 100, _hundredths(value))


def _fault(term: Deduction, taken: Fraction) -> TermScore:
    return TermScore(term.id, -_hundredths(taken), 0, None)


def _hundredths(exact: Fraction) -> int:
    """To the nearest hundredth, halves up."""
    return int(exact * 100 + Fraction(1, 2))


def _grade(grades: Sequence[GradeRule], points: Fraction, tally: Tally) -> str:
    """By the exact points: nobody rises by rounding."""
    return next(rule.grade for rule in grades if points >= rule.at_least and not _over(rule.at_most, tally))


def _over(at_most: Mapping[str, int], tally: Tally) -> bool:
    return any(tally.count(figure) > most for figure, most in at_most.items())


class Candidate(msgspec.Struct, frozen=True):
    """Somebody's year: the figures, the score by the year's formula, and the grade of each quarter."""

    id: str
    tally: Tally
    score: Score
    quarters: tuple[str, ...]


def commended(formula: Formula, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The year-end list, best first. At most the formula's share of all who had cases; of equals at the edge all or none."""
    rule = formula.commendation
    judged = [one for one in candidates if one.score.hundredths is not None]
    if rule is None or not judged:
        return []
    best = {grade.grade: place for place, grade in enumerate(formula.grades)}
    worst = best[rule.grade]

    def worthy(one: Candidate) -> bool:
        enough = sum(best.get(grade, worst + 1) <= worst for grade in one.quarters) >= rule.quarters
        return best[one.score.grade] <= worst and enough and not _over(rule.at_most, one.tally)

    ranked = sorted(filter(worthy, judged), key=lambda one: (-(one.score.hundredths or 0), one.id))
    places = len(judged) * rule.share // 100
    while 0 < places < len(ranked) and ranked[places - 1].score.hundredths == ranked[places].score.hundredths:
        places -= 1
    return ranked[:places]
