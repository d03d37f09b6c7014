"""Alerts, findings and proceedings from the command line: listed, and decided in a person's name through the one door."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from tests.support.county import CASE, a_county, at, command_line, undecided

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-03-02", "08:00")) as made:
        undecided(made)
        yield made


@pytest.fixture
def run(life, monkeypatch, capsys):
    return command_line(life, monkeypatch, capsys)


def rows(run, *arguments: str) -> list[dict]:
    status, out, _ = run(*arguments, "-o", "json")
    assert status == 0
    return json.loads(out)


def person(life, role: str, unit: str | None = None) -> str:
    query = "SELECT coalesce(person, login), units FROM app_user WHERE %s = ANY(roles) ORDER BY login"
    with life.pool.connection() as connection:
        found = connection.execute(query, (role,)).fetchall()
    return next(name for name, units in found if unit is None or not units or unit in units)


def test_an_alert_is_seen_and_answered_by_whom_it_was_sent_to(life, run):
    alert = next(row for row in rows(run, "alert", "list", "--level", "red", "--status", "open") if row["to"])
    with life.pool.connection() as connection:
        users = {name for (name,) in connection.execute("SELECT coalesce(person, login) FROM app_user").fetchall()}
    addressee = next(name for name in alert["to"].split() if name in users)
    assert run("alert", "ack", alert["id"], "--actor", addressee)[0] == 0
    assert run("alert", "answer", alert["id"], "--actor", addressee, "--text", "the file is with the surveyor")[0] == 0
    states = {row["id"]: row["status"] for row in rows(run, "alert", "list", "--case", CASE)}
    assert states[alert["id"]] in {"answered", "closed"}


def test_who_has_no_right_changes_nothing_and_is_told_so(life, run):
    (finding,) = rows(run, "finding", "list", "--kind", "limit_expired", "--status", "open")[:1]
    status, _, said = run("finding", "dismiss", finding["id"], "--actor", "nobody", "--reason", "x")
    assert status == 1
    assert "forbidden" in said
    assert rows(run, "finding", "list", "--case", CASE, "--kind", "limit_expired")[0]["status"] == "open"


def test_a_finding_may_be_excused_with_its_exemption_and_taken_back(life, run):
    inspector = person(life, "inspector")
    step = rows(run, "finding", "list", "--case", CASE, "--kind", "alert_unanswered")[0]
    assert run("finding", "excuse", step["id"], "--actor", inspector, "--code", "pilot_reform", "--reason", "x")[0] == 0
    assert rows(run, "finding", "list", "--status", "excused")[0]["id"] == step["id"]
    assert run("finding", "withdraw", step["id"], "--actor", inspector, "--reason", "a mistake")[0] == 0
    assert step["id"] in {row["id"] for row in rows(run, "finding", "list", "--status", "withdrawn")}


def test_a_finding_is_confirmed_and_its_proceeding_decided_after_the_statement_window(life, run):
    inspector = person(life, "inspector")
    finding = next(row for row in rows(run, "finding", "list", "--kind", "limit_expired") if row["person"])
    assert (
        run("finding", "confirm", finding["id"], "--actor", inspector, "--grade", "ordinary", "--reason", "no excuse")[
            0
        ]
        == 0
    )
    (found,) = rows(run, "proceeding", "list", "--person", finding["person"])
    decision = (
        "proceeding",
        "decide",
        found["proceeding_id"],
        "--level",
        str(found["proposed_level"]),
        "--reason",
        "first time",
    )
    head = person(life, "leading_group")
    early = run(*decision, "--actor", head)
    assert (early[0], "no_statement_window_yet" in early[2]) == (1, True)
    life.wait_until(life.clock.shows + timedelta(days=14))
    assert run(*decision, "--actor", head)[0] == 0
    assert json.loads(run("proceeding", "show", found["proceeding_id"])[1])["decided_level"] == found["proposed_level"]
    record = ("proceeding", "record", found["proceeding_id"])
    life.wait_until(life.clock.shows + timedelta(minutes=5))
    assert run(*record, "closing", "--actor", head)[0] == 1  # nothing was executed yet
    for what in ("service", "execution", "closing"):
        life.wait_until(life.clock.shows + timedelta(minutes=5))
        assert run(*record, what, "--actor", head)[0] == 0
    assert json.loads(run("proceeding", "show", found["proceeding_id"])[1])["phase"] == "closed"


def test_another_clock_of_the_case_is_not_confirmed_with_the_one_that_was_meant(run):
    expired = rows(run, "finding", "list", "--case", CASE, "--kind", "limit_expired")
    assert sorted(row["status"] for row in expired) == ["confirmed", "open"]
    assert len({row["clock"] for row in expired}) == 2


def test_tables_speak_both_languages_and_csv_keeps_the_codes(run, monkeypatch):
    assert "limit expired" in run("finding", "list", "--case", CASE)[1]
    codes = {row["kind"] for row in csv.DictReader(io.StringIO(run("finding", "list", "--case", CASE, "-o", "csv")[1]))}
    assert "limit_expired" in codes
    monkeypatch.setenv("JIANNUO_LOCALE", "zh")
    shown = run("finding", "list", "--case", CASE)[1]
    assert "逾期未办结" in shown
    assert "承办人" in shown


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("alert", "list", "--level", "blue"), 2),
        (("alert", "ack", "none"), 2),
        (("finding", "confirm", "none", "--actor", "x"), 2),
        (("finding", "confirm", "none", "--actor", "x", "--grade", "minor"), 1),
        (("finding", "dismiss", "none", "--actor", "x", "--reason", ""), 2),
        (("proceeding", "decide", "none", "--actor", "x", "--level", "9", "--reason", "y"), 2),
        (("proceeding", "decide", "none", "--actor", "x", "--level", "1", "--reason", "y"), 1),
        (("proceeding", "show", "none"), 1),
        (("proceeding", "record", "none", "service", "--actor", "x"), 1),
        (("proceeding", "record", "none", "review", "--actor", "x", "--text", "y"), 2),
        (("proceeding", "list", "--person", "nobody"), 0),
    ],
)
def test_wrong_use_is_two_and_what_is_not_there_is_one(run, arguments, status):
    assert run(*arguments)[0] == status
