"""Decision tables: what the review finds is what trying every value would find."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from rules.conditions import And, Compare, Condition, Not, Or, holds
from rules.decision_table import Review, review

DECLARED = {"listed": "boolean", "area": "integer", "kind": ["new", "old", "gas"]}
compares = st.one_of(
    st.builds(Compare, st.just("listed"), st.sampled_from(["==", "!="]), st.booleans()),
    st.builds(Compare, st.just("area"), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(0, 6)),
    st.builds(Compare, st.just("kind"), st.just("in"), st.sampled_from([("new",), ("new", "old"), ("gas",)])),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    compares, lambda inner: st.builds(Not, inner) | st.builds(lambda a, b: And((a, b)), inner, inner) | st.builds(lambda a, b: Or((a, b)), inner, inner), max_leaves=4
)  # fmt: skip
tables = st.lists(st.tuples(conditions, st.sampled_from(["none", "approve"])), min_size=1, max_size=4)
EVERYTHING = [
    dict(zip(DECLARED, values, strict=True)) for values in product((False, True), range(-2, 9), DECLARED["kind"])
]


def slowly(rows: list[tuple[Condition, str]]) -> tuple[set[tuple[int, int]], bool, set[int]]:
    """The same by trying far more values than the table names."""
    overlaps, gap, met = set(), False, set()
    for situation in EVERYTHING:
        true = [n for n, (condition, _) in enumerate(rows) if holds(condition, situation, DECLARED)]
        met |= set(true)
        gap = gap or not true
        overlaps |= {(a, b) for a in true for b in true if a < b and rows[a][1] != rows[b][1]}
    return overlaps, gap, set(range(len(rows))) - met


@given(tables)
def test_the_review_agrees_with_trying_everything(rows):
    found = review(rows, DECLARED)
    overlaps, gap, idle = slowly(rows)
    assert ({(a, b) for a, b, _ in found.overlaps}, found.gap is not None, set(found.idle)) == (overlaps, gap, idle)


def test_a_situation_named_is_one_in_which_it_happens():
    rows = [(Compare("area", ">", 5), "none"), (Compare("area", "<", 7), "approve")]
    [(first, second, situation)] = review(rows, DECLARED).overlaps
    assert (first, second, situation) == (0, 1, {"area": 6})


def test_too_many_situations_are_not_tried():
    names = {f"n{place}": "integer" for place in range(12)}
    rows = [(Compare(name, ">", place), "none") for place, name in enumerate(names)]
    assert review(rows, names) == Review(complete=False)
