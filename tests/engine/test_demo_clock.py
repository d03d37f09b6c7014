"""The demo's clock as all its processes share it: one row, read by many, turned by one."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from engine.clock import SystemClock
from engine.demo import clock_row
from engine.demo.clock import PAUSED_SECONDS, SimulatedClock
from engine.demo.clock_row import ClockError
from engine.demo.watch import Watch, open_clock
from engine.storage.connect import open_owner
from engine.storage.migrate import migrate
from rules.calendar import shipped

pytestmark = pytest.mark.postgres
CN = shipped("CN")


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def database(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    migrate(postgres_url)
    with open_owner(postgres_url) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture
def two_processes(postgres_url: str, database: psycopg.Connection[Any]) -> Iterator[list[SimulatedClock]]:
    """Two clocks that know of each other through the row alone, as two processes do."""
    clock_row.set_up(database)
    watches = [Watch(postgres_url), Watch(postgres_url)]
    yield [SimulatedClock(watch, CN) for watch in watches]
    for watch in watches:
        watch.close()


def test_the_clock_begins_on_a_morning_with_most_of_a_published_year_ahead(two_processes: list[SimulatedClock]) -> None:
    local = two_processes[0].now().astimezone(CN.zone)
    assert (local.month, f"{local:%H:%M}") == (1, "08:55")
    assert CN.is_working_day(local.date())
    assert not CN.provisional(local.date(), local.date().replace(month=12, day=31))


def test_it_stands_until_it_is_started_and_then_runs_for_everybody(
    database: psycopg.Connection[Any], two_processes: list[SimulatedClock]
) -> None:
    standing = two_processes[0].now()
    assert [clock.seconds_until(standing + timedelta(days=1)) for clock in two_processes] == [PAUSED_SECONDS] * 2
    clock_row.start(database)
    wait_for(lambda: all(clock.now() > standing for clock in two_processes))
    wait = two_processes[0].seconds_until(CN.start_of(clock_row.beginning(CN) + timedelta(days=1)))
    assert 0 < wait < 22


def test_starting_again_does_not_end_a_pause(
    database: psycopg.Connection[Any], two_processes: list[SimulatedClock]
) -> None:
    clock_row.start(database)
    clock_row.pause(database)
    assert clock_row.start(database).paused
    assert not clock_row.resume(database).paused
    wait_for(
        lambda: all(clock.seconds_until(clock.now() + timedelta(hours=1)) < PAUSED_SECONDS for clock in two_processes)
    )


def test_every_process_shows_a_step_at_the_same_moment_and_none_goes_back(
    database: psycopg.Connection[Any], two_processes: list[SimulatedClock]
) -> None:
    clock_row.start(database)
    course = clock_row.step_day(database)
    before = [clock.now() for clock in two_processes]
    wait_for(lambda: clock_row.seconds_to_effect(course) == 0)
    after = [clock.now() for clock in two_processes]
    assert all(late - early >= timedelta(days=1) for early, late in zip(before, after, strict=True))
    assert abs(after[0] - after[1]) < timedelta(hours=1)


def test_speeds_have_bounds(database: psycopg.Connection[Any]) -> None:
    clock_row.set_up(database)
    assert clock_row.set_speed(database, 400).speed == 400
    for speed in (0, 100_000):
        with pytest.raises(ClockError, match="choose"):
            clock_row.set_speed(database, speed)


def test_the_next_start_goes_on_where_the_last_one_ended(database: psycopg.Connection[Any]) -> None:
    clock_row.set_up(database)
    clock_row.start(database)
    wait_for(lambda: clock_row.seconds_to_effect(clock_row.read_state(database)) == 0)
    ended = clock_row.set_up(database)
    assert ended.waiting
    assert ended.paused
    assert ended.anchors[0].shows.astimezone(CN.zone).date() == clock_row.beginning(CN)


def test_somebody_marks_that_the_clock_is_looked_at(
    database: psycopg.Connection[Any], two_processes: list[SimulatedClock]
) -> None:
    assert two_processes
    first = clock_row.read_state(database).seen
    wait_for(lambda: clock_row.read_state(database).seen > first)


def test_the_clock_goes_on_while_the_database_is_away(postgres_url: str, database: psycopg.Connection[Any]) -> None:
    clock_row.set_up(database)
    clock_row.start(database)
    watch = Watch(postgres_url)
    clock = SimulatedClock(watch, CN)
    others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    wait_for(lambda: database.execute(others).fetchone()[0] > 0)
    began = clock.now()
    wait_for(lambda: clock.now() > began + timedelta(minutes=10))
    clock_row.pause(database)  # and it finds its way back
    wait_for(lambda: clock.seconds_until(clock.now() + timedelta(days=1)) == PAUSED_SECONDS)
    watch.close()


def test_whoever_sleeps_is_woken_once_the_change_shows(postgres_url: str, database: psycopg.Connection[Any]) -> None:
    clock_row.set_up(database)
    clock_row.start(database)
    woken: list[float] = []
    watch = Watch(postgres_url, lambda: woken.append(clock_row.seconds_to_effect(watch())))
    clock_row.set_speed(database, 400)
    wait_for(lambda: bool(woken))
    assert woken == [0]
    watch.close()


def test_an_installation_without_a_simulated_clock_has_the_machines(
    postgres_url: str, database: psycopg.Connection[Any]
) -> None:
    assert isinstance(open_clock(postgres_url), SystemClock)
    with pytest.raises(ClockError, match="jiannuo demo"):
        Watch(postgres_url)
    with pytest.raises(ClockError, match="jiannuo demo"):
        clock_row.pause(database)
