"""The commands by which people settle what waits, and bring a calendar into force."""

import json
from datetime import timedelta

import pytest

from engine.cli.main import main
from engine.intake.decide import advance, decide, due_streams
from engine.storage.config import record
from tests.support.calendars import NEXT_YEAR
from tests.support.worlds import ITEM, MONDAY, TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path, size=2) as pool:
        with pool.connection() as connection:
            connection.execute(
                "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at) VALUES"
                " ('sun', 'sun', '', '{leading_group}', '{}', '', 'zh', true, now()),"
                " ('zhang', 'zhang', '', '{officer}', '{planning}', '', 'zh', true, now())"
            )
        yield pool


@pytest.fixture
def run(pool, tmp_path, monkeypatch, capsys):
    """run("hold", "list") -> (exit status, output, errors)."""

    def running(*arguments):
        monkeypatch.setenv("DATABASE_URL", pool.conninfo)
        monkeypatch.setenv("JIANNUO_KEY_FILE", str(tmp_path / "master.key"))
        monkeypatch.setenv("JIANNUO_LOCALE", "en")
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        shown = capsys.readouterr()
        return ended.value.code, shown.out, shown.err

    return running


@pytest.fixture
def take(pool):
    def taking(*messages, at=MONDAY + HOUR):
        with pool.connection() as connection:
            return decide(connection, messages, TestClock(at))

    return taking


@pytest.fixture
def file(tmp_path):
    written = tmp_path / "next.json"
    written.write_text(json.dumps(NEXT_YEAR), "utf-8")
    return str(written)


def versions(run):
    return [row["version"] for row in json.loads(run("calendar", "show", "-o", "json")[1])]


# -- calendars --------------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_and_writes_nothing(run, file):
    status, out, _ = run("calendar", "import", file, "--dry-run")
    assert status == 0 and "cases derived" in out and versions(run) == ["CN-2026"]


def test_without_a_confirmation_nothing_comes_into_force(run, file):
    status, _, err = run("calendar", "import", file)
    assert status == 1 and "--yes" in err and versions(run) == ["CN-2026"]


def test_a_confirmed_version_is_in_force_and_shown(run, file):
    status, _, err = run("calendar", "import", file, "--yes", "--actor", "sun")
    assert status == 0 and "CN-2027 is in force" in err
    assert versions(run) == ["CN-2027", "CN-2026"]
    shown = json.loads(run("calendar", "show", "CN-2027", "--year", "2027", "-o", "json")[1])
    assert shown["years"]["2027"] == "official" and shown["actor"] == "sun"
    assert [day["kind"] for day in shown["days"]] == ["off", "off", "make_up", "make_up"]
    before = json.loads(run("calendar", "show", "--as-known-on", "2020-01-01", "-o", "json")[1])
    assert before["version"] == "CN-2026"


def test_the_impact_can_be_read_by_machines(run, file):
    found = json.loads(run("calendar", "impact", file, "-o", "json")[1])
    assert (found["version"], found["over"], found["moving"], found["in_doubt"]) == ("CN-2027", "CN-2026", [], [])


def test_a_refused_calendar_says_why(run, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: x\nweekend: [mon, tue, wed, thu, fri, sat, sun]\n", "utf-8")
    status, _, err = run("calendar", "impact", str(bad))
    assert status == 1 and "calendar_without_working_time" in err
    assert run("calendar", "impact", str(tmp_path / "none"))[0] == 1


def test_the_check_ends_with_1_only_if_something_is_wrong(run):
    status, out, _ = run("calendar", "check", "-o", "json")
    assert status == int(bool(json.loads(out)))


# -- facts that wait --------------------------------------------------------------------------------------------------


def test_what_waits_is_listed_with_its_reason(run, take):
    take(message("s", "clock.suspended", "A1", reason="hearing"), message("q", "application.accepted", "Z1", item="Z"))
    [waiting] = json.loads(run("fact", "parked", "-o", "json")[1])
    [kept] = json.loads(run("fact", "quarantined", "-o", "json")[1])
    assert (waiting["message_id"], waiting["why"], kept["item"]) == ("s", "unknown_case", "Z")


def test_a_fact_is_released_once_its_item_is_published(run, take, pool):
    take(message("q", "application.accepted", "Z1", item="Z", holder="zhang"))
    status, _, err = run("fact", "release", "hall", "q", "--actor", "sun")
    assert status == 1 and "still_unknown_item" in err
    with pool.connection() as connection:
        record(connection, "item", "Z", {**ITEM, "code": "Z"}, at=MONDAY)
    status, out, _ = run("fact", "release", "hall", "q", "--actor", "sun")
    assert status == 0 and "recorded" in out and "2026-03-09" in out


def test_a_fact_is_discarded_with_its_reason_by_who_may(run, take):
    take(message("s", "clock.suspended", "A1", reason="hearing"))
    asked = ("fact", "discard", "hall", "s", "--reason", "重复录入", "--actor")
    status, _, err = run(*asked, "zhang")
    assert status == 1 and "fact.settle" in err
    assert run(*asked, "sun")[0] == 0
    assert json.loads(run("fact", "parked", "-o", "json")[1]) == []


# -- holds ------------------------------------------------------------------------------------------------------------


def test_a_hold_is_listed_foreseen_and_closed(run, take, pool):
    take(accepted("A1"), message("d", "agency_data.failed", "A1", MONDAY + HOUR))
    with pool.connection() as connection:
        clock = TestClock(MONDAY + 10 * DAY)
        while due := due_streams(connection, clock.now(), 10):
            advance(connection, due, clock)
    [row] = json.loads(run("hold", "list", "-o", "json")[1])
    assert (row["case_id"], row["reason"], row["owner"]) == ("A1", "agency_data_failed", "li")
    asked = (
        "hold",
        "close",
        "A1",
        "agency_data_failed",
        "--result",
        "effect",
        "--reason",
        "x",
        "--approver",
        "sun",
        "--actor",
    )
    assert run(*asked, "zhang")[0] == 1
    status, out, _ = run(*asked, "sun", "--dry-run")
    assert status == 0 and "implied_consent" in out
    assert json.loads(run("hold", "list", "-o", "json")[1]) != []
    assert run(*asked, "sun")[0] == 0
    assert json.loads(run("hold", "list", "-o", "json")[1]) == []
    assert run(*asked, "sun")[0] == 1, "there is no such hold any more"
