"""Accountability rules are checked before they are published: each check finds what is wrong and leaves what is right."""

import msgspec
import pytest

from engine.lint.telling import told
from engine.rehearsal.loading import Given, world_of
from rules.accountability import SHIPPED_MATRIX, Accountability
from rules.lint_accountability import lint_accountability
from tests.rules.worlds import PEOPLE, UNITS, item

LOCALES = ("zh", "en")
RISING = {grade: list(row) for grade, row in SHIPPED_MATRIX.items()}


def world(**more):
    spec = {"jiannuo": "rehearsal/1", "items": [], "facts": [], "until": "2026-01-01", "units": UNITS, "people": PEOPLE}
    return world_of(msgspec.convert({**spec, "leading_group_office": "office", "inspectors": ["sun"], **more}, Given))


def found(rules, **more):
    given = msgspec.convert({"unit": "planning", **rules}, Accountability)
    return lint_accountability([given], world(**more))


CASES = [
    ("matrix_not_monotone", "", "matrix.ordinary", {"matrix": {**RISING, "ordinary": [2, 1, 4, 5]}}, {"matrix": RISING}),
    ("matrix_not_monotone", "grades", "matrix.serious", {"matrix": {**RISING, "serious": [1, 5, 6, 7]}}, {"matrix": RISING}),
    ("matrix_incomplete", "missing", "matrix.grave", {"matrix": {g: r for g, r in RISING.items() if g != "grave"}}, {"matrix": RISING}),
    ("matrix_incomplete", "level", "matrix.grave", {"matrix": {**RISING, "grave": [6, 8]}}, {"matrix": {**RISING, "grave": [6, 7]}}),
    ("matrix_incomplete", "unknown_grade", "matrix.severe", {"matrix": {**RISING, "severe": [1]}}, {"matrix": RISING}),
    ("matrix_incomplete", "level", "unit_matrix.grave", {"unit_matrix": {**{g: [1] for g in RISING}, "grave": [5]}}, {"unit_matrix": {g: [1] for g in RISING}}),
    ("matrix_not_monotone", "", "severity_grid.least", {"severity_grid": {"least": {"ordinary": 9, "serious": 8, "grave": 13}}}, {"severity_grid": {}}),
    ("matrix_not_monotone", "", "bands.working_days", {"bands": [{"grade": "minor", "working_days": 9}, {"grade": "grave", "working_days": 3}]}, {"bands": [{"grade": "minor", "working_days": 1}, {"grade": "grave", "working_days": 3}]}),
    ("matrix_incomplete", "band", "bands[0]", {"bands": [{"grade": "minor"}]}, {"bands": [{"grade": "minor", "working_days": 1}]}),
    ("unknown_measure", "", "terms.fine", {"terms": {"fine": {"amount": "100"}}}, {"terms": {"bonus_withheld": {"amount": "100"}}}),
    ("competence_gap", "unit", "unit", {"unit": "nowhere"}, {"unit": "planning"}),
    ("competence_gap", "authority", "appointing_authority", {"appointing_authority": "nobody"}, {"appointing_authority": "county"}),
    ("competence_gap", "head", "competence", {"unit": "inspection"}, {"unit": "planning"}),
    ("clause_missing", "", "share_threshold", {"share_threshold": 40}, {"share_threshold": 40, "clauses": {"share_threshold": "第七条"}}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "because", "field", "wrong", "right"), CASES, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_check_finds_what_is_wrong_and_leaves_what_is_right(code, because, field, wrong, right):
    mark = (code, because, field)
    assert mark in {(one.code, one.because, one.field) for one in found(wrong)}
    assert mark not in {(one.code, one.because, one.field) for one in found(right)}


def test_a_measure_for_which_nobody_is_competent_is_an_error():
    alone = {"leading_group_office": None, "units": [{"id": "planning"}]}
    people = [{"id": "zhang", "unit": "planning", "from": "2010-01-01"}]
    gaps = [one for one in found({}, people=people, **alone) if one.because == "measures"]
    assert [(one.severity, one.values["levels"]) for one in gaps] == [("error", "1 2 3 4 5 6 7")]
    head = {"id": "li", "unit": "planning", "post": "first_responsible", "from": "2010-01-01"}
    gaps = [one for one in found({}, people=[*people, head], **alone) if one.because == "measures"]
    assert [one.values["levels"] for one in gaps] == ["5 6 7"]


def test_the_shipped_rules_are_clean():
    assert lint_accountability([Accountability(unit="planning")], world()) == ()


def test_a_set_for_all_units_is_looked_at_in_each():
    items = [item(code=unit, unit=unit) for unit in ("planning", "water")]
    people = [*PEOPLE, {"id": "xu", "unit": "water", "from": "2010-01-01"}]
    gaps = [one for one in found({"unit": None}, items=items, people=people) if one.because == "head"]
    assert [(one.severity, one.values["unit"]) for one in gaps] == [("warning", "water")]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_ground_is_told_in_both_languages(locale):
    for code, because, _, wrong, _ in CASES:
        one = next(one for one in found(wrong) if (one.code, one.because) == (code, because))
        assert told(one, locale).message
