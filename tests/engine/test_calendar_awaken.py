"""Whichever road a calendar takes, concluded cases that it puts in doubt are looked at again."""

import pytest

from engine.provisioning.export import catalogue_of, merged
from engine.provisioning.folder import read_parts
from engine.provisioning.record import provision
from engine.storage.config import record
from tests.support.calendars import Life, local
from tests.support.worlds import TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres
CORRECTED = {
    "version": "CN-2026-b",
    "extends": "CN",
    "days": [{"on": "2026-11-09", "kind": "off", "basis": "测试更正"}],
}
FIRST = {"version": "CN-2026-a", "known_from": "2020-01-01T00:00:00+08:00", "extends": "CN"}


@pytest.fixture
def life(postgres_server, tmp_path):
    """A consent by silence on a case that sleeps for good."""
    with a_database(postgres_server, tmp_path, size=3) as pool:
        life = Life(pool, TestClock(local("2026-11-02")))
        with pool.connection() as connection:
            record(connection, "calendar", FIRST["version"], FIRST, at=life.clock.now())
        life.take(accepted("A1", life.clock.at))
        life.until(local("2026-11-12"))
        with pool.connection() as connection:
            connection.execute("UPDATE wake SET ended = true, next_at = NULL WHERE stream_id = 'case:A1'")
        yield life


def status(life):
    return life.rows("SELECT outcome_kind, outcome_status FROM case_file WHERE case_id = 'A1'")


def provisioned(life, form):
    given = read_parts({"calendars": [form | {"known_from": life.clock.at.isoformat()}]}, "test")
    with life.pool.connection() as connection:
        provision(connection, merged(catalogue_of(connection), given), life.clock.now())


def test_one_that_a_fact_brings_into_force(life):
    with life.pool.connection() as connection:
        record(connection, "calendar", CORRECTED["version"], CORRECTED, at=life.clock.now())
    life.look()
    assert status(life) == [("implied_consent", "in_force")]
    life.take(message("c", "calendar.imported", "", life.clock.at, version=CORRECTED["version"]))
    life.look()
    assert status(life) == [("implied_consent", "under_review")]


def test_one_that_is_provisioned(life):
    provisioned(life, CORRECTED)
    life.look()
    assert status(life) == [("implied_consent", "under_review")]


def test_a_calendar_that_says_nothing_new_wakes_nobody(life):
    provisioned(life, CORRECTED | {"days": [{"on": "2026-06-01", "kind": "off"}]})
    assert life.rows("SELECT ended FROM wake WHERE stream_id = 'case:A1'") == [(True,)]
