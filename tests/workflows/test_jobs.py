"""Leaders, jobs on a beat, waves and watches."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from engine.effects.spread import AT_ONCE, PAUSE, Spread
from engine.jobs.calendar_watch import missing_years, watch_calendar
from engine.jobs.intake_watch import IntakeWatch
from engine.jobs.leader import candidate
from engine.jobs.scheduler import Job, giving_way, run
from engine.jobs.wake import Unsent, clear, unsent
from engine.storage.connect import Pool
from rules.calendar import shipped
from tests.support.worlds import MONDAY, TestClock, a_database
from tests.workflows.running import Engine

AT = datetime(2026, 3, 9, 16, tzinfo=UTC)
BOUND = 20.0


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + BOUND
    while not holds():
        assert time.monotonic() < deadline, f"not within {BOUND} s"
        time.sleep(0.02)


def test_a_wave_is_spread_and_a_lonely_case_is_not() -> None:
    spread = Spread(rate=50.0)
    delays = [spread.delay(AT) for _ in range(1000)]
    assert delays[0] == 0.0
    assert delays == sorted(delays)
    assert delays[AT_ONCE - 1] < 1.0
    assert delays[AT_ONCE] > PAUSE
    assert delays[-1] == pytest.approx(PAUSE + 999 / 50)
    assert spread.delay(AT + timedelta(days=1)) == 0.0


@pytest.mark.postgres
def test_one_leads_and_the_next_takes_over(postgres_url: str, tmp_path: Path) -> None:
    with a_database(postgres_url, tmp_path) as pool, candidate(pool, "relay") as second:
        with candidate(pool, "relay") as first:
            assert first.taken()
            assert first.taken()
            assert not second.taken()
        assert second.taken()


@contextmanager
def standing_by(pool: Pool, *acts: Callable[[], object]) -> Iterator[None]:
    """A scheduler for each act, in a thread of its own."""
    stop = threading.Event()
    threads = [threading.Thread(target=run, args=(pool, (Job("act", 0.05, act),), stop)) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(BOUND)


@pytest.mark.postgres
def test_a_leader_whose_connection_dies_is_followed(postgres_url: str, tmp_path: Path) -> None:
    done: list[str] = []
    acts = [lambda name=name: done.append(name) for name in ("one", "two")]
    with a_database(postgres_url, tmp_path) as pool, standing_by(pool, *acts):
        until(lambda: len(done) > 5)
        assert len(set(done)) == 1, "two led at once"
        with psycopg.connect(postgres_url) as owner:
            owner.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        before = len(done)
        until(lambda: len(done) > before + 5)


@pytest.mark.postgres
def test_a_job_that_fails_comes_again(postgres_url: str, tmp_path: Path) -> None:
    beats: list[int] = []

    def broken() -> None:
        beats.append(1)
        raise ValueError("a defect")

    with a_database(postgres_url, tmp_path) as pool, standing_by(pool, broken):
        until(lambda: len(beats) >= 3)


@pytest.mark.postgres
def test_only_the_seq_that_was_read_is_cleared(postgres_url: str, tmp_path: Path) -> None:
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, TestClock())
        engine.rows(
            "INSERT INTO wake (stream_id, next_at, ended, seq, sent_seq) VALUES ('case:X', %s, false, 1, 0) RETURNING 1",
            AT,
        )
        with pool.connection() as connection:
            (read,) = unsent(connection, "", 10)
        engine.rows("UPDATE wake SET seq = 2 RETURNING 1")
        with pool.connection() as connection:
            clear(connection, [read])
            assert unsent(connection, "", 10) == [Unsent("case:X", 2, 1, AT, ended=False)]


@pytest.mark.postgres
def test_the_door_that_falls_silent_is_noticed_once(postgres_url: str, tmp_path: Path) -> None:
    with a_database(postgres_url, tmp_path) as pool:
        engine, watch = Engine(pool, None, TestClock()), IntakeWatch(pool)
        engine.beat()
        watch.look()
        assert not watch.silent
        engine.rows("UPDATE health SET beat_at = beat_at - interval '1 minute' RETURNING 1")
        watch.look()
        assert watch.silent


def test_what_can_wait_waits_for_a_wave_but_not_for_ever() -> None:
    done: list[int] = []
    waves = iter([False, True, True, True, True, True, False, True])
    beat = giving_way(lambda: done.append(1), lambda: next(waves), beats=3)
    seen = []
    for _ in range(8):
        beat()
        seen.append(len(done))
    assert seen == [1, 1, 1, 1, 2, 2, 3, 3]


def test_from_october_on_the_next_year_is_asked_for() -> None:
    calendar = shipped("CN")
    last = next(
        year
        for year in range(2020, 2100)
        if calendar.provisional(datetime(year, 1, 1).date(), datetime(year, 12, 31).date())
    )
    september = datetime(last - 1, 9, 1, tzinfo=UTC)
    october = datetime(last - 1, 10, 8, tzinfo=UTC)
    assert missing_years(calendar, september) == []
    assert missing_years(calendar, october) == [last]


@pytest.mark.postgres
def test_operators_are_told_of_a_missing_year_once(postgres_url: str, tmp_path: Path) -> None:
    clock = TestClock(datetime(2098, 3, 3, tzinfo=UTC))
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, clock)
        engine.rows(
            "INSERT INTO app_user (login, name, roles, password_hash, locale, active, created_at)"
            " VALUES ('ops', '', '{operator}', '', 'en', true, %s) RETURNING 1",
            MONDAY,
        )
        for _ in range(2):
            watch_calendar(pool, clock)
        assert engine.rows("SELECT person, kind FROM message") == [("ops", "calendar_missing")]
