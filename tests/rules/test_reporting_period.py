"""A year, a quarter, a month, as people write them."""

from datetime import date

import pytest

from rules.errors import RuleError
from rules.reporting_period import reporting_period


@pytest.mark.parametrize(
    ("written", "name", "first", "last"),
    [
        ("2026", "2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026Q1", "2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", "2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_runs_from_its_first_day_through_its_last(written, name, first, last):
    period = reporting_period(written)
    assert (period.name, period.first, period.last) == (name, first, last)
    assert (period.end - last).days == 1


@pytest.mark.parametrize("written", ["", "26", "2026Q5", "2026-13", "2026-1", "2026q1", "2026Q1 ", "first quarter"])
def test_anything_else_is_refused_with_what_to_write(written):
    with pytest.raises(RuleError, match="2026Q1"):
        reporting_period(written)


def test_a_year_has_four_quarters_and_nothing_else_has_any():
    year = reporting_period("2026")
    assert [q.name for q in year.quarters] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert year.quarters[0].first == year.first and year.quarters[3].last == year.last
    assert reporting_period("2026Q1").quarters == ()
