"""The anchors of the simulated clock: at which real instant it showed what, and how fast it ran from there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from engine.demo.pace import SECOND, Pace

# A change takes effect this much later, so that every process has read it before: no two ever disagree.
LEAD = SECOND * 3 // 4
NORMAL = 100


class Anchor(msgspec.Struct, frozen=True):
    """From the real instant `since` (nanoseconds since 1970) the clock starts at `shows` and runs at `speed` per cent; 0 is paused."""

    since: int
    shows: datetime
    speed: int


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The whole state of the clock, as stored. `first` begins the pace, `speed` is what it resumes with.

    `anchors`: the one in force and, for a moment, the one that follows. `seen`: a real instant at which some process still
    looked. `waiting`: set up, and not started yet.
    """

    first: date
    anchors: tuple[Anchor, ...]
    speed: int = NORMAL
    seen: int = 0
    waiting: bool = False

    def anchor(self, real: int) -> Anchor:
        """The anchor in force at a real instant."""
        begun = [a for a in self.anchors if a.since <= real]
        return begun[-1] if begun else self.anchors[0]

    @property
    def paused(self) -> bool:
        return self.anchors[-1].speed == 0


def shown(course: Course, pace: Pace, real: int) -> datetime:
    """What the clock shows at a real instant."""
    anchor = course.anchor(real)
    gone = max(real - anchor.since, 0) * anchor.speed // NORMAL
    return max(anchor.shows, pace.time_at(pace.course_at(anchor.shows) + gone))


def reached(course: Course, pace: Pace, instant: datetime, real: int) -> int | None:
    """The first real instant, `real` or later, at which the clock shows `instant`; None if it is paused before."""
    current = course.anchor(real)
    pending = [a for a in course.anchors if a.since > real]
    for anchor, following in zip([current, *pending], [*pending, None], strict=True):
        at = _within(anchor, pace, instant)
        if at is not None and (following is None or at < following.since):
            return max(at, real)
    return None


def _within(anchor: Anchor, pace: Pace, instant: datetime) -> int | None:
    if instant <= anchor.shows:
        return anchor.since
    if anchor.speed == 0:
        return None
    distance = pace.course_at(instant) - pace.course_at(anchor.shows)
    return anchor.since - (-distance * NORMAL // anchor.speed)


def turned(course: Course, pace: Pace, real: int, *, speed: int, ahead: bool = False) -> Course:
    """The course with another speed from shortly after `real`; with `ahead` the clock then also jumps a day forward."""
    since = max(real + LEAD, course.anchors[-1].since)
    shows = shown(course, pace, since)
    following = Anchor(since=since, shows=shows + timedelta(days=1) if ahead else shows, speed=speed)
    kept = tuple(a for a in course.anchors if course.anchor(real).since <= a.since < since)
    return msgspec.structs.replace(course, anchors=(*kept, following), speed=speed or course.speed)


def begun(first: date, shows: datetime, real: int) -> Course:
    """A new clock that stands at `shows` until it is started."""
    return Course(first=first, anchors=(Anchor(since=real, shows=shows, speed=0),), seen=real, waiting=True)


def picked_up(course: Course, pace: Pace, real: int) -> Course:
    """The clock of an earlier run, standing where that run ended: time in which nothing ran has not passed here.

    What was recorded after the last look lies at most `3 s` behind it, and must not lie in the future now.
    """
    ended = min(course.seen + 3 * SECOND, real)
    anchor = Anchor(since=real, shows=shown(course, pace, ended), speed=0)
    return msgspec.structs.replace(course, anchors=(anchor,), seen=real, waiting=True)
