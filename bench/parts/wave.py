"""Thousands of cases due in one instant, from the publication instant to the last effect on the ledger; beside bare timers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from bench import events, ledger
from bench.bare_temporal import peer
from bench.county import WAVE_DELAY, WAVES
from bench.figures import Part
from bench.installation import Installation
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BATCH, BenchError, check_batch, send
from engine.effects.spread import PAUSE

_WARM = 100  # at most so many cases of each side show how fast it arms today
_MARGIN = 5.0
_AMPLE = (1.8, 4.0)  # times as long as that pace needs; the second where the first was not enough
_AFTERWARDS = 12.0  # seconds in which workflows are watched that wake when their wave is over
_WOKEN = "SELECT count(*) FROM wake WHERE armed_until = next_at AND stream_id = ANY(%s)"
_DUE = "SELECT count(*) FROM (SELECT FROM wake WHERE next_at <= %s LIMIT 1) AS due"


def wave(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    ledger.wait_until_told(installation)
    bare = _bare(part, scale, shown, installation)
    seconds, woken = _ours(part, scale, shown, installation)
    ours = scale.wave_ours / seconds
    part.add(
        f"{scale.wave_ours} cases due in one instant", seconds, "s", goal=10 * scale.wave_ours / 10_000, at_most=True
    )
    part.add("ours", ours, "cases/s")
    part.add(f"bare Temporal, {scale.wave_bare} timers due in one instant", bare, "cases/s")
    part.add("ratio", ours / bare, "×", goal=20)
    cost, theirs = part.spent("ours") * 1000 / scale.wave_ours, part.spent("bare Temporal") * 1000 / scale.wave_bare
    part.add("  cost, ours", cost, "core-ms/case")
    part.add("  cost, bare Temporal", theirs, "core-ms/case")
    part.add("  cost of a workflow that wakes afterwards", part.spent("afterwards") * 1000 / woken, "core-ms")
    part.add("ratio of the costs", theirs / cost, "×")
    part.say(
        f"Ours: {scale.wave_ours} cases with armed workflows, all limits ending in the same instant (`until_date`), silence means consent, published {WAVE_DELAY} s later. Timed from the publication instant until no "
        "stream is due any more, as seen from outside. Per case on the ledger: limit expired, consent implied, certificate, case closed, breach, finding, cards and notices, with all read tables; "
        "by the sweep in batches of 500, with the worker's help, and by the few workflows that wake at once; the others wake when it is over, find the work done and sleep on; what that costs each is measured apart."
    )
    part.say(
        f"Peer: {scale.wave_bare} workflows (fewer, to keep the run short; rates are compared), each with one timer to the same instant and one activity that commits one row; timed from that instant to the last row."
    )


def _bare(part: Part, scale: Scale, shown: Shown, installation: Installation) -> float:
    with peer.worker(installation) as pid, shown.doing(f"bare timers, {scale.wave_bare}"):
        cases, until = _armed(scale.wave_bare, lambda cases, until: peer.timers(installation, cases, until))
        _sleep_until(until)
        meter = installation.meter({"bare worker": pid})
        found = peer.effects(installation, cases, until)
        part.cpu["bare Temporal"] = meter.end()
    return len(cases) / found.seconds


def _ours(part: Part, scale: Scale, shown: Shown, installation: Installation) -> tuple[float, int]:
    """Seconds, and how many workflows woke while they were watched afterwards."""
    with shown.doing(f"arming {scale.wave_ours} cases"):
        cases, until = _armed(scale.wave_ours, lambda cases, until: _arm(installation, cases, until))
    published = until + timedelta(seconds=WAVE_DELAY)
    with shown.doing("waiting for the instant"):
        _sleep_until(published)
    meter = installation.meter()
    with shown.doing("the wave"):
        ledger.wait_for_none(installation, _DUE, published)
        seconds = (datetime.now(UTC) - published).total_seconds()
    part.cpu["ours"] = meter.end()
    _check(installation, cases)
    with shown.doing("workflows wake and find the work done"):
        return seconds, _afterwards(part, installation, cases)


def _afterwards(part: Part, installation: Installation, cases: Sequence[str]) -> int:
    streams = [f"case:{case}" for case in cases]
    time.sleep(PAUSE)
    before, meter = ledger.value(installation, _WOKEN, streams), installation.meter()
    time.sleep(_AFTERWARDS)
    part.cpu["afterwards"] = meter.end()
    return max(ledger.value(installation, _WOKEN, streams) - before, 1)


def _armed(number: int, arm: Callable[[Sequence[str], datetime], None]) -> tuple[list[str], datetime]:
    """So many cases armed before the instant at which they all fall due, and that instant."""
    warm = events.names("warm-wave", min(_WARM, number // 5))
    began = time.monotonic()
    arm(warm, datetime.now(UTC) + timedelta(days=1))
    seconds = (time.monotonic() - began) * number / len(warm)
    for attempt, ample in enumerate(_AMPLE):
        cases = events.names(f"wave-{attempt}", number)
        until = datetime.now(UTC) + timedelta(seconds=_MARGIN + ample * seconds)
        arm(cases, until)
        if datetime.now(UTC) < until:
            return cases, until
    raise BenchError(f"{number} cases could not be armed in {ample * seconds:.0f} s; the machine is too busy")


def _arm(installation: Installation, cases: Sequence[str], until: datetime) -> None:
    bodies = events.due_at(cases, until)
    check_batch(send(installation.http_port, events.batches(bodies), BATCH, installation.keys[WAVES], 2), len(bodies))
    ledger.wait_until_told(installation)


def _check(installation: Installation, cases: Sequence[str]) -> None:
    """Every case has its effect, once."""
    query = "SELECT count(*) FROM entry WHERE type = 'consent_implied' AND stream_id = ANY(%s)"
    found = ledger.value(installation, query, [f"case:{case}" for case in cases])
    if found != len(cases):
        raise BenchError(f"{found} implied consents for {len(cases)} cases")


def _sleep_until(instant: datetime) -> None:
    time.sleep(max((instant - datetime.now(UTC)).total_seconds(), 0))
