"""One process's copy of the clock's row, kept fresh by a thread."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import psycopg

from engine.clock import Clock, SystemClock
from engine.demo.clock import SimulatedClock
from engine.demo.clock_row import CHANNEL, ClockError, Connection, read_state, seconds_to_effect
from engine.demo.course import Course
from engine.demo.pace import SECOND
from rules.calendar import shipped

_LOOK_EVERY = 0.5
_MARK_EVERY = 2 * SECOND


class Watch:
    """Keeps one process's copy of the row fresh: at once when notified, every half second in any case.

    While the database is away the clock goes on by the last state known. `turned` is called whenever somebody has changed the
    clock's course, once the change shows everywhere.
    """

    def __init__(self, url: str, turned: Callable[[], object] | None = None) -> None:
        self._url, self._turned = url, turned
        self._owed = False
        with psycopg.connect(url, autocommit=True) as connection:
            course = read_state(connection)
        if course is None:
            raise ClockError("没有演示时钟 · there is no simulated clock here; start one with `jiannuo demo`")
        self._course = course
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulated-clock", daemon=True)
        self._thread.start()

    def __call__(self) -> Course:
        return self._course

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(psycopg.Error):
                self._follow()
            self._ended.wait(_LOOK_EVERY)

    def _follow(self) -> None:
        with psycopg.connect(self._url, autocommit=True, connect_timeout=2) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            while not self._ended.is_set():
                self._take(read_state(connection) or self._course)
                _mark(connection, self._course)
                for _ in connection.notifies(timeout=_LOOK_EVERY, stop_after=1):
                    pass

    def _take(self, course: Course) -> None:
        self._owed = self._owed or course.anchors != self._course.anchors
        self._course = course
        if self._owed and self._turned:
            self._ended.wait(seconds_to_effect(course))
            self._turned()  # if the database goes away meanwhile it is still owed
        self._owed = False


def _mark(connection: Connection, course: Course) -> None:
    """Note that somebody still looks; of all processes one does so every other second."""
    real = time.time_ns()
    if real - course.seen >= _MARK_EVERY:
        connection.execute(
            "UPDATE clock_state SET state = jsonb_set(state, '{seen}', to_jsonb(%s::bigint))"
            " WHERE id = 1 AND (state->>'seen')::bigint < %s",
            [real, real],
        )


def open_clock(url: str, turned: Callable[[], object] | None = None) -> Clock:
    """The clock of the installation at that address, kept fresh for as long as the process lives: the machine's own but in a demo.

    `turned`: see Watch. One process must give it and wake the sleeping workflows, whose waits were counted at the old speed.
    """
    with psycopg.connect(url) as connection:
        simulated = read_state(connection) is not None
    return SimulatedClock(Watch(url, turned), shipped("CN")) if simulated else SystemClock()
