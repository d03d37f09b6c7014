"""Read tables are copies: derived again from the ledger they are the same."""

from datetime import timedelta

import pytest

from engine.cli.main import main
from engine.filings.desk import act
from engine.intake.decide import advance, decide, due_streams
from engine.ledger.read import read_stream
from engine.rebuild import tables
from engine.rebuild.streams import retell
from engine.storage.connect import open_owner
from rules.filing import Filing, Save, Submit
from rules.snapshot import decode
from tests.rules.lint_examples import an_item
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, message, served

pytestmark = pytest.mark.postgres
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pool(postgres_server, tmp_path):
    """Cases of every kind of end: prompt, suspended, silent, broken and confirmed, reversed by a late fact, back-filled, off the catalogue."""
    clock = TestClock(MONDAY + HOUR)
    with a_database(postgres_server, tmp_path) as pool:
        live(pool, clock)
        yield pool


def live(pool, clock):
    def take(*messages, **options):
        with pool.connection() as connection:
            decide(connection, messages, clock, **options)

    def look():
        with pool.connection() as connection:
            advance(connection, due_streams(connection, clock.now(), 100), clock)

    take(*(accepted(f"A{n}") for n in range(8)), message("z", "application.received", "Z", item="Z"))
    take(message("s", "clock.suspended", "A1", clock.at, reason="expert_review"), served("A2", clock.at))
    take(
        message("no", "clock.suspended", "A3", clock.at, reason="other"),
        message("early", "step.started", "Q", step="s"),
    )
    take(message("at", "attributes.recorded", "A3", clock.at, data={"zeta": 1, "alpha": "x"}))
    for _ in range(12):
        clock.go(DAY)
        look()
    take(
        served("A4", MONDAY + DAY),
        message(
            "c", "finding.confirmed", "A5", clock.at, finding="limit_expired:committed", source="console", actor="sun"
        ),
    )
    take(message("v", "complaint.filed", "A4", clock.at, subject="delay", text="慢"))
    take(message("k", "alert.acknowledged", "A6", clock.at, level="red", source="console", actor="zhang"))
    take(
        accepted("H1", MONDAY - 100 * DAY),
        accepted("H2", MONDAY - 90 * DAY),
        served("H2", MONDAY - 89 * DAY),
        backfill=True,
    )
    file(pool, clock)
    for _ in range(10):
        clock.go(DAY)
        look()


def file(pool, clock):
    """A filing whose reviews nobody gives in time."""
    entry = an_item({"extension": None, "steps": None})
    with pool.connection() as connection:
        assert isinstance(act(connection, "x1", Save(item=entry), "zhang", clock), Filing)
        assert isinstance(act(connection, "x1", Submit(), "zhang", clock), Filing)


def test_rebuilt_read_tables_are_the_live_ones(pool):
    with pool.connection() as connection:
        filled = {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables.TABLES}
        assert all(filled.values()), filled
        assert tables.compare(connection, lambda _: None) == []


def test_a_row_changed_by_hand_is_found_and_put_right(pool):
    with pool.connection() as connection:
        connection.execute("UPDATE case_file SET due_on = due_on + 1 WHERE case_id = 'A7'")
        connection.execute("DELETE FROM alert_addressee WHERE addressee = 'zhang'")
    with pool.connection() as connection:
        assert {found.table for found in tables.compare(connection, lambda _: None)} == {"case_file", "alert_addressee"}
    with open_owner(pool.conninfo) as connection:
        assert tables.rebuild(connection, lambda _: None) > 0
    with pool.connection() as connection:
        assert tables.compare(connection, lambda _: None) == []


def test_a_snapshot_is_what_the_ledger_tells(pool):
    with pool.connection() as connection:
        heads = connection.execute(
            "SELECT stream_id, snapshot FROM stream WHERE kind IN ('case', 'docket', 'catalogue') AND version > 0"
        ).fetchall()
        assert heads
        for stream_id, snapshot in heads:
            assert retell(stream_id, read_stream(connection, stream_id)).stream == decode(snapshot)


def test_progress_is_told_to_the_last_entry(pool):
    told = []
    with pool.connection() as connection:
        tables.compare(connection, told.append)
        kinds = dict(connection.execute("SELECT stream_kind, count(*) FROM entry GROUP BY 1").fetchall())
    assert told[-1] == sum(kinds[kind] for kind in ("case", "docket", "catalogue", "filing") if kind in kinds)


def command(monkeypatch, pool, *arguments):
    monkeypatch.setenv("DATABASE_URL", pool.conninfo)
    monkeypatch.setenv("JIANNUO_LOCALE", "en")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


def test_the_commands_say_whether_tables_and_chains_hold(pool, monkeypatch, capsys):
    assert command(monkeypatch, pool, "rebuild", "--check") == 0
    assert "agree with the ledger" in capsys.readouterr().out
    assert command(monkeypatch, pool, "audit", "verify") == 0
    with open_owner(pool.conninfo) as connection:
        connection.execute("UPDATE case_file SET holder = 'nobody' WHERE case_id = 'A7'")
        connection.execute("UPDATE entry SET actor = 'nobody' WHERE stream_id = 'case:A7' AND version = 1")
    assert command(monkeypatch, pool, "rebuild", "--check") == 1
    assert "case_file: differs from the ledger" in capsys.readouterr().out
    assert command(monkeypatch, pool, "audit", "verify", "-o", "json") == 1
    assert '"stream_id":"case:A7","version":1,"what":"changed"' in capsys.readouterr().out
    assert command(monkeypatch, pool, "rebuild") == 0
    assert command(monkeypatch, pool, "rebuild", "--check") == 0
