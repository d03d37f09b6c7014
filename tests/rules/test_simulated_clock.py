"""The demo's clock: a function of real time that never goes back, and its exact inverse."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.demo.clock import PAUSED_SECONDS, SimulatedClock
from engine.demo.course import Anchor, Course, begun, picked_up, reached, shown, turned
from engine.demo.pace import SECOND, Pace
from rules.calendar import shipped

CN = shipped("CN")
FIRST = date(2026, 1, 12)
OPENS = datetime(2026, 1, 12, 0, 55, tzinfo=UTC)  # 08:55 in Shanghai
STARTED = 1_700_000_000 * SECOND
PACE = Pace(CN, FIRST)

instants = st.datetimes(datetime(2026, 1, 12, 1), datetime(2026, 12, 30)).map(lambda t: t.replace(tzinfo=UTC))
spans = st.integers(0, 3 * 3600 * SECOND)
speeds = st.integers(5, 1000)


def running(speed: int = 100) -> Course:
    return Course(first=FIRST, anchors=(Anchor(since=STARTED, shows=OPENS, speed=speed),), speed=speed)


def real_seconds(start: datetime, end: datetime) -> float:
    return (PACE.course_at(end) - PACE.course_at(start)) / SECOND


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return CN.instant(date(2026, month, day), hour * 60 + minute)


def test_office_hours_of_a_working_day_take_twenty_seconds() -> None:
    assert real_seconds(local(1, 13, 8, 30), local(1, 13, 17, 30)) == 20


def test_a_night_takes_two_seconds_and_a_day_off_one() -> None:
    assert real_seconds(local(1, 13, 17, 30), local(1, 14, 8, 30)) == 2
    assert real_seconds(local(1, 17, 0), local(1, 18, 0)) == 1  # a Saturday


def test_the_half_hour_in_which_ended_limits_are_published_leaves_the_machine_time() -> None:
    assert real_seconds(local(1, 14, 0), local(1, 14, 0, 30)) == 1
    assert real_seconds(local(1, 17, 0), local(1, 17, 0, 30)) == pytest.approx(0.6)


def test_spring_festival_passes_in_seconds_and_its_make_up_days_are_worked() -> None:
    assert real_seconds(local(2, 15, 0), local(2, 24, 0)) == 9
    assert real_seconds(local(2, 14, 0), local(2, 15, 0)) == 22  # Saturday, made up
    assert real_seconds(local(2, 28, 0), local(3, 1, 0)) == 22


@given(instants)
def test_course_and_time_are_inverse(at: datetime) -> None:
    back = PACE.time_at(PACE.course_at(at))
    # A day off runs up to 212 microseconds per nanosecond: that is how far the last instant of one nanosecond may lie.
    assert at <= back < at + timedelta(microseconds=212)
    assert PACE.course_at(back) == PACE.course_at(at)


@given(instants, spans, speeds)
def test_waiting_until_an_instant_is_long_enough_and_not_a_nanosecond_too_long(
    at: datetime, gone: int, speed: int
) -> None:
    course, real = running(speed), STARTED + gone
    reach = reached(course, PACE, at, real)
    assert reach is not None
    assert shown(course, PACE, reach) >= at
    assert reach == real or shown(course, PACE, reach - 1) < at


@given(
    st.lists(st.tuples(st.integers(0, 100 * SECOND), st.sampled_from([0, 5, 50, 100, 1000]), st.booleans()), max_size=6)
)
def test_the_clock_never_goes_back_whatever_is_done_to_it(changes: list[tuple[int, int, bool]]) -> None:
    course, real, readings = running(), STARTED, []
    for wait, speed, ahead in changes:
        readings += [shown(course, PACE, real + wait * n // 4) for n in range(5)]
        real += wait
        course = turned(course, PACE, real, speed=speed, ahead=ahead)
    readings += [shown(course, PACE, real + n * SECOND // 4) for n in range(8)]
    assert all(earlier <= later for earlier, later in pairwise(readings))


@given(spans, st.integers(0, SECOND * 3 // 4 - 1))
def test_a_process_that_has_not_heard_of_a_change_yet_agrees_with_one_that_has(gone: int, lead: int) -> None:
    old, real = running(), STARTED + gone
    new = turned(old, PACE, real, speed=700)
    assert shown(old, PACE, real + lead) == shown(new, PACE, real + lead)


@given(instants, spans, speeds)
def test_the_wait_counts_with_a_change_that_is_still_to_take_effect(at: datetime, gone: int, speed: int) -> None:
    course, real = turned(running(), PACE, STARTED + gone, speed=speed, ahead=True), STARTED + gone
    reach = reached(course, PACE, at, real)
    assert reach is not None
    assert shown(course, PACE, reach) >= at
    assert reach == real or shown(course, PACE, reach - 1) < at


def test_a_paused_clock_stands_and_answers_with_a_long_wait() -> None:
    paused = turned(running(), PACE, STARTED, speed=0)
    clock = SimulatedClock(lambda: paused, CN, lambda: STARTED + 3600 * SECOND)
    assert clock.now() == shown(paused, PACE, STARTED + SECOND)
    assert clock.seconds_until(local(3, 2, 0)) == PAUSED_SECONDS
    assert clock.seconds_until(clock.now()) == 0


def test_a_day_stepped_is_a_day_and_the_speed_stays() -> None:
    stepped = turned(running(200), PACE, STARTED, speed=200, ahead=True)
    after = stepped.anchors[-1]
    assert after.shows - shown(running(200), PACE, after.since) == timedelta(days=1)
    assert after.speed == 200


def test_resuming_gives_back_the_speed_from_before_the_pause() -> None:
    assert turned(running(300), PACE, STARTED, speed=0).speed == 300


def test_readings_of_one_process_do_not_follow_a_real_clock_that_is_set_back() -> None:
    real = [STARTED + 100 * SECOND]
    clock = SimulatedClock(running, CN, lambda: real[0])
    first = clock.now()
    real[0] -= 50 * SECOND
    assert clock.now() == first


@pytest.mark.parametrize("hours", [1, 1000])
def test_time_in_which_nothing_ran_has_not_passed_in_the_county(hours: int) -> None:
    seen = STARTED + 60 * SECOND
    left = Course(first=FIRST, anchors=running().anchors, seen=seen)
    again = picked_up(left, PACE, seen + hours * 3600 * SECOND)
    assert again.anchors[0].shows == shown(left, PACE, seen + 3 * SECOND)
    assert again.waiting


def test_a_new_clock_waits_at_five_to_nine() -> None:
    course = begun(FIRST, OPENS, STARTED)
    assert shown(course, PACE, STARTED + 900 * SECOND) == OPENS
