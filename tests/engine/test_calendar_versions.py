"""Versions of a calendar: kept for ever, compared day by day, checked for the year ahead."""

from datetime import date, timedelta

import pytest

from engine.calendars.candidates import Span
from engine.calendars.check import check
from engine.calendars.differences import differing
from engine.calendars.versions import as_known_on, versions
from engine.storage.world import load_world
from tests.support.calendars import NEXT_YEAR, Life, local
from tests.support.worlds import TestClock, a_database

pytestmark = pytest.mark.postgres
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def life(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path, size=3) as pool:
        yield Life(pool, TestClock(local("2026-11-02")))


# -- versions -----------------------------------------------------------------------------------------------------------------


def test_a_version_does_not_change_when_what_it_was_made_from_does(life):
    life.bring(NEXT_YEAR)
    [(body,)] = life.rows("SELECT body FROM config_entry WHERE id = 'CN-2027'")
    assert "extends" not in body and "2025" in body["years"]


def test_as_known_on_answers_with_the_version_then_in_force(life):
    life.bring(NEXT_YEAR)
    life.until(local("2026-11-04"))
    life.bring({"version": "CN-2027-b", "extends": "CN-2027", "days": [{"on": "2027-02-05", "kind": "off"}]})
    with life.pool.connection() as connection:
        world = load_world(connection)
        found = versions(connection, world, life.clock.now())
    known = [as_known_on(world, date(2026, 11, day)).version for day in (1, 2, 3, 4)]
    assert known == ["CN-2026", "CN-2027", "CN-2027", "CN-2027-b"]
    assert [(one.version, one.in_force) for one in found] == [
        ("CN-2027-b", True),
        ("CN-2027", False),
        ("CN-2026", False),
    ]
    assert {paper.inherited for paper in found[0].papers} == {"CN-2027"} and found[0].actor == "sun"


def test_the_check_finds_the_missing_next_year_from_october_on(life):
    life.clock.go(local("2026-09-30"))
    assert codes(life) == []
    life.clock.go(local("2026-10-01"))
    assert codes(life) == [("missing_year", "2027")]
    life.bring(NEXT_YEAR)
    assert codes(life) == []


def codes(life):
    with life.pool.connection() as connection:
        return [(one.code, one.value) for one in check(connection, load_world(connection), life.clock.now())]


def test_differences_are_found_by_day_hours_and_status(life):
    proposal = life.proposal(NEXT_YEAR)
    year = Span(date(2026, 6, 1), date(2027, 6, 30))
    assert differing(proposal.before, proposal.calendar, year) == Span(date(2027, 1, 1), date(2027, 6, 30))
    assert differing(proposal.before, proposal.before, year) is None
