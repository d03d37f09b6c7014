"""An import as a whole: once, again, with broken records, dry, and from the command line."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bootstrap import migrate, open_database
from engine.clock import SystemClock
from engine.imports import backfill, mapping, source, workers
from engine.imports.mapped import CaseMapper
from engine.imports.report import Report
from engine.intake.decide import decide
from engine.intake.envelope import Envelope
from engine.provisioning.folder import read_folder
from engine.provisioning.record import provision
from engine.storage.connect import Pool

LOG = Path(__file__).parents[2] / "examples" / "small-log"
TABLES = ("entry", "inbox", "stream", "case_file", "finding", "breach", "hold", "alert", "parked", "vault_item", "wake")


@pytest.fixture
def pool(postgres_url: str, tmp_path: Path) -> Iterator[Pool]:
    migrate(postgres_url)
    with open_database(postgres_url, tmp_path / "master.key") as opened:
        with opened.connection() as connection:
            provision(connection, read_folder(LOG / "world"), SystemClock().now())
        yield opened


def imported(pool: Pool | None, file: Path, rules: str = "mapping-csv.yaml") -> Report:
    found = mapping.load(LOG / rules)
    mapper = CaseMapper(found, "street-log")
    deciding = backfill.through_the_door(pool, SystemClock()) if pool else None
    with source.opened(file, found, mapper) as log:
        return backfill.run(log.cases(), backfill.here(mapper, deciding), dry_run=pool is None)


def stored(pool: Pool) -> dict[str, int]:
    with pool.connection() as connection:
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}


def test_a_second_import_changes_nothing_and_says_so(pool):
    first = imported(pool, LOG / "log.csv")
    before = stored(pool)
    again = imported(pool, LOG / "log.csv")
    other_format = imported(pool, LOG / "log.xes", "mapping-xes.yaml")
    assert (first.cases, first.facts, first.broken) == (32, 114, 0)
    assert not first.changed_nothing
    assert (again.changed_nothing, other_format.changed_nothing) == (True, True)
    assert stored(pool) == before


def test_a_dry_run_counts_what_an_import_would_bring_and_writes_nothing(pool):
    before = stored(pool)
    report = imported(None, LOG / "log.csv")
    assert (report.cases, report.facts, report.dry_run) == (32, 114, True)
    assert report.types["application.accepted"] == 31
    assert stored(pool) == before


def test_three_broken_rows_are_named_and_the_rest_is_loaded(pool, tmp_path):
    lines = (LOG / "log.csv").read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5] + ",surplus"
    lines[9] = lines[9].replace(lines[9].split(",")[2], "not a time")
    lines[20] = "," + lines[20].partition(",")[2]
    broken = tmp_path / "log.csv"
    broken.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = imported(pool, broken)
    assert report.broken == 3
    places = {problem.place for problem in report.problems if problem.outcome == "broken"}
    assert places == {"row 6", "row 10", "row 21"}
    assert report.facts == 111
    assert sum(report.outcomes.values()) == 111
    with pool.connection() as connection:
        assert connection.execute("SELECT count(*) FROM inbox").fetchone()[0] == 111


def test_what_is_imported_is_marked_and_nothing_takes_effect_by_itself(pool):
    imported(pool, LOG / "log.csv")
    with pool.connection() as connection:
        marked = connection.execute("SELECT count(*) FROM case_file WHERE backfilled").fetchone()[0]
        consents = connection.execute(
            "SELECT count(*) FROM entry WHERE type IN ('consent_implied', 'certificate_issued')"
        ).fetchone()[0]
        holds = connection.execute(
            "SELECT count(*) FROM hold WHERE reason = 'backfilled' AND status = 'open'"
        ).fetchone()[0]
        sent = connection.execute("SELECT count(*) FROM delivery").fetchone()[0]
        past = connection.execute(
            "SELECT bool_and(legal_at < recorded_at) FROM entry WHERE type = 'limit_expired'"
        ).fetchone()[0]
    assert marked == 32
    assert (consents, sent) == (0, 0)
    assert holds > 0
    assert past


def test_a_finished_case_that_comes_by_import_starts_no_workflow(pool):
    imported(pool, LOG / "log.csv")
    with pool.connection() as connection:
        waiting = connection.execute(
            "SELECT c.case_id FROM wake w JOIN case_file c ON w.stream_id = 'case:' || c.case_id"
            " WHERE c.closed_at IS NOT NULL AND w.seq > w.sent_seq AND w.next_at IS NOT NULL"
        ).fetchall()
    assert waiting == []


def test_the_same_case_is_taken_whole_wherever_its_rows_stand(pool, tmp_path):
    """The rows of a table may come in any order: the outcome is that of the log in order."""
    head, *rows = (LOG / "log.csv").read_text(encoding="utf-8").splitlines()
    shuffled = tmp_path / "log.csv"
    shuffled.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    assert imported(pool, shuffled).facts == 114
    assert imported(pool, LOG / "log.xes", "mapping-xes.yaml").outcomes == {"duplicate": 114}


def command(url: str, key_file: Path, *arguments: str, monkeypatch) -> int:
    from engine.cli.main import main

    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("JIANNUO_KEY_FILE", str(key_file))
    monkeypatch.setenv("JIANNUO_LOCALE", "en")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_the_command_line_imports_and_counts(postgres_url, tmp_path, monkeypatch, capsys):
    migrate(postgres_url)
    key_file = tmp_path / "master.key"
    run = ("events", "import", str(LOG / "log.csv"), "--mapping", str(LOG / "mapping-csv.yaml"))
    assert command(postgres_url, key_file, *run, monkeypatch=monkeypatch) == 1
    assert "not registered" in capsys.readouterr().err
    assert command(postgres_url, key_file, *run, "--dry-run", monkeypatch=monkeypatch) == 0
    assert "nothing was written" in capsys.readouterr().out
    assert command(postgres_url, key_file, "provision", str(LOG / "world"), monkeypatch=monkeypatch) == 0
    capsys.readouterr()
    command(postgres_url, key_file, *run, "-o", "json", monkeypatch=monkeypatch)
    assert json.loads(capsys.readouterr().out)["facts"] == 114
    command(postgres_url, key_file, *run, monkeypatch=monkeypatch)
    assert "nothing new" in capsys.readouterr().out
    assert (
        command(
            postgres_url, key_file, "case", "count", "--source", "street-log", "-o", "json", monkeypatch=monkeypatch
        )
        == 0
    )
    assert sum(row["cases"] for row in json.loads(capsys.readouterr().out)) == 32
    assert command(postgres_url, key_file, "case", "show", "XL-2025-001", monkeypatch=monkeypatch) == 0
    assert json.loads(capsys.readouterr().out)["outcome"]["kind"] == "approved"
    assert command(postgres_url, key_file, "case", "explain", "XL-2025-001", "-o", "json", monkeypatch=monkeypatch) == 0
    assert json.loads(capsys.readouterr().out)["clocks"]["committed"]["due_on"] == "2025-03-10"
    assert command(postgres_url, key_file, "case", "timeline", "none", monkeypatch=monkeypatch) == 1


def test_a_wrong_mapping_is_an_error_of_one_line(tmp_path, monkeypatch, capsys):
    wrong = tmp_path / "mapping.yaml"
    shutil.copy(LOG / "mapping-csv.yaml", wrong)
    wrong.write_text(wrong.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    run = ("events", "import", str(LOG / "log.csv"), "--mapping", str(wrong), "--dry-run")
    assert command("", tmp_path / "key", *run, monkeypatch=monkeypatch) == 1
    error = capsys.readouterr().err
    assert "colour" in error
    assert "Traceback" not in error


def test_a_large_log_is_spread_over_the_cores_with_the_same_outcome(postgres_url, tmp_path, monkeypatch, capsys):
    migrate(postgres_url)
    key_file = tmp_path / "master.key"
    monkeypatch.setattr(workers, "WORTH_IT", 0)
    assert command(postgres_url, key_file, "provision", str(LOG / "world"), monkeypatch=monkeypatch) == 0
    run = ("events", "import", str(LOG / "log.xes"), "--mapping", str(LOG / "mapping-xes.yaml"), "-o", "json")
    reports = []
    for _ in range(2):
        capsys.readouterr()
        command(postgres_url, key_file, *run, monkeypatch=monkeypatch)
        reports.append(json.loads(capsys.readouterr().out))
    first, again = reports
    assert (first["cases"], first["facts"], sum(first["outcomes"].values())) == (32, 114, 114)
    assert again["outcomes"] == {"duplicate": 114}


def test_a_breach_of_imported_history_opens_no_proceeding(pool):
    """accountability.md 2: history is on record and can be confirmed; nobody is proceeded against for it."""
    imported(pool, LOG / "log.csv")
    clock = SystemClock()
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT case_id, key FROM breach WHERE status = 'standing' ORDER BY case_id"
        ).fetchall()
        assert rows
        for number, (case, key) in enumerate(rows):
            kind = connection.execute(
                "SELECT data->>'kind' FROM breach WHERE case_id = %s AND key = %s", (case, key)
            ).fetchone()[0]
            name = key.removeprefix("breach:").partition(":")[2] or key.removeprefix("breach:")
            raw = f"confirm {number}".encode()
            message = Envelope(source="console", message_id=f"confirm-{number}", type="finding.confirmed", case=case,
                               occurred_at=clock.now(), actor="street-shao", data={"finding": f"{kind}:{name}"}, raw=raw)  # fmt: skip
            assert decide(connection, [message], clock)[0].outcome == "recorded"
        confirmed = connection.execute("SELECT count(*) FROM breach WHERE confirmed_at IS NOT NULL").fetchone()[0]
        assert confirmed == len(rows)
        assert connection.execute("SELECT count(*) FROM proceeding").fetchone() == (0,)
