"""`jiannuo score` on an installation, and on a rehearsal file without one."""

from __future__ import annotations

import csv
import io
import json

import msgspec
import pytest
from typer.testing import CliRunner

from engine.cli.score import app
from engine.errors import OperatorError
from engine.intake.decide import advance, decide
from engine.provisioning.check import check
from engine.provisioning.folder import Catalogue, ProvisionError
from rules.formula import Formula
from tests.rules.worlds import a_case
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, message, served


@pytest.fixture
def run(postgres_server, tmp_path, monkeypatch):
    with a_database(postgres_server, tmp_path) as pool:
        monkeypatch.setenv("DATABASE_URL", pool.conninfo)
        monkeypatch.setenv("JIANNUO_DATA", str(tmp_path))
        monkeypatch.setenv("JIANNUO_KEY_FILE", str(tmp_path / "master.key"))
        clock = TestClock()
        with pool.connection() as db:
            decide(db, [accepted("A"), accepted("B"), served("A", MONDAY)], clock)
            clock.go(MONDAY.replace(day=20))
            advance(db, ["case:B"], clock)
            decide(db, [message("c", "complaint.filed", "B", clock.at, text="慢")], clock)
        yield lambda *words: CliRunner().invoke(app, list(words), catch_exceptions=True)


def rows(result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.exception
    return list(csv.DictReader(io.StringIO(result.output)))


@pytest.mark.postgres
def test_scores_and_the_cases_behind_them(run):
    planning = next(row for row in rows(run("show", "--period", "2026Q1", "-o", "csv")) if row["unit"] == "planning")
    assert (planning["due"], planning["on_time"], planning["late"], planning["complaints"]) == ("2", "1", "1", "1")
    assert [
        row["case"]
        for row in rows(run("cases", "--period", "2026Q1", "--figure", "due", "--unit", "planning", "-o", "csv"))
    ] == ["A", "B"]
    assert [
        row["case"]
        for row in rows(run("cases", "--period", "2026Q1", "--figure", "late", "--person", "zhang", "-o", "csv"))
    ] == ["B"]
    (unit,) = rows(run("tables", "--period", "2026-03", "-o", "csv"))
    assert unit["concluded"] == "2"


@pytest.mark.postgres
def test_a_mistake_is_told_with_what_to_do(run):
    assert "2026Q1" in run("show", "--period", "soon").output
    assert "on_time" in run("cases", "--period", "2026", "--figure", "smiles").output
    assert isinstance(run("show", "--period", "2026", "--unit", "moon").exception, OperatorError)
    assert isinstance(run("settle", "--period", "2026Q1", "--actor", "nobody").exception, OperatorError)
    assert isinstance(run("commend", "--year", "2026Q1").exception, OperatorError)


def test_a_rehearsal_is_evaluated_without_an_installation(tmp_path):
    world = a_case(5).accepted().served("03-04 10:00").case("B").accepted()
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world.spec | {"until": "2026-04-01T00:00:00+08:00"}))
    said = json.loads(CliRunner().invoke(app, ["rehearse", str(file), "--period", "2026Q1", "-o", "json"]).output)
    planning = next(row for row in said["rows"] if row["id"] == "planning")
    assert (planning["figures"]["on_time"]["count"], planning["figures"]["late"]["count"]) == (1, 1)
    assert 0 <= planning["score"] < 100


def test_an_unfair_formula_in_a_rehearsal_is_refused_with_its_place(tmp_path):
    formula = {"subject": "unit", "version": 1, "effective_from": "2026-01-01", "grades": [{"grade": "a", "at_least": 0}],
               "terms": [{"type": "rate", "id": "x", "figure": "red", "per": "concluded", "points": 9}]}  # fmt: skip
    file = tmp_path / "world.json"
    file.write_text(json.dumps(a_case(5).spec | {"until": "2026-04-01T00:00:00+08:00", "evaluation": [formula]}))
    refused = CliRunner().invoke(app, ["rehearse", str(file), "--period", "2026Q1"]).exception
    assert isinstance(refused, OperatorError) and "terms[0]" in str(refused)


def test_an_unfair_formula_in_a_folder_is_refused_with_its_place():
    formula = msgspec.convert(
        {"subject": "unit", "version": 1, "effective_from": "2026-01-01", "grades": [{"grade": "a", "at_least": 0}],
         "terms": [{"type": "rate", "id": "x", "figure": "red", "per": "concluded", "points": 9}]}, Formula,
    )  # fmt: skip
    with pytest.raises(ProvisionError, match=r"evaluation of unit version 1: terms\[0\]"):
        check(Catalogue(evaluation=(formula,), leading_group_office="office"))
