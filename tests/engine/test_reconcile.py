"""What is changed by hand is found in one run: put right where the ledger says how, reported where it cannot."""

import threading
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from engine.cli.main import main
from engine.errors import OperatorError
from engine.intake.decide import advance, decide, due_streams
from engine.ledger.read import read_stream
from engine.reconcile.findings import findings_of, last_result
from engine.reconcile.nightly import Nightly, is_time
from engine.reconcile.reconciler import reconcile
from engine.storage.connect import open_owner
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, message, served

pytestmark = pytest.mark.postgres
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SILENT = ("A", "B")


@pytest.fixture
def clock():
    return TestClock(MONDAY + HOUR)


@pytest.fixture
def pool(postgres_server, tmp_path, clock):
    """Two cases that nobody answered (one breach confirmed, so that there is a docket), four that run, one suspended, one served."""
    with a_database(postgres_server, tmp_path) as pool:
        take(pool, clock, *(accepted(case) for case in SILENT))
        for _ in range(10):
            clock.go(DAY)
            look(pool, clock)
        confirmed = {"finding": "limit_expired:committed", "source": "console", "actor": "sun", "grade": "ordinary"}
        take(pool, clock, message("c", "finding.confirmed", "A", clock.at, **confirmed))
        take(
            pool,
            clock,
            *(accepted(f"R{n}", clock.at) for n in range(4)),
            accepted("S", clock.at),
            accepted("D", clock.at),
        )
        take(pool, clock, message("s", "clock.suspended", "S", clock.at, reason="expert_review"), served("D", clock.at))
        look(pool, clock)
        yield pool


def take(pool, clock, *messages):
    with pool.connection() as connection:
        assert {answer.outcome for answer in decide(connection, messages, clock)} == {"recorded"}


def look(pool, clock):
    with pool.connection() as connection:
        advance(connection, due_streams(connection, clock.now(), 100), clock)


def by_hand(pool, statement, *values):
    """As the owner of the database."""
    with open_owner(pool.conninfo) as connection:
        changed = connection.execute(statement, values).rowcount
    assert changed > 0, statement
    return changed


def ask(pool, query, *values):
    with pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def ran(pool, clock, *, repair=True):
    run = reconcile(pool, clock, None, repair=repair, started_by="command")
    with pool.connection() as connection:
        return [msgspec.convert(one, Kept) for one in findings_of(connection, run.id)]


class Kept(msgspec.Struct):
    kind: str
    place: str
    stream_id: str
    expected: str
    found: str
    repaired: str | None
    found_at: datetime


def test_where_nobody_touched_anything_nothing_is_found(pool, clock):
    run = reconcile(pool, clock, None, repair=True, started_by="command")
    assert (run.found, run.not_covered) == (0, {})
    assert run.checked["dates"] == 16, "both clocks of eight cases"
    assert run.checked["entries"] == ask(pool, "SELECT count(*) FROM entry")[0][0]
    assert run.problem == "temporal_not_given"


TABLES = [
    ("UPDATE case_file SET due_on = due_on + 1 WHERE case_id = 'R1'", "case_file R1", "case:R1"),
    (
        "UPDATE case_file SET view = view || '{\"status\": \"withdrawn\"}' WHERE case_id = 'R1'",
        "case_file R1",
        "case:R1",
    ),
    ("DELETE FROM case_file WHERE case_id = 'R1'", "case_file R1", "case:R1"),
    ("UPDATE alert SET status = 'closed' WHERE case_id = 'B' AND level = 'red' AND rung = 0", "alert", "case:B"),
    ("DELETE FROM breach WHERE case_id = 'B'", "breach", "case:B"),
    ("UPDATE certificate SET number = 'X' WHERE case_id = 'B'", "certificate", "case:B"),
    ("UPDATE proceeding SET person = 'li'", "proceeding", "docket:zhang"),
    (
        "INSERT INTO hold SELECT 'x', 'case:nobody', NULL, 'k', 'open', NULL, now(), now(), '{}', 'x'",
        "hold x",
        "case:nobody",
    ),
]


@pytest.mark.parametrize(("statement", "place", "stream_id"), TABLES, ids=[place for _, place, _ in TABLES])
def test_a_row_of_a_read_table_changed_by_hand_is_found_and_rewritten(pool, clock, statement, place, stream_id):
    table = place.split()[0]
    before = ask(pool, f"SELECT t::text FROM {table} t ORDER BY 1")
    by_hand(pool, statement)
    (found,) = ran(pool, clock)
    assert (found.kind, found.stream_id) == ("read_table", stream_id)
    assert found.place.startswith(place)
    assert found.repaired in {"rewritten", "removed"}
    assert ask(pool, f"SELECT t::text FROM {table} t ORDER BY 1") == before
    assert ran(pool, clock) == []


def test_a_changed_date_is_told_as_it_was_and_as_it_should_be(pool, clock):
    by_hand(pool, "UPDATE case_file SET due_on = '2026-03-31' WHERE case_id = 'R1'")
    (found,) = ran(pool, clock)
    assert (found.expected, found.found) == ('{"due_on":"2026-03-19"}', '{"due_on":"2026-03-31"}')


WAKES = [
    ("next_at = next_at + interval '30 days'", "case:R1"),
    ("next_at = NULL", "case:R1"),
    ("next_at = next_at - interval '1 day'", "case:R1"),
    ("ended = true, next_at = NULL", "case:R1"),
    ("ended = false", "case:D"),
    ("next_at = next_at + interval '30 days'", "docket:zhang"),
]


@pytest.mark.parametrize(("change", "stream_id"), WAKES)
def test_a_wake_row_changed_by_hand_is_found_and_its_moment_worked_out_again(pool, clock, change, stream_id):
    before = ask(pool, "SELECT next_at, ended FROM wake WHERE stream_id = %s", stream_id)
    by_hand(pool, f"UPDATE wake SET {change} WHERE stream_id = '{stream_id}'")
    (found,) = ran(pool, clock)
    assert (found.kind, found.stream_id, found.repaired) == ("wake", stream_id, "concluded")
    assert ask(pool, "SELECT next_at, ended FROM wake WHERE stream_id = %s", stream_id) == before
    assert ran(pool, clock) == []


@pytest.mark.parametrize("stream_id", ["case:R1", "case:D", "docket:zhang"])
def test_a_wake_row_that_was_deleted_is_made_anew_above_every_number_heard_before(pool, clock, stream_id):
    before = ask(pool, "SELECT next_at, ended FROM wake WHERE stream_id = %s", stream_id)
    by_hand(pool, "DELETE FROM wake WHERE stream_id = %s", stream_id)
    (found,) = ran(pool, clock)
    assert (found.found, found.repaired) == ("no row", "concluded")
    assert ask(pool, "SELECT next_at, ended FROM wake WHERE stream_id = %s", stream_id) == before
    ((seq, sent),) = ask(pool, "SELECT seq, sent_seq FROM wake WHERE stream_id = %s", stream_id)
    assert seq == sent + 1 > 1_000_000
    assert ran(pool, clock) == []


def test_a_wake_row_of_no_stream_is_removed(pool, clock):
    by_hand(pool, "INSERT INTO wake (stream_id, next_at, ended, seq, sent_seq) VALUES ('case:X', now(), false, 1, 1)")
    (found,) = ran(pool, clock)
    assert (found.kind, found.stream_id, found.repaired) == ("wake", "case:X", "removed")
    assert ask(pool, "SELECT * FROM wake WHERE stream_id = 'case:X'") == []


def test_a_moment_shown_otherwise_than_the_wake_row_has_it_is_put_right(pool, clock):
    by_hand(pool, "UPDATE case_file SET next_at = '2030-01-01' WHERE case_id = 'R1'")
    (found,) = ran(pool, clock)
    assert (found.kind, found.place, found.repaired) == ("wake", "case_file.next_at", "concluded")
    assert ran(pool, clock) == []


@pytest.mark.parametrize("snapshot", [b"rubbish", None, "another's"])
def test_a_snapshot_that_is_not_what_the_ledger_tells_is_written_anew(pool, clock, snapshot):
    if snapshot == "another's":
        snapshot = ask(pool, "SELECT snapshot FROM stream WHERE stream_id = 'case:R2'")[0][0]
    by_hand(pool, "UPDATE stream SET snapshot = %s WHERE stream_id = 'case:R1'", snapshot)
    (found,) = ran(pool, clock)
    assert (found.kind, found.stream_id, found.repaired) == ("snapshot", "case:R1", "rewritten")
    assert ran(pool, clock) == []


def test_a_ledger_changed_by_hand_is_reported_by_both_roads_and_nothing_is_written_from_it(pool, clock):
    by_hand(
        pool,
        "UPDATE entry SET body = replace(body, '2026-03-19', '2026-03-31') WHERE stream_id = 'case:R1' AND key = 'limit:committed'",
    )
    rows = ask(pool, "SELECT t::text FROM case_file t ORDER BY 1")
    date, chain = ran(pool, clock)
    assert (date.kind, date.place, date.repaired) == ("due_date", "limit:committed", None)
    assert date.expected.startswith("2026-03-19") and date.found.startswith("2026-03-31")
    assert (chain.kind, chain.stream_id, chain.repaired) == ("chain", "case:R1", None)
    assert ask(pool, "SELECT t::text FROM case_file t ORDER BY 1") == rows


@pytest.mark.parametrize("where", ["version = 1", "version = 2", "true"])
def test_lines_taken_out_of_the_ledger_are_found(pool, clock, where):
    by_hand(pool, f"DELETE FROM entry WHERE stream_id = 'case:R1' AND {where}")
    found = [one for one in ran(pool, clock) if one.kind == "chain"]
    assert found
    assert {(one.stream_id, one.repaired) for one in found} == {("case:R1", None)}


def test_a_stream_taken_away_with_its_head_leaves_the_ledger_shorter_than_before(pool, clock):
    ran(pool, clock)
    for table in ("entry", "stream", "wake"):
        by_hand(pool, f"DELETE FROM {table} WHERE stream_id = 'case:R1'")
    by_hand(pool, "DELETE FROM case_file WHERE case_id = 'R1'")
    assert [one.kind for one in ran(pool, clock)] == ["ledger"]


def test_a_stream_that_cannot_be_read_is_named_and_keeps_nobody_from_the_others(pool, clock):
    by_hand(pool, "UPDATE entry SET type = 'no.such.fact' WHERE stream_id = 'case:R1' AND version = 1")
    by_hand(pool, "UPDATE case_file SET holder = 'nobody' WHERE case_id = 'R2'")
    kinds = {(one.kind, one.stream_id, one.repaired) for one in ran(pool, clock)}
    assert ("chain", "case:R1", None) in kinds
    assert ("read_table", "case:R2", "rewritten") in kinds


def test_without_repair_all_is_reported_and_nothing_changed(pool, clock):
    by_hand(pool, "UPDATE case_file SET holder = 'nobody' WHERE case_id = 'R1'")
    by_hand(pool, "DELETE FROM wake WHERE stream_id = 'case:R2'")
    by_hand(pool, "UPDATE stream SET snapshot = NULL WHERE stream_id = 'case:R3'")
    for _ in range(2):
        assert {(one.stream_id, one.repaired) for one in ran(pool, clock, repair=False)} == {
            ("case:R1", None),
            ("case:R2", None),
            ("case:R3", None),
        }


def test_facts_that_come_in_meanwhile_are_no_differences(pool, clock):
    sender = threading.Thread(target=send, args=(pool, clock, ended := threading.Semaphore(0)))
    sender.start()
    while sender.is_alive():
        assert ran(pool, clock) == []
        ended.release()
    sender.join()
    assert ask(pool, "SELECT count(*) FROM case_file WHERE starts_with(case_id, 'N')") == [(240,)]


def send(pool, clock, ended):
    for number in range(0, 240, 4):
        if number == 236:  # the last of them after two runs, however fast each side is
            assert ended.acquire(timeout=60) and ended.acquire(timeout=60)
        names = [f"N{number + n}" for n in range(4)]
        take(pool, clock, *(accepted(name, clock.at) for name in names))
        take(pool, clock, *(message(f"{n}/s", "clock.suspended", n, clock.at, reason="expert_review") for n in names))


def test_one_run_at_a_time(pool, clock):
    def second(_done, _total):
        with pytest.raises(OperatorError, match="under way"):
            reconcile(pool, clock, None, repair=True, started_by="command")
        seen.append(1)

    seen = []
    reconcile(pool, clock, None, repair=True, started_by="command", told=second)
    assert seen


def test_a_run_that_is_broken_off_says_so(pool, clock):
    stop = threading.Event()
    stop.set()
    run = reconcile(pool, clock, None, repair=True, started_by="nightly", stop=stop)
    assert run.problem == "broken_off"
    assert ask(pool, "SELECT problem, ended_at IS NOT NULL FROM reconcile_run") == [("broken_off", True)]


def test_findings_are_kept(pool, clock):
    by_hand(pool, "UPDATE case_file SET holder = 'nobody' WHERE case_id = 'R1'")
    ran(pool, clock)
    for statement in ("DELETE FROM reconcile_finding", "UPDATE reconcile_finding SET found = ''"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), pool.connection() as connection:
            connection.execute(statement)


def test_the_ledger_still_holds_after_repairs(pool, clock):
    lines = len(ask(pool, "SELECT FROM entry WHERE stream_id = 'case:R1'"))
    by_hand(pool, "UPDATE wake SET next_at = NULL WHERE stream_id = 'case:R1'")
    ran(pool, clock)
    with pool.connection() as connection:
        assert len(read_stream(connection, "case:R1")) == lines


NOW = datetime(2026, 3, 3, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "hour", "due"),
    [
        (None, 12, True),
        (NOW - 23 * HOUR, 2, True),
        (NOW - 23 * HOUR, 12, False),
        (NOW - 3 * HOUR, 2, False),
        (NOW - 27 * HOUR, 12, True),
    ],
)
def test_it_runs_at_night_or_by_day_where_the_night_was_missed(last, hour, due):
    assert is_time(last, NOW, hour) is due


def test_the_scheduled_run_repairs_and_is_not_repeated_at_once(pool, clock):
    by_hand(pool, "UPDATE case_file SET holder = 'nobody' WHERE case_id = 'R1'")
    nightly = Nightly(pool, clock, None, threading.Event())
    nightly.look()
    nightly.look()
    assert ask(pool, "SELECT started_by, repair, found, repaired FROM reconcile_run") == [("nightly", True, 1, 1)]


def test_the_last_result_is_a_figure_for_the_monitoring(pool, clock):
    with pool.connection() as connection:
        assert last_result(connection) == {}
    by_hand(pool, "UPDATE case_file SET holder = 'nobody' WHERE case_id = 'R1'")
    ran(pool, clock, repair=False)
    with pool.connection() as connection:
        figures = last_result(connection)
    assert (figures["found"], figures["repaired"], figures["dates_compared"], figures["incomplete"]) == (1, 0, 16, 1)
    assert figures["ended_at"] > 1_700_000_000


def test_the_command_says_what_it_found_and_could_not_look_at(pool, clock, monkeypatch, capsys, tmp_path):
    by_hand(pool, "UPDATE case_file SET holder = 'nobody' WHERE case_id = 'R1'")
    monkeypatch.setenv("DATABASE_URL", pool.conninfo)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("JIANNUO_LOCALE", "en")
    monkeypatch.setenv("JIANNUO_DATA", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        main(["reconcile", "--no-repair", "-o", "json"])
    said = msgspec.json.decode(capsys.readouterr().out)
    assert ended.value.code == 1
    assert said["problem"] == "temporal_away"
    assert [(one["kind"], one["stream_id"], one["repaired"]) for one in said["findings"]] == [
        ("read_table", "case:R1", None)
    ]
    with pytest.raises(SystemExit):
        main(["reconcile"])
    said = capsys.readouterr().out
    assert "expected" in said and "rewritten" in said and "Temporal does not answer" in said
