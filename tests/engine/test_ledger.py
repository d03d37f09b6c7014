"""The ledger: append-only, chained, and every change to it found."""

import random
from datetime import timedelta

import msgspec
import psycopg
import pytest

from engine.intake.decide import decide
from engine.ledger.canonical import FractionError, canonical, without_floats
from engine.ledger.line import Line, chain, hash_of
from engine.ledger.read import read_stream
from engine.ledger.verify import verify
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, served

pytestmark = pytest.mark.postgres


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path) as pool:
        with pool.connection() as connection:
            messages = [accepted(f"A{n}") for n in range(5)] + [served("A0", MONDAY + timedelta(hours=1))]
            decide(connection, messages, TestClock(MONDAY + timedelta(hours=2)))
        yield pool


def faults(url):
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        return [fault for checked in verify(connection) for fault in checked.faults]


def change(url, statement, *values):
    with psycopg.connect(url) as connection:
        assert connection.execute(statement, values).rowcount == 1


@pytest.mark.parametrize(
    "act", ["UPDATE entry SET body = '{}'", "DELETE FROM entry", "TRUNCATE entry", "UPDATE entry_p0 SET body = ''"]
)
def test_the_application_can_neither_change_nor_delete_an_entry(pool, act):
    with pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(act)


def test_an_untouched_ledger_verifies(pool):
    assert faults(pool.conninfo) == []


def test_one_changed_byte_is_found_and_located(pool):
    change(
        pool.conninfo,
        "UPDATE entry SET body = replace(body, '\"P\"', '\"Q\"') WHERE stream_id = 'case:A3' AND version = 1",
    )
    assert [(f.stream_id, f.version, f.what) for f in faults(pool.conninfo)] == [("case:A3", 1, "changed")]


def test_every_column_is_covered_by_the_hash(pool):
    changes = {
        "type": "'application.withdrawn'", "legal_at": "now()", "occurred_at": "now()", "recorded_at": "now()", "actor": "'x'",
        "source": "'x'", "message_id": "'x'", "under": "'x'", "kind": "'entry'", "key": "'x'", "reported_at": "now()", "schema": "2",
    }  # fmt: skip
    for column, value in changes.items():
        with psycopg.connect(pool.conninfo) as connection:
            connection.execute(f"UPDATE entry SET {column} = {value} WHERE stream_id = 'case:A2' AND version = 1")
            assert any(c.faults for c in verify(connection)), column
            connection.rollback()


def test_an_entry_taken_out_is_found(pool):
    change(pool.conninfo, "DELETE FROM entry WHERE stream_id = 'case:A1' AND version = 2")
    assert [(f.stream_id, f.version, f.what) for f in faults(pool.conninfo)] == [("case:A1", 2, "missing")]


def test_a_tail_cut_off_is_found_by_the_head(pool):
    change(
        pool.conninfo,
        "DELETE FROM entry e WHERE stream_id = 'case:A4' AND version = (SELECT version FROM stream s WHERE s.stream_id = e.stream_id)",
    )
    assert [(f.stream_id, f.what) for f in faults(pool.conninfo)] == [("case:A4", "head_differs")]


def test_a_whole_stream_taken_out_is_found(pool):
    with psycopg.connect(pool.conninfo) as connection:
        connection.execute("DELETE FROM entry WHERE stream_id = 'case:A1'")
    assert [(f.stream_id, f.what) for f in faults(pool.conninfo)] == [("case:A1", "missing")]


def test_an_entry_rewritten_with_a_fresh_hash_breaks_the_next_one(pool):
    with psycopg.connect(pool.conninfo, options="-c timezone=UTC") as connection:
        line, before, _ = read_stream(connection, "case:A2")[0]
        forged = msgspec.structs.replace(line, actor="somebody else")
        connection.execute(
            "UPDATE entry SET actor = %s, hash = %s WHERE stream_id = 'case:A2' AND version = 1",
            (forged.actor, hash_of(forged, before)),
        )
    assert [(f.stream_id, f.version, f.what) for f in faults(pool.conninfo)] == [("case:A2", 2, "cut")]


def test_recorded_at_never_decreases_within_a_stream_though_the_clock_does(pool):
    with pool.connection() as connection:
        decide(connection, [served("A2", MONDAY)], TestClock(MONDAY - timedelta(days=1)))
        moments = [line.recorded_at for line, _, _ in read_stream(connection, "case:A2")]
    assert moments == sorted(moments)


def test_canonical_bytes_do_not_depend_on_the_order_of_keys():
    keys = [f"k{n}" for n in range(30)]
    shuffled = random.sample(keys, len(keys))
    assert canonical(dict.fromkeys(keys, "中")) == canonical(dict.fromkeys(shuffled, "中"))


@pytest.mark.parametrize("value", [{"a": 0.5}, [1, [2.0]], {"a": {"b": [float("nan")]}}])
def test_fractions_are_refused_with_their_place(value):
    with pytest.raises(FractionError, match=r"data"):
        without_floats(value)


def test_the_first_line_is_chained_to_zeros_and_the_next_to_it():
    lines = [
        Line(
            stream_kind="case",
            stream_id="case:X",
            version=n,
            kind="entry",
            type="t",
            key="k",
            body=msgspec.Raw(b"{}"),
            recorded_at=MONDAY,
        )
        for n in (1, 2)
    ]
    first, second = chain(lines, None)
    assert first[1] == bytes(32)
    assert second[1] == first[2] != second[2]
