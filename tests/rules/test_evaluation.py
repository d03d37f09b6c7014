"""Scores, grades and commendation: what holds for every formula that passes its check (accountability.md 6)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.errors import RuleError
from rules.evaluation import NO_CASES, Candidate, commended, evaluate
from rules.figures import AVERAGES, FIGURES, Mark, Sum, Tally, by_person, by_unit, tally, within
from rules.formula import (
    SUBJECTS,
    Average,
    Commendation,
    Deduction,
    Formula,
    GradeRule,
    Rate,
    checked,
    flaws,
    formula_for,
    shipped_formula,
)

COUNTED = tuple(name for name in FIGURES if name != "due")
BAD = tuple(name for name in COUNTED if FIGURES[name] == "bad")
GOOD = tuple(name for name in COUNTED if FIGURES[name] == "good")
small = st.integers(0, 150)
points = st.integers(1, 60)


def sums(figure: str) -> st.SearchStrategy[Sum]:
    if figure in {"limit_used", "ratings", "measures"}:
        return small.flatmap(lambda n: st.integers(n, n * 1500).map(lambda total: Sum(n, total)))
    return small.map(lambda n: Sum(n, n))


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    names = draw(st.lists(st.sampled_from(COUNTED), unique=True, max_size=10))
    return Tally({name: draw(sums(name)) for name in names})


@st.composite
def terms(draw: st.DrawFn, id_: str) -> Rate | Average | Deduction:
    kind = draw(st.sampled_from(("rate", "average", "deduction")))
    ends = draw(st.tuples(st.integers(0, 1200), st.integers(0, 1200)))
    if kind == "rate":
        figure, per = draw(st.sampled_from(tuple(FIGURES))), draw(st.sampled_from(tuple(FIGURES)))
        return Rate(id=id_, figure=figure, per=per, points=draw(points), full_at=ends[0] % 101, none_at=ends[1] % 101)
    if kind == "average":
        figure = draw(st.sampled_from(tuple(AVERAGES)))
        return Average(id=id_, figure=figure, points=draw(points), full_at=ends[0], none_at=ends[1])
    return Deduction(
        id=id_, figure=draw(st.sampled_from(tuple(FIGURES))), each=draw(small), most=draw(points), per_hundred=draw(st.booleans())
    )  # fmt: skip


@st.composite
def formulas(draw: st.DrawFn) -> Formula:
    """Shipped formulas, and such as people could write; only those that pass the check."""
    if draw(st.booleans()):
        return shipped_formula(draw(st.sampled_from(SUBJECTS)))
    made = tuple(draw(terms(f"t{n}")) for n in range(draw(st.integers(1, 4))))
    at_most = draw(st.dictionaries(st.sampled_from(BAD), small, max_size=2))
    grades = (
        GradeRule(grade="high", at_least=draw(st.integers(1, 100)), at_most=at_most),
        GradeRule(grade="low", at_least=0),
    )
    formula = Formula(subject="unit", version=1, effective_from=date(2026, 1, 1), terms=made, grades=grades)
    assume(not flaws(formula))
    return formula


def more(before: Tally, figure: str, n: int, amount: int = 1) -> Tally:
    return before.plus(Tally({figure: Sum(n, n * amount)}))


def order(formula: Formula) -> dict[str, int]:
    return {rule.grade: -place for place, rule in enumerate(formula.grades)}


def never_better(formula: Formula, before: Tally, after: Tally) -> None:
    old, new = evaluate(formula, before), evaluate(formula, after)
    if old.hundredths is not None:
        assert new.hundredths is not None and new.hundredths <= old.hundredths
        assert order(formula)[new.grade] <= order(formula)[old.grade]


@given(formulas(), tallies(), st.sampled_from(BAD), st.integers(1, 30))
def test_more_of_what_speaks_against_somebody_never_gives_a_better_score(formula, before, figure, n):
    never_better(formula, before, more(before, figure, n, amount=1))


@given(formulas(), tallies(), st.integers(1, 30))
def test_a_breached_case_is_a_late_one_and_both_together_never_help(formula, before, n):
    never_better(formula, before, more(more(before, "breaches_standing", n), "late", n))


# A merit is a part of something; that much of it has to be there.
PARTS = {"on_time": {"concluded"}, "direct": {"concluded", "window"}, "satisfied": {"ratings"}}


@given(formulas(), tallies(), st.sampled_from(GOOD), st.integers(1, 30))
def test_more_of_a_merit_never_gives_a_worse_score(formula, before, figure, n):
    before = before.plus(Tally({whole: Sum(200, 600) for whole in PARTS[figure]}))
    old, new = evaluate(formula, before), evaluate(formula, more(before, figure, n))
    if old.hundredths is not None:
        assert new.hundredths is not None and new.hundredths >= old.hundredths


@pytest.mark.parametrize(
    ("figure", "per"), [("late", "on_time"), ("direct", "due"), ("window", "due"), ("direct", "satisfied")]
)
def test_a_rate_that_a_merit_would_lower_is_no_fair_term(figure, per):
    ends = {"full_at": 0, "none_at": 100} if figure == "late" else {}
    term = Rate(id="t", figure=figure, per=per, points=10, **ends)
    grades = (GradeRule(grade="all", at_least=0),)
    formula = Formula(subject="unit", version=1, effective_from=date(2026, 1, 1), terms=(term,), grades=grades)
    assert any("a merit in" in flaw.message for flaw in flaws(formula))


@given(formulas(), tallies())
def test_a_score_lies_between_none_and_all_points(formula, found):
    score = evaluate(formula, found)
    assert score.hundredths is None or 0 <= score.hundredths <= 10_000
    assert score.grade in {*order(formula), NO_CASES}
    assert (score.hundredths is None) == (score.grade == NO_CASES)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_who_had_no_case_has_no_score_and_that_is_not_a_hundred(subject):
    score = evaluate(shipped_formula(subject), Tally())
    assert (score.hundredths, score.grade) == (None, NO_CASES)


def test_warnings_alone_are_no_case():
    assert evaluate(shipped_formula("unit"), Tally({"warnings": Sum(3, 3)})).grade == NO_CASES


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
marks_made = st.builds(
    Mark, st.sampled_from(COUNTED), st.sampled_from("AB"), st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(tuple),
    st.sampled_from(("c1", "c2", "c3")), st.text("ab", max_size=2), moments, st.integers(1, 9),
)  # fmt: skip


@given(st.lists(marks_made, max_size=30), st.randoms())
def test_the_order_of_marks_does_not_matter(marks, chance):
    shuffled = list(marks)
    chance.shuffle(shuffled)
    assert by_unit(shuffled) == by_unit(marks) and by_person(shuffled) == by_person(marks)


@given(st.lists(marks_made, max_size=30), moments)
def test_figures_of_two_periods_add_up_to_those_of_both(marks, cut):
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    parts = tally(within(marks, start, cut)).plus(tally(within(marks, cut, end)))
    assert parts == tally(marks)


def test_due_is_on_time_and_late_together():
    found = Tally({"on_time": Sum(7, 7), "late": Sum(3, 3)})
    assert found.count("due") == 10


# -- by example ---------------------------------------------------------------------------------------------------------


FORMULA = Formula(
    subject="unit",
    version=3,
    effective_from=date(2026, 1, 1),
    terms=(
        Rate(id="on_time", figure="on_time", per="due", points=60, full_at=100, none_at=50),
        Average(id="used", figure="limit_used", points=40, full_at=500, none_at=1000),
        Deduction(id="breaches", figure="breaches_standing", each=250, most=10),
        Deduction(id="measures", figure="measures", each=100, most=20, by="amount"),
    ),
    grades=(
        GradeRule(grade="excellent", at_least=70, at_most={"breaches_confirmed": 0}),
        GradeRule(grade="fair", at_least=60),
        GradeRule(grade="poor", at_least=0),
    ),
    commendation=Commendation(grade="excellent", quarters=2, share=50),
)


def figures(**counts: int | tuple[int, int]) -> Tally:
    return Tally({name: Sum(n, n) if isinstance(n, int) else Sum(*n) for name, n in counts.items()})


def test_the_formula_by_hand():
    """90 % on time: 48 of 60; 60 % of the limit: 32 of 40; two breaches: 5 off; a measure of number 3: 3 off."""
    score = evaluate(FORMULA, figures(on_time=9, late=1, limit_used=(10, 6000), breaches_standing=2, measures=(1, 3)))
    assert score.hundredths == 7200 and score.grade == "excellent"
    assert [(t.id, t.points, t.value) for t in score.terms] == [
        ("on_time", 4800, 9000), ("used", 3200, 60000), ("breaches", -500, None), ("measures", -300, None)
    ]  # fmt: skip


def test_a_confirmed_breach_keeps_a_unit_from_the_best_grade_whatever_its_points():
    assert evaluate(FORMULA, figures(on_time=10, breaches_confirmed=1)).grade == "fair"


def test_a_term_without_anything_to_judge_by_leaves_its_weight_to_the_others():
    assert evaluate(FORMULA, figures(on_time=9, late=1)).hundredths == 8000


def test_nobody_rises_by_rounding():
    """2/3 of the points are 66.67 when written; 70 are not reached by rounding up 69.996 either."""
    almost = Formula(
        subject="unit", version=1, effective_from=date(2026, 1, 1), grades=FORMULA.grades,
        terms=(Rate(id="r", figure="on_time", per="due", points=100),),
    )  # fmt: skip
    score = evaluate(almost, figures(on_time=69_996, late=30_004))
    assert (score.hundredths, score.grade) == (7000, "fair")


def candidate(id_: str, hundredths: int, *quarters: str) -> Candidate:
    found = figures(on_time=100)
    score = msgspec.structs.replace(evaluate(FORMULA, found), hundredths=hundredths)
    return Candidate(id_, found, score, quarters)


def test_the_best_are_commended_within_the_share_and_equals_are_treated_alike():
    good = ("excellent", "excellent")
    four = [
        candidate("a", 9000, *good),
        candidate("b", 9500, *good),
        candidate("c", 8000, *good),
        candidate("d", 9900, "fair"),
    ]
    assert [one.id for one in commended(FORMULA, four)] == ["b", "a"]
    tied = [
        candidate("a", 9000, *good),
        candidate("b", 9500, *good),
        candidate("c", 9000, *good),
        candidate("d", 10, "poor"),
    ]
    assert [one.id for one in commended(FORMULA, tied)] == ["b"]


def test_who_had_no_case_is_not_commended():
    assert commended(FORMULA, [Candidate("a", Tally(), evaluate(FORMULA, Tally()), ())]) == []


def test_the_formula_in_force_is_the_latest_by_then_and_the_shipped_one_before():
    later = msgspec.structs.replace(FORMULA, version=4, effective_from=date(2026, 7, 1))
    assert formula_for((later, FORMULA), "unit", date(2026, 6, 30)) is FORMULA
    assert formula_for((later, FORMULA), "unit", date(2026, 7, 1)) is later
    assert formula_for((later, FORMULA), "unit", date(2025, 12, 31)) is shipped_formula("unit")
    assert formula_for((later, FORMULA), "person", date(2026, 7, 1)) is shipped_formula("person")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_shipped_formulas_are_fair(subject):
    assert flaws(shipped_formula(subject)) == []


UNFAIR = {
    "a breach that gains points": Rate(id="x", figure="breaches_standing", per="concluded", points=5),
    "faults hidden by other faults": Rate(id="x", figure="breaches_confirmed", per="breaches_standing", points=5, full_at=0, none_at=50),
    "a deduction for a merit": Deduction(id="x", figure="on_time", each=1, most=1),
    "a deduction that gives": Deduction(id="x", figure="red", each=-1, most=1),
    "an average of heavier measures": Average(id="x", figure="measures", points=5, full_at=1, none_at=7),
    "using the limit up is better": Average(id="x", figure="limit_used", points=5, full_at=1000, none_at=0),
    "nobody counts that": Rate(id="x", figure="smiles", per="concluded", points=5),
    "a name given twice": Rate(id="on_time", figure="on_time", per="due", points=5),
}  # fmt: skip


@pytest.mark.parametrize("what", UNFAIR)
def test_an_unfair_term_is_refused_with_its_place(what):
    formula = msgspec.structs.replace(FORMULA, terms=(*FORMULA.terms, UNFAIR[what]))
    assert flaws(FORMULA) == []
    assert [flaw.field.partition(".")[0] for flaw in flaws(formula)] == ["terms[4]"]
    with pytest.raises(RuleError) as error:
        checked(formula)
    assert error.value.code == "unfair_formula" and error.value.field.startswith("terms[4]")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"grades": FORMULA.grades[:2]}, "grades"),
        ({"grades": (FORMULA.grades[1], FORMULA.grades[0], FORMULA.grades[2])}, "grades"),
        (
            {"grades": (GradeRule(grade="a", at_least=9, at_most={"on_time": 3}), FORMULA.grades[2])},
            "grades[0].at_most.on_time",
        ),
        ({"commendation": Commendation(grade="superb")}, "commendation.grade"),
        ({"commendation": Commendation(grade="fair", share=101)}, "commendation"),
        ({"terms": FORMULA.terms[2:]}, "terms"),
    ],
)
def test_grades_and_commendation_are_checked_too(change, field):
    assert field in [flaw.field for flaw in flaws(msgspec.structs.replace(FORMULA, **change))]
