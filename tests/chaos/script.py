"""Which lives are led, and when: under fire, across the outage, and in races with the timers."""

import random
from datetime import datetime, timedelta

from tests.chaos.lives import (
    Life,
    answered,
    confirmed,
    decided,
    decided_late,
    extended,
    hung,
    resume,
    say,
    silent,
    stepped,
    stopped_then_decided,
    stopped_then_silent,
    suspend,
    withdrawn,
)
from tests.chaos.world import DELAY

ACCEPTED_WITHIN = 35.0  # seconds of the fire in which the lives begin
FIRE_ENDS = 62.0
DUE_WITHIN_OUTAGE, OUTAGE_ENDS = (
    15.0,
    20.0,
)  # seconds after the lives of the outage begin; it begins as soon as all are accepted
ANSWERED, CONFIRMED = 12, 12
ACCEPTANCE, AFTERWARDS = slice(2), slice(2, None)  # of their messages: acceptance with its named end, and what follows
_STANDS_STILL = timedelta(seconds=4)


def seconds(amount: float) -> timedelta:
    return timedelta(seconds=amount)


def under_fire(start: datetime) -> list[Life]:
    """184 lives of nine kinds. What is said in time is said ten seconds and more before the end."""

    def at(n: int, of: int) -> datetime:
        return start + seconds(ACCEPTED_WITHIN * n / of)

    def paused(n: int) -> Life:
        begun = at(n, 30)
        stop, go = (suspend(begun + seconds(3 + n % 4)), resume(begun + seconds(14)))
        return stopped_then_silent(n, begun, 20 + n % 5, stop, go)

    return [
        *(silent(n, at(n, 40), 8 + n % 17) for n in range(40)),
        *(decided(n, at(n, 35), 25 + n % 9, at(n, 35) + seconds(4 + n % 6)) for n in range(35)),
        *(decided_late(n, at(n, 15)) for n in range(15)),
        *(withdrawn(n, at(n, 12)) for n in range(12)),
        *(paused(n) for n in range(30)),
        *(stopped_then_decided(n, at(n, 15)) for n in range(15)),
        *(hung(n, at(n, 10)) for n in range(10)),
        *(stepped(n, at(n, 15)) for n in range(15)),
        *(extended(n, at(n, 12)) for n in range(12)),
    ]


def across_the_outage(start: datetime) -> list[Life]:
    """The end, the warning or the decision lies in the time in which everything is down. All are accepted before."""
    due = start + seconds(DUE_WITHIN_OUTAGE)

    def at(n: int) -> datetime:
        return start + seconds(n / 16)

    def until_due(n: int, more: float = 0.0) -> float:
        return (due - at(n)).total_seconds() + more

    return [
        *(silent(n, at(n), until_due(n), "due-in-outage") for n in range(24)),
        *(silent(n, at(n), until_due(n, 60), "warned-in-outage") for n in range(12)),
        *(decided(n, at(n), until_due(n, 1), due - seconds(1), "decided-in-outage") for n in range(12)),
    ]


def with_words(lives: list[Life], start: datetime, within: float) -> list[Life]:
    """Some of the silent lives go on: their red cards are answered, or a finding is confirmed and a proceeding opens."""
    chosen = [life for life in lives if life.kind in {"silent", "due-in-outage"}][: ANSWERED + CONFIRMED]
    apart = seconds(within / len(chosen))
    return [(answered if n % 2 else confirmed)(life, start + n * apart) for n, life in enumerate(chosen)]


def races(start: datetime) -> list[Life]:
    """Facts that arrive in the instant in which a timer rings; jitter decides who is first."""
    chance = random.Random(20260302)
    lives = []
    for n in range(36):
        begun = start + seconds(n * 0.15)
        jitter = seconds(chance.uniform(-0.25, 0.25))
        lives.append((_publication, _waking, _brought_forward)[n % 3](n, begun, jitter))
    return lives


def _publication(n: int, begun: datetime, jitter: timedelta) -> Life:
    """Suspended just before the end; the word of it comes in the instant in which the effect would be published."""
    stopped_at = begun + seconds(3.7)
    stop = suspend(stopped_at, begun + seconds(4) + DELAY + jitter)
    return stopped_then_silent(n, begun, 4, stop, resume(stopped_at + _STANDS_STILL), "published")


def _waking(n: int, begun: datetime, jitter: timedelta) -> Life:
    """Suspended in good time; resumed in the instant in which the workflow wakes at the old end, finds nothing and would sleep for ever."""
    go = resume(begun + seconds(4) + DELAY + jitter)
    return stopped_then_silent(n, begun, 4, suspend(begun + seconds(3)), go, "woken")


def _brought_forward(n: int, begun: datetime, jitter: timedelta) -> Life:
    """An end far away that is brought near: only a nudge can wake the sleeper."""
    life = silent(n, begun, 6, "nearer")
    far = say("attributes.recorded", begun, ends=(begun + seconds(150)).isoformat())
    near_at = begun + seconds(4) + jitter
    near = say("attributes.recorded", near_at, ends=(begun + seconds(6)).isoformat())
    return Life(life.case, life.kind, (life.said[0], far, near), life.effects, life.status, life.ends_at)
