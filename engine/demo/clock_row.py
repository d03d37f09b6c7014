"""The row that all processes of a demo read, and the commands that change it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from engine.demo.course import Course, begun, picked_up, turned
from engine.demo.pace import OPENING, SECOND, Pace
from engine.errors import OperatorError
from rules.calendar import Calendar, shipped

CHANNEL = "jiannuo_clock"
_BEFORE_OPENING = OPENING + 25  # 08:55: the first applications come in a few seconds later
_FASTEST, _SLOWEST = 1000, 5

Connection = psycopg.Connection[Any]


class ClockError(OperatorError):
    """The demo's clock cannot be read, or will not do what was asked."""


def read_state(connection: Connection) -> Course | None:
    row = connection.execute("SELECT state FROM clock_state WHERE id = 1").fetchone()
    return msgspec.convert(row[0], Course) if row else None


def set_up(connection: Connection) -> Course:
    """A clock that waits to be started: at its beginning, or where the last run of this data folder ended."""
    calendar, real = shipped("CN"), time.time_ns()
    known = read_state(connection)
    course = picked_up(known, Pace(calendar, known.first), real) if known else _at_the_beginning(calendar, real)
    _write(connection, course)
    return course


def start(connection: Connection) -> Course:
    """Run, if the clock still waits; a later call changes nothing."""
    return _change(connection, lambda c, pace, real: _started(turned(c, pace, real, speed=c.speed)) if c.waiting else c)


def set_speed(connection: Connection, per_cent: int) -> Course:
    """100 is normal: a working day in about 20 seconds."""
    if not _SLOWEST <= per_cent <= _FASTEST:
        raise ClockError(f"时钟速度 {per_cent} % 超出范围 · speed {per_cent} %: choose {_SLOWEST} to {_FASTEST}")
    return _change(connection, lambda c, pace, real: turned(c, pace, real, speed=per_cent))


def pause(connection: Connection) -> Course:
    return _change(connection, lambda c, pace, real: c if c.paused else turned(c, pace, real, speed=0))


def resume(connection: Connection) -> Course:
    return _change(connection, lambda c, pace, real: _started(turned(c, pace, real, speed=c.speed)) if c.paused else c)


def step_day(connection: Connection) -> Course:
    """Twenty-four hours forward at once; a paused clock stays paused."""
    return _change(connection, lambda c, pace, real: turned(c, pace, real, speed=c.anchors[-1].speed, ahead=True))


def seconds_to_effect(course: Course) -> float:
    """Until the last change shows in every process."""
    return max(course.anchors[-1].since - time.time_ns(), 0) / SECOND


def beginning(calendar: Calendar) -> date:
    """The first working day from 12 January on of the newest year whose days off are published."""
    year = date.today().year + 1  # the arrangement of a year is published in the autumn before
    while calendar.provisional(date(year, 1, 1), date(year, 12, 31)):
        year -= 1
    return calendar.roll(date(year, 1, 12), "next")


def _at_the_beginning(calendar: Calendar, real: int) -> Course:
    first = beginning(calendar)
    return begun(first, calendar.instant(first, _BEFORE_OPENING), real)


def _started(course: Course) -> Course:
    return msgspec.structs.replace(course, waiting=False)


def _change(connection: Connection, change: Callable[[Course, Pace, int], Course]) -> Course:
    with connection.transaction():
        row = connection.execute("SELECT state FROM clock_state WHERE id = 1 FOR UPDATE").fetchone()
        if row is None:
            raise ClockError("没有演示时钟 · there is no simulated clock here; start one with `jiannuo demo`")
        course = msgspec.convert(row[0], Course)
        course = change(course, Pace(shipped("CN"), course.first), time.time_ns())
        _write(connection, course)
    return course


def _write(connection: Connection, course: Course) -> None:
    connection.execute(
        "INSERT INTO clock_state (id, state) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state",
        [Jsonb(msgspec.to_builtins(course))],
    )
    connection.execute("SELECT pg_notify(%s, '')", [CHANNEL])
