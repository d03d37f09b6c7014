"""Live, a bulk of late endings is found as in a rehearsal: the watch of the unit counts, a case carries the finding."""

from datetime import timedelta

import pytest

from engine.intake.decide import decide
from engine.rebuild.tables import compare
from engine.storage.config import Configuration, record_all
from engine.storage.connect import open_owner
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres
LATE = MONDAY + timedelta(days=3)


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path) as pool:
        rules = {"detectors": {"bulk_back_entry": {"entries": 3}}}
        with pool.connection() as connection:
            record_all(connection, [Configuration(kind="accountability", id="default", body=rules)], "tests", MONDAY)
        yield pool


@pytest.fixture
def take(pool):
    def taking(at, *messages):
        with pool.connection() as connection:
            return decide(connection, messages, TestClock(at))

    return taking


@pytest.fixture
def rows(pool):
    def asking(statement, *values):
        with pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    return asking


def withdrawn(case):
    return message(f"w-{case}", "application.withdrawn", case, MONDAY + timedelta(hours=2))


def bulk(take):
    cases = [f"A{n}" for n in range(1, 6)]
    take(MONDAY + timedelta(hours=1), *(accepted(case) for case in cases))
    for n, case in enumerate(cases):
        (answer,) = take(LATE + timedelta(hours=n), withdrawn(case))
        assert answer.outcome == "recorded"


def test_the_case_that_completes_the_number_carries_the_finding(take, rows):
    bulk(take)
    [(case, unit, person, data)] = rows(
        "SELECT case_id, unit, person, data FROM finding WHERE kind = 'bulk_back_entry'"
    )
    assert (case, unit, person) == ("A3", "planning", None)
    assert data["what"] == ["A1", "A2", "A3"] and data["evidence"] == ["w-A1", "w-A2", "w-A3"]


def test_several_in_one_transaction_are_counted_as_well(take, rows):
    cases = ["A1", "A2", "A3"]
    take(MONDAY + timedelta(hours=1), *(accepted(case) for case in cases))
    take(LATE, *(withdrawn(case) for case in cases))
    assert len(rows("SELECT 1 FROM finding WHERE kind = 'bulk_back_entry'")) == 1


def test_a_repeat_is_no_second_ending_and_a_person_decides_on_the_finding(take, rows):
    bulk(take)
    take(LATE + timedelta(hours=9), *(withdrawn(case) for case in ("A1", "A2", "A3")))
    said = message("d", "finding.dismissed", "A3", LATE + timedelta(hours=9), finding="bulk_back_entry", reason="停电")
    take(LATE + timedelta(hours=9), said)
    assert rows("SELECT status FROM finding WHERE kind = 'bulk_back_entry'") == [("dismissed",)]


def test_the_tables_rebuilt_from_the_ledger_say_the_same(take, pool):
    bulk(take)
    with open_owner(pool.conninfo) as connection:
        assert compare(connection, lambda _: None) == []


def test_nobody_outside_tells_of_patterns(take, rows):
    (answer,) = take(
        MONDAY + timedelta(hours=1), message("x", "pattern.found", "A1", finding="bulk_back_entry", evidence=["a"])
    )
    assert answer.outcome == "malformed"


def test_what_a_person_says_of_a_case_that_no_catalogue_holds_is_heard(take, rows):
    take(MONDAY, message("a", "application.accepted", "Z1", item="Z"))
    said = message("w", "finding.dismissed", "Z1", LATE, finding="off_catalogue", reason="职责所在", actor="sun")
    (answer,) = take(LATE, said)
    assert answer.outcome == "recorded" and rows("SELECT count(*) FROM parked") == [(0,)]
    assert rows("SELECT kind, case_id, status FROM finding") == [("off_catalogue", "Z1", "dismissed")]


def test_one_matter_under_two_numbers_is_found_live(take, rows, pool):
    take(MONDAY, accepted("A1", project="P-7"))
    take(MONDAY + timedelta(hours=1), accepted("A2", MONDAY + timedelta(hours=1), project="P-7", source="archive"))
    take(MONDAY + timedelta(hours=2), accepted("A3", MONDAY + timedelta(hours=2), project="P-8", source="archive"))
    found = rows("SELECT case_id, data->>'indication' FROM finding WHERE kind = 'double_acceptance'")
    assert found == [("A2", "true")]
    with open_owner(pool.conninfo) as connection:
        assert compare(connection, lambda _: None) == []
