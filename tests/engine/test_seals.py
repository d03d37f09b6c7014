"""Seals: what was committed cannot be rewritten without it showing, not even by whoever owns the database."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.certificates import keys
from engine.cli.main import main
from engine.errors import OperatorError
from engine.intake.decide import decide
from engine.jobs.sealing import Sealing
from engine.ledger.line import Line, chain
from engine.ledger.read import read_stream
from engine.ledger.verify import verify as chains
from engine.seals import merkle
from engine.seals.document import digest, read
from engine.seals.export import CopyDiffersError, export
from engine.seals.making import make
from engine.seals.stamp import StampError, ask, problem_of, read_roots, stamp_missing, time_of
from engine.seals.verify import verify
from engine.storage.connect import open_owner
from tests.support.time_authority import authority
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, served

LATER = MONDAY + timedelta(days=1)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the test's time authority is `openssl ts`")


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path) as pool:
        with pool.connection() as connection:
            decide(connection, [accepted(f"A{n}") for n in range(4)], TestClock(MONDAY))
        yield pool


@pytest.fixture
def sealed(pool):
    """Two seals: the second after another fact of one case."""
    return pool, [_seal(pool), _seal(pool, served("A0", MONDAY + timedelta(hours=1)), at=LATER)]


def _seal(pool, *facts, at=MONDAY):
    with pool.connection() as connection:
        if facts:
            decide(connection, facts, TestClock(at))
    with pool.connection() as connection:
        return make(connection, at)


def _faults(pool, **more):
    with open_owner(pool.conninfo) as connection:
        return [(fault.number, fault.what) for checked in verify(connection, **more) for fault in checked.faults]


def _owner(pool, statement, *values):
    with psycopg.connect(pool.conninfo) as connection:
        assert connection.execute(statement, values).rowcount >= 1


def _recursive(leaves):
    """RFC 9162, 2.1.1, as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + _recursive(leaves[:half]) + _recursive(leaves[half:])).digest()


@given(st.lists(st.binary(max_size=3), max_size=70))
def test_the_root_is_that_of_the_standard(leaves):
    assert merkle.root(iter(leaves)) == _recursive(leaves)


@pytest.mark.postgres
def test_a_seal_covers_what_moved_since_the_one_before(sealed):
    pool, documents = sealed
    first, second = (read(document).seal for document in documents)
    with pool.connection() as connection:
        entries = connection.execute("SELECT count(*) FROM entry").fetchone()[0]
        streams = connection.execute("SELECT count(*) FROM stream WHERE version > 0").fetchone()[0]
        leaves = connection.execute("SELECT stream_id FROM seal_leaf WHERE seal = 2").fetchall()
    assert (first.number, first.previous, second.previous) == (1, None, digest(documents[0]))
    assert first.entries + second.entries == entries
    assert first.streams == streams
    assert ("case:A0",) in leaves and ("case:A1",) not in leaves
    assert _faults(pool) == []
    assert _seal(pool) is None, "nothing moved since"


@pytest.mark.postgres
def test_what_is_in_flight_goes_into_the_next_seal(pool):
    with pool.connection() as late:
        late.execute(
            "INSERT INTO stream (stream_id, kind, version, head_hash, waiting, backfilled)"
            " VALUES ('case:late', 'case', 1, 'x', 0, false)"
        )
        first = _seal(pool)
        late.commit()
    second = _seal(pool)
    assert first is not None and second is not None
    with pool.connection() as connection:
        found = connection.execute("SELECT seal FROM seal_leaf WHERE stream_id = 'case:late'").fetchall()
    assert found == [(2,)]


@pytest.mark.postgres
def test_a_stream_written_anew_with_all_its_hashes_passes_the_chain_and_not_the_seal(sealed):
    pool, _ = sealed
    with open_owner(pool.conninfo) as connection:
        lines = [line for line, _, _ in read_stream(connection, "case:A2")]
        forged = [_an_hour_earlier(line) for line in lines]
        for line, before, own in chain(forged, None):
            connection.execute(
                "UPDATE entry SET recorded_at = %s, prev_hash = %s, hash = %s WHERE stream_id = %s AND version = %s",
                (line.recorded_at, before, own, line.stream_id, line.version),
            )
        connection.execute("UPDATE stream SET head_hash = %s WHERE stream_id = 'case:A2'", (own,))
    with open_owner(pool.conninfo) as connection:
        assert [fault for checked in chains(connection) for fault in checked.faults] == []
    assert _faults(pool) == [(1, "ledger")]


def _an_hour_earlier(line: Line) -> Line:
    return msgspec.structs.replace(line, recorded_at=line.recorded_at - timedelta(hours=1))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM seal WHERE number = 1", [(1, "missing"), (2, "previous")]),
        ("UPDATE seal SET document = replace(document, '\"entries\":', '\"entries\":1') WHERE number = 2", [(2, "signature")]),
        ("UPDATE seal SET document = '{}' WHERE number = 2", [(2, "unreadable")]),
        ("DELETE FROM seal_leaf WHERE stream_id = 'case:A1'", [(1, "root")]),
        ("DELETE FROM entry WHERE stream_id = 'case:A3'", [(1, "ledger")]),
        ("UPDATE signing_key SET compromised_at = now()", [(1, "signature"), (2, "signature")]),
    ],
)  # fmt: skip
def test_whatever_is_done_to_a_seal_shows(sealed, statement, found):
    pool, _ = sealed
    _owner(pool, statement)
    assert _faults(pool) == found


@pytest.mark.postgres
def test_the_application_adds_seals_and_changes_none(sealed):
    pool, _ = sealed
    for act in (
        "UPDATE seal SET document = ''",
        "DELETE FROM seal",
        "UPDATE seal_leaf SET hash = ''",
        "DELETE FROM seal_leaf",
    ):
        with pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(act)


@pytest.mark.postgres
def test_copies_outside_tell_what_the_database_no_longer_says(sealed, tmp_path):
    pool, documents = sealed
    folder = tmp_path / "copies"
    with pool.connection() as connection:
        assert [path.read_bytes() for path in export(connection, folder)] == documents
        assert export(connection, folder) == [], "a copy is written once"
    assert _faults(pool, folder=folder) == []
    _owner(pool, "DELETE FROM seal WHERE number = 2")
    assert _faults(pool, folder=folder) == [(2, "missing")]
    _seal(pool, accepted("A9"), at=LATER)
    assert (2, "copy") in _faults(pool, folder=folder)
    with pool.connection() as connection, pytest.raises(CopyDiffersError, match="seal-000002"):
        export(connection, folder)
    (folder / "seal-000001.json").unlink()
    assert (1, "copy") in _faults(pool, folder=folder)


@pytest.mark.postgres
@needs_openssl
def test_an_authority_says_when_a_seal_was_there(sealed, tmp_path):
    pool, documents = sealed
    with authority(tmp_path / "ours") as (url, root), authority(tmp_path / "other") as (_, foreign):
        with pool.connection() as connection:
            assert stamp_missing(connection, url) == 2
            assert stamp_missing(connection, url) == 0
            stamps = [row[0] for row in connection.execute("SELECT stamp FROM seal ORDER BY number")]
        assert abs(time_of(stamps[0]) - datetime.now(UTC)) < timedelta(minutes=1)
        assert _faults(pool, roots=read_roots(root)) == []
        assert _faults(pool, roots=read_roots(foreign)) == [(1, "stamp"), (2, "stamp")]
        assert problem_of(stamps[0], documents[1], []) == "the stamp is for something else"
        _owner(pool, "UPDATE seal SET stamp = %s WHERE number = 1", stamps[1])
        assert _faults(pool) == [(1, "stamp")]
    with pytest.raises(StampError, match=url):
        ask(b"nobody answers any more", url)


@pytest.mark.postgres
def test_the_nightly_job_seals_when_the_last_seal_is_old_and_tries_a_failed_copy_again(pool, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    Sealing(pool, TestClock(), str(blocked), "").look()
    assert blocked.is_file()
    Sealing(pool, TestClock(), str(tmp_path / "copies"), "").look()
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["seal-000001.json"]
    with pool.connection() as connection:
        decide(connection, [accepted("B1")], TestClock(LATER))
    job = Sealing(pool, TestClock(LATER), "", "")
    job.look()
    assert _numbers(pool) == [1], "the last one is of just now"
    _owner(pool, "UPDATE seal SET made_at = made_at - interval '27 hours'")
    job.look()
    assert _numbers(pool) == [1, 2]


def _numbers(pool):
    with pool.connection() as connection:
        return [row[0] for row in connection.execute("SELECT number FROM seal ORDER BY number")]


@pytest.mark.postgres
def test_the_commands_seal_copy_and_check(pool, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", pool.conninfo)
    monkeypatch.setenv("JIANNUO_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.setenv("JIANNUO_SEAL_FOLDER", str(tmp_path / "copies"))
    assert _run(capsys, "audit", "seal", "-o", "json")["seal"]["seal"]["number"] == 1
    assert _run(capsys, "audit", "seal", "-o", "json") == {"seal": None, "stamped": 0, "written": []}
    assert _run(capsys, "audit", "verify", "-o", "json")["seals"] == 1
    _owner(pool, "UPDATE entry SET hash = prev_hash WHERE stream_id = 'case:A1' AND version = 1")
    found = _run(capsys, "audit", "verify", "-o", "json", status=1)
    assert {fault["what"] for fault in found["faults"]} == {"changed", "cut"}


def _run(capsys, *arguments, status=0):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr()
    assert (ended.value.code or 0) == status, said.err
    return msgspec.json.decode(said.out)


@pytest.mark.postgres
def test_a_key_in_other_hands_is_not_trusted_for_the_seals_that_follow_it(sealed):
    pool, documents = sealed
    with pool.connection() as connection:
        keys.rotate(connection, LATER, None, compromised=read(documents[0]).signature.kid)
    _seal(pool, at=LATER)
    assert _faults(pool) == [(1, "signature"), (2, "signature")]


def test_a_file_without_certificates_is_named(tmp_path):
    (tmp_path / "roots.pem").write_text("no certificate")
    for name in ("roots.pem", "none.pem"):
        with pytest.raises(OperatorError, match=name):
            read_roots(tmp_path / name)
