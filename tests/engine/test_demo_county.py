"""The county's data is whole, lawful by the product's own measure, and nobody real."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from engine.provisioning.check import check
from engine.provisioning.folder import Catalogue, read_folder
from rules.calendar import shipped
from rules.items import Item
from rules.limit import Limit
from rules.periods import add_period

FOLDER = Path(__file__).parents[2] / "examples" / "county"
CATEGORIES = {
    "licensing",
    "non_licensing_approval",
    "penalty",
    "tax",
    "fees",
    "personnel",
    "public_resources",
    "other",
}


@pytest.fixture(scope="module")
def county() -> Catalogue:
    return read_folder(FOLDER)


def days(limit: Limit) -> float:
    """Length in calendar days, roughly: enough to compare limits of different units."""
    if limit.unit == "working_days":
        return limit.amount * 7 / 5
    return (add_period(date(2026, 3, 2), limit, "last_day") - date(2026, 3, 2)).days


def test_every_name_in_the_folder_leads_somewhere(county: Catalogue) -> None:
    check(county)


def test_the_county_is_large_enough_to_show_everything(county: Catalogue) -> None:
    assert len(county.units) >= 14
    assert len(county.items) >= 32
    assert len(county.inspectors) >= 3
    assert {item.category for item in county.items} == CATEGORIES


def test_every_unit_has_its_chain_of_posts(county: Catalogue) -> None:
    officers = Counter(p.unit for p in county.people if p.post in {"officer", "inspector", "window"})
    for unit in county.units:
        assert all((unit.first_responsible, unit.deputy_in_charge, unit.section_head, unit.discipline_group)), unit.id
        assert officers[unit.id] >= 2, unit.id


def test_names_are_placeholders(county: Catalogue) -> None:
    assert all(re.fullmatch(r"\S+·\S某", person.name) for person in county.people)


@pytest.mark.parametrize("item", read_folder(FOLDER).items, ids=lambda item: item.code)
def test_each_item_keeps_the_rules_of_publication(item: Item) -> None:
    assert item.name
    assert item.name_en
    assert isinstance(item.basis, dict)
    assert item.committed_limit is not None
    if item.statutory_limit is not None:
        assert 3 * days(item.committed_limit) <= 2 * days(item.statutory_limit) + 0.5
        assert item.basis["statutory"]
    assert {step.limit.unit for step in item.steps} <= {item.committed_limit.unit}
    assert sum(step.limit.amount for step in item.steps) <= item.committed_limit.amount
    assert all(rule.basis for rule in item.suspensions)
    if item.silence.effect != "none":
        assert item.silence.basis
        assert item.silence.grants


def test_the_calendar_of_the_county_adds_office_hours_to_the_national_one(county: Catalogue) -> None:
    from rules.calendar import Calendar

    calendar = Calendar.from_dict(county.calendars[0].form)
    assert calendar.has_hours
    assert all(
        calendar.is_working_day(day) == shipped("CN").is_working_day(day)
        for day in (date(2026, 1, 1), date(2026, 2, 14), date(2026, 2, 16), date(2026, 10, 8))
    )
