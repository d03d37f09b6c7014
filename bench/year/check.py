"""Alerts that were sent against those that should have been: none lost, none doubled, each with an owner at every moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bench.year.days import CHINA
from bench.year.posts import Posts
from bench.year.road import Expected, Road

Alert = Mapping[str, Any]
# Alerts to those who let a proceeding wait: the road knows limits and steps, of these it looks at owners, repetitions and gaps.
HEARINGS = "proceeding:"
_NEVER = datetime.max.replace(tzinfo=CHINA)


class Verdict(NamedTuple):
    """`lost`: expected and not sent, or sent to others or at another time. `surplus`: sent and not expected. `gaps`: ladders that lack a rung. `doubled`: the same rung of the same end twice."""

    expected: int
    sent: int
    lost: list[Expected]
    surplus: list[Expected]
    doubled: list[tuple[Any, ...]]
    ownerless: list[str]
    gaps: list[tuple[str, str]]

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.surplus or self.doubled or self.ownerless or self.gaps)


def check(spec: Mapping[str, Any], facts: Iterable[Mapping[str, Any]], alerts: Iterable[Alert]) -> Verdict:
    """`alerts` in the shape of a rehearsal's output."""
    given = [sent(alert) for alert in alerts]
    expected = list(Road(spec).alerts(facts))
    there, wanted = Counter(a for a in given if not a.cause.startswith(HEARINGS)), Counter(expected)
    rungs = Counter((a.case, a.cause, a.level, a.rung, a.scheduled_at) for a in given)
    return Verdict(
        len(expected), len(given), sorted((wanted - there).elements()), sorted((there - wanted).elements()),
        [rung for rung, times in rungs.items() if times > 1], list(_ownerless(spec, given)),
        _gaps(given),
    )  # fmt: skip


def sent(alert: Alert) -> Expected:
    scheduled, fired = (datetime.fromisoformat(alert[name]) for name in ("scheduled_at", "fired_at"))
    return Expected(alert["case"], alert["cause"], alert["level"], alert["rung"], scheduled, fired, tuple(alert["to"]))


def _ownerless(spec: Mapping[str, Any], given: Iterable[Expected]) -> Iterator[str]:
    """An alert belongs to whom it was sent to on the day it was sent; somebody who is not in post owns nothing."""
    posts = Posts(spec)
    for alert in given:
        on = alert.fired_at.astimezone(CHINA).date()
        if not alert.to or not all(posts.in_post(person, on) for person in alert.to):
            yield f"{alert.case} {alert.cause} {alert.level} {alert.rung}: sent to {alert.to or 'nobody'} on {on}"


def _gaps(given: Iterable[Expected]) -> list[tuple[str, str]]:
    """Causes whose ladder lacks a rung: each one up comes after the one below it."""
    ladders: dict[tuple[str, str], list[Expected]] = {}
    for alert in given:
        ladders.setdefault((alert.case, alert.cause), []).append(alert)
    return [cause for cause, ladder in ladders.items() if not _whole(ladder)]


def _whole(ladder: list[Expected]) -> bool:
    first = [alert for alert in ladder if alert.level != "escalated"]
    ups = sorted((alert for alert in ladder if alert.level == "escalated"), key=lambda alert: alert.rung)
    times = [min((alert.fired_at for alert in first), default=_NEVER), *(alert.fired_at for alert in ups)]
    return [alert.rung for alert in ups] == list(range(1, len(ups) + 1)) and times == sorted(times)


def left_behind(spec: Mapping[str, Any], given: Iterable[Expected]) -> int:
    """Red cards whose every owner left the post before the next rung was asked: the time in which the chain alone owns them."""
    posts, last = Posts(spec), datetime.fromisoformat(spec["until"])
    rungs: dict[tuple[str, str], list[Expected]] = {}
    for alert in given:
        if alert.level in {"red", "escalated"} and alert.cause.startswith("limit:"):
            rungs.setdefault((alert.case, alert.cause), []).append(alert)
    found = 0
    for chain in rungs.values():
        chain.sort(key=lambda alert: alert.fired_at)
        for alert, after in zip(chain, [*chain[1:], None], strict=True):
            day = (
                min(after.fired_at if after else _NEVER, alert.fired_at + timedelta(days=10), last)
                .astimezone(CHINA)
                .date()
            )
            found += not any(posts.in_post(person, day) for person in alert.to)
    return found
