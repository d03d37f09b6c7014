"""In a rush others decide beside the door: each message has one answer, whoever gave it and whoever went away."""

import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection

import psycopg
import pytest

from engine.bootstrap import start_hand
from engine.config import Settings
from engine.intake import hands
from engine.intake.decide import decide
from engine.intake.group import RUSH, GroupCommit
from engine.intake.hands import Hands, serve
from engine.ledger.verify import verify
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres
HOUR = timedelta(hours=1)


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path) as pool:
        yield pool


@pytest.fixture
def clock():
    return TestClock(MONDAY + HOUR)


class Beside:
    """A hand on a thread of the test's own, in place of a process."""

    def __init__(self, deciding):
        self.deciding = deciding
        self.started = 0

    def start(self, pipe: Connection):
        self.started += 1
        mine = Connection(hands.os.dup(pipe.fileno()))
        self._thread = threading.Thread(target=self._live, args=(mine,), daemon=True)
        self._thread.start()
        return self

    def _live(self, pipe):
        with pipe:
            serve(pipe, self.deciding)

    def wait(self, timeout=None):
        self._thread.join(timeout)
        return 0

    def kill(self):
        raise AssertionError("it ends by itself")


def deciding_in(pool, clock, times):
    def deciding(envelopes):
        times.append(len(envelopes))
        with pool.connection() as connection:
            return decide(connection, envelopes, clock)

    return deciding


def door_with(pool, clock, beside, most=1):
    door = GroupCommit(pool, clock, hands=Hands(beside.start, most))
    answers = door.decide([accepted(f"first-{n}") for n in range(RUSH)])  # nobody is there yet, and somebody is called
    assert {answer.outcome for answer in answers} == {"recorded"}
    return door


def until_ready(door, beside):
    for number in range(200):
        before = len(beside)
        door.decide([accepted(f"waiting-{number}-{n}") for n in range(RUSH)])
        if len(beside) > before:
            return
        time.sleep(0.01)
    raise AssertionError("nobody came")


def once_each(pool):
    with pool.connection() as connection:
        assert not [fault for checked in verify(connection) for fault in checked.faults]
        rows = connection.execute(
            "SELECT source, message_id, count(*) FROM entry WHERE message_id IS NOT NULL GROUP BY 1, 2"
        )
        return Counter(row[2] for row in rows)


def test_a_rush_is_decided_by_others_and_each_message_has_its_answer(pool, clock):
    theirs = []
    beside = Beside(deciding_in(pool, clock, theirs))
    door = door_with(pool, clock, beside)
    try:
        until_ready(door, theirs)
        theirs.clear()
        answers = [door.submit(accepted(f"A{n}")) for n in range(300)]
        assert {answer.result(60).case for answer in answers} == {f"A{n}" for n in range(300)}
        answers = [door.submit(message(f"A{n}/x", "attributes.recorded", f"A{n}", data={"n": n})) for n in range(300)]
        assert Counter(answer.result(60).outcome for answer in answers) == {"recorded": 300}
    finally:
        door.close()
    assert sum(theirs) > 0
    assert beside.started == 1
    assert set(once_each(pool)) == {1}


def test_one_message_at_a_time_calls_nobody(pool, clock):
    beside = Beside(deciding_in(pool, clock, []))
    door = GroupCommit(pool, clock, hands=Hands(beside.start, 1))
    try:
        for n in range(5):
            assert door.submit(accepted(f"A{n}")).result(30).outcome == "recorded"
    finally:
        door.close()
    assert beside.started == 0


def test_whoever_goes_away_before_answering_loses_nothing_and_nothing_stands_twice(pool, clock):
    theirs = []
    sound = deciding_in(pool, clock, theirs)

    def deciding(envelopes):
        answers = sound(envelopes)
        if envelopes[0].case.startswith("B"):
            raise EOFError
        return answers

    def live(pipe):
        with pipe, suppress(EOFError):
            pipe.send(None)
            while True:
                pipe.send(deciding(pipe.recv()))

    beside = Beside(deciding)
    beside._live = live
    door = door_with(pool, clock, beside)
    try:
        until_ready(door, theirs)
        answers = door.decide([accepted(f"B{n}") for n in range(20)])
        assert Counter((a.outcome, a.first) for a in answers) == {("duplicate", "recorded"): 20}
        assert {a.outcome for a in door.decide([accepted(f"C{n}") for n in range(RUSH)])} == {"recorded"}
    finally:
        door.close()
    assert beside.started == 1  # another is not called at once
    assert set(once_each(pool)) == {1}


def test_whoever_had_nothing_to_do_for_long_ends_and_is_called_again(pool, clock, monkeypatch):
    monkeypatch.setattr(hands, "IDLE_SECONDS", 0.05)
    theirs = []
    beside = Beside(deciding_in(pool, clock, theirs))
    door = door_with(pool, clock, beside)
    try:
        beside.wait(10)
        door.decide([accepted(f"A{n}") for n in range(RUSH)])  # finds that nobody is there
        until_ready(door, theirs)
    finally:
        door.close()
    assert beside.started > 1
    assert set(once_each(pool)) == {1}


def test_a_database_out_of_reach_is_heard_of_through_others_too(pool, clock):
    def deciding(_):
        raise psycopg.OperationalError("the server at 10.0.0.1 closed")

    beside = Beside(deciding)
    door = door_with(pool, clock, beside)
    try:
        with pytest.raises(psycopg.OperationalError, match=r"^OperationalError$"):
            until_ready(door, [])
    finally:
        door.close()


def test_whoever_cannot_begin_is_not_called_again_at_once():
    started = []

    def start(_):
        started.append(subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"]))
        return started[-1]

    crew = Hands(start, 2)
    assert [crew.take() for _ in range(5)] == [None] * 5
    assert len(started) == 1
    crew.close()


def test_a_process_decides_as_we_do_and_ends_with_us(pool, postgres_server, tmp_path):
    started: list[subprocess.Popen[bytes]] = []
    start = start_hand(Settings(database_url=pool.conninfo, key_file=tmp_path / "master.key", data=tmp_path))

    def noted(pipe):
        started.append(start(pipe))
        return started[-1]

    clock = TestClock(MONDAY + HOUR)
    crew = Hands(noted, 1)
    try:
        hand = None
        for _ in range(600):
            hand = crew.take()
            if hand is not None:
                break
            time.sleep(0.05)
        assert hand is not None
        answers = hand.decide([accepted(f"P{n}") for n in range(30)])
        assert {answer.outcome for answer in answers} == {"recorded"}
        with pool.connection() as connection:
            again = decide(connection, [accepted(f"P{n}") for n in range(30)], clock)
        assert [(a.first, a.dates) for a in again] == [("recorded", a.dates) for a in answers]
        crew.give_back(hand)
    finally:
        crew.close()
    assert started[0].returncode == 0
    assert set(once_each(pool)) == {1}
