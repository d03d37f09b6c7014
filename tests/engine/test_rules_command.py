"""`jiannuo rules simulate` on an installation."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from engine.cli.rules import app
from engine.errors import OperatorError
from engine.intake.decide import advance, decide
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def folder(postgres_server, tmp_path_factory):
    place = tmp_path_factory.mktemp("rules")
    with a_database(postgres_server, place) as pool:
        clock = TestClock()
        with pool.connection() as db:
            decide(db, [accepted("A"), accepted("B"), accepted("C")], clock)
            clock.go(MONDAY.replace(day=5))
            decide(db, [served("A", clock.at)], clock)
            clock.go(MONDAY.replace(day=20))
            advance(db, ["case:B", "case:C"], clock)
        yield place, pool.conninfo


@pytest.fixture
def run(folder, monkeypatch):
    place, url = folder
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("JIANNUO_DATA", str(place))
    monkeypatch.setenv("JIANNUO_KEY_FILE", str(place / "master.key"))
    return lambda *words, given=None: CliRunner().invoke(app, list(words), input=given, catch_exceptions=True)


def answered(result) -> dict:
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


SHORTER = "items:\n- code: P\n  committed_limit: {amount: 2, unit: working_days}\n"


def test_a_shorter_limit_is_shown_with_its_cases_and_kept(run):
    found = answered(run("simulate", "-", "--title", "两日", "-o", "json", given=SHORTER))
    assert found["figures"]["totals"]["red"] == {"before": 2, "after": 3, "gained": 1, "lost": 0}
    assert found["figures"]["totals"]["earlier"]["gained"] == 3
    assert [row["case"] for row in found["changes"]] == []
    assert [m["concerns"] for m in found["measures"]] == ["zhang"]
    kept = answered(run("show", found["id"], "--cases", "-o", "json"))
    assert [row["case"] for row in kept["changes"] if "red" in row["gained"]] == ["A"]
    assert kept["position"]["entries"] > 0
    assert found["id"] in run("list", "--item", "P").output


def test_the_tables_show_before_and_after_and_csv_the_cases(run):
    table = run("simulate", "-", "--cases", given=SHORTER).output
    assert "2 → 3" in table
    lines = run("simulate", "-", "-o", "csv", given=SHORTER).stdout.splitlines()
    assert lines[0] == "case,item,unit,gained,lost"
    assert len(lines) == 4


def test_rules_as_they_are_change_nothing(run):
    same = "items:\n- code: P\n"
    found = answered(run("simulate", "-", "-o", "json", given=same))
    assert all(f["gained"] == f["lost"] == 0 for f in found["figures"]["totals"].values())


@pytest.mark.parametrize("draft", ["items: [{code: X}]", "itemz: []", "{", "items: [{code: P, committed_limit: 5}]"])
def test_a_draft_with_a_mistake_is_told_where(run, draft):
    result = run("simulate", "-", given=draft)
    assert isinstance(result.exception, OperatorError), result.output


def test_a_simulation_that_is_not_there_is_told_so(run):
    assert isinstance(run("show", "0000").exception, OperatorError)
