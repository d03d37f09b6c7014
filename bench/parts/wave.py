"""Thousands of cases due in one instant, from the publication instant to the last effect on the ledger; beside bare timers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bench import events, ledger
from bench.bare_temporal import peer
from bench.county import WAVE_DELAY, WAVES
from bench.figures import Part
from bench.installation import Installation
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BATCH, BenchError, check_batch, send

_WARM = 100  # cases of each side that show how fast it arms today
_AMPLE, _MARGIN = 1.6, 5.0
_DUE = "SELECT count(*) FROM (SELECT FROM wake WHERE next_at <= %s LIMIT 1) AS due"


def wave(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    ledger.wait_until_told(installation)
    bare = _bare(part, scale, shown, installation)
    seconds = _ours(part, scale, shown, installation)
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
    part.add("ratio of the costs", theirs / cost, "×")
    part.say(
        f"Ours: {scale.wave_ours} cases with armed workflows, all limits ending in the same instant (`until_date`), silence means consent, published {WAVE_DELAY} s later. Timed from the publication instant until no "
        "stream is due any more, as seen from outside. Per case on the ledger: limit expired, consent implied, certificate, case closed, breach, finding, cards and notices, with all read tables; "
        "by the sweep in batches of 500 and by the workflows that wake meanwhile."
    )
    part.say(
        f"Peer: {scale.wave_bare} workflows (fewer, to keep the run short; rates are compared), each with one timer to the same instant and one activity that commits one row; timed from that instant to the last row."
    )


def _bare(part: Part, scale: Scale, shown: Shown, installation: Installation) -> float:
    cases = events.names("wave", scale.wave_bare)
    with peer.worker(installation) as pid, shown.doing(f"bare timers, {len(cases)}"):
        began = time.monotonic()
        peer.timers(installation, events.names("warm-wave", _WARM), datetime.now(UTC) + timedelta(days=1))
        until = _instant(time.monotonic() - began, len(cases))
        peer.timers(installation, cases, until)
        _sleep_until(until)
        meter = installation.meter({"bare worker": pid})
        found = peer.effects(installation, cases, until)
        part.cpu["bare Temporal"] = meter.end()
    return len(cases) / found.seconds


def _ours(part: Part, scale: Scale, shown: Shown, installation: Installation) -> float:
    cases = events.names("wave", scale.wave_ours)
    with shown.doing(f"arming {len(cases)} cases"):
        began = time.monotonic()
        _arm(installation, events.names("warm-wave", _WARM), datetime.now(UTC) + timedelta(days=1))
        until = _instant(time.monotonic() - began, len(cases))
        _arm(installation, cases, until)
    published = until + timedelta(seconds=WAVE_DELAY)
    if datetime.now(UTC) > until:
        part.say("The machine was so busy that the last workflows were armed only after the instant.")
    with shown.doing("waiting for the instant"):
        _sleep_until(published)
    meter = installation.meter()
    with shown.doing("the wave"):
        ledger.wait_for_none(installation, _DUE, published)
        seconds = (datetime.now(UTC) - published).total_seconds()
    part.cpu["ours"] = meter.end()
    _check(installation, len(cases))
    return seconds


def _instant(warming: float, number: int) -> datetime:
    """When they shall all fall due: late enough to arm so many, seeing how long the first ones took."""
    return datetime.now(UTC) + timedelta(seconds=_MARGIN + _AMPLE * warming * number / _WARM)


def _arm(installation: Installation, cases: Sequence[str], until: datetime) -> None:
    bodies = events.due_at(cases, until)
    check_batch(send(installation.http_port, events.batches(bodies), BATCH, installation.keys[WAVES], 2), len(bodies))
    ledger.wait_until_told(installation)


def _check(installation: Installation, cases: int) -> None:
    """Every case has its effect, once."""
    found = ledger.value(
        installation,
        "SELECT count(*) FROM entry WHERE type = 'consent_implied' AND stream_id LIKE 'case:wave-%%' AND %s",
        True,
    )
    if found != cases:
        raise BenchError(f"{found} implied consents for {cases} cases")


def _sleep_until(instant: datetime) -> None:
    time.sleep(max((instant - datetime.now(UTC)).total_seconds(), 0))
