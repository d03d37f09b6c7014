"""Scenario S4: a case, four steps, each with its time limit; beside bare Temporal on the same servers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bench import events, ledger
from bench.bare_temporal import peer
from bench.county import HALL
from bench.figures import Part
from bench.installation import Installation
from bench.parts.single import AT_ONCE
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BATCH, SINGLE, BenchError, check_batch, send
from engine.clock import SystemClock

SINGLY, BATCHED, BARE = "one message a request", "batches of 500", "bare Temporal"
_DAY = 86_400.0
_LIMITS = (2 * _DAY, 4 * _DAY, 6 * _DAY, 8 * _DAY)
_READY = (EventType.EVENT_TYPE_TIMER_STARTED, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
_BOUND = 300.0


def steps(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    ledger.wait_until_told(installation)
    bare = _bare(part, scale, shown, installation)
    single = _ours(part, scale, shown, installation, SINGLY)
    batched = _ours(part, scale, shown, installation, BATCHED)
    part.add("S4, one message a request", single, "cases/s")
    part.add("S4, batches of 500", batched, "cases/s")
    part.add("bare Temporal", bare, "cases/s")
    part.add("ratio, one message a request", single / bare, "×", goal=2)
    part.add("ratio, batches", batched / bare, "×")
    core_ms = {what: part.spent(what) * 1000 / number for what, number in _numbers(scale).items()}
    for what, ms in core_ms.items():
        part.add(f"  cost, {what}", ms, "core-ms/case")
    part.add("ratio of the costs, one message a request", core_ms[BARE] / core_ms[SINGLY], "×")
    part.say(
        f"Ours ({scale.steps_ours} cases): five messages a case over HTTP, all acceptances first, then each step of all cases ({AT_ONCE} connections, or batches of 500 over 4). Each is decided "
        "and committed with ledger, read tables and dates. Per case: 5 facts, 1 workflow start, 1 workflow task, 1 timer, no activity, no signal. Done when the last step is on the ledger "
        "and every case's workflow has set its timer (read from the histories, so that a start alone does not count)."
    )
    part.say(
        f"Peer ({scale.steps_bare} cases, before ours, so its server holds less): the same order by a sender with {peer.AT_ONCE} calls at once. Per case: 1 start, 4 signals, 4 timers, 4 activities that "
        "commit one row each in the same PostgreSQL, then the workflow completes; no dates, no ledger, no read tables. Done at the last row. Worker of its own process, no sandbox, 10 pollers each, "
        "10,000 cached workflows, eager activities, 8 database connections."
    )


def _numbers(scale: Scale) -> dict[str, int]:
    return {BARE: scale.steps_bare, SINGLY: scale.steps_ours, BATCHED: scale.steps_ours}


def _bare(part: Part, scale: Scale, shown: Shown, installation: Installation) -> float:
    cases = events.names("s4", scale.steps_bare)
    with peer.worker(installation) as pid, shown.doing(f"bare Temporal, {len(cases)} cases"):
        peer.steps(installation, events.names("warm", 20), _LIMITS)
        meter = installation.meter({"bare worker": pid})
        found = peer.steps(installation, cases, _LIMITS)
        part.cpu[BARE] = meter.end()
    return len(cases) / found.seconds


def _ours(part: Part, scale: Scale, shown: Shown, installation: Installation, way: str) -> float:
    cases = events.names("s4-" + way[:3], scale.steps_ours)
    waves = events.lives(cases)
    keys, port = installation.keys[HALL], installation.http_port
    meter = installation.meter()
    began = SystemClock().now()
    with shown.doing(f"S4, {way}, {len(cases)} cases", len(waves)) as step:
        for wave in waves:
            if way == SINGLY:
                send(port, wave, SINGLE, keys, AT_ONCE)
            else:
                check_batch(send(port, events.batches(wave), BATCH, keys, 4), len(wave))
            step(1)
        decided = SystemClock().now()
        ledger.wait_until_told(installation)
    part.cpu[way] = meter.end()
    ready = asyncio.run(_ready_at(installation.temporal_address, cases, shown))
    return len(cases) / (max(ready, decided) - began).total_seconds()


async def _ready_at(address: str, cases: Sequence[str], shown: Shown) -> datetime:
    """When the last of the workflows had set its timer or ended, by the server's own time."""
    client = await Client.connect(address)
    left, last = list(cases), []
    bound = time.monotonic() + _BOUND
    with shown.doing("reading histories", len(cases)) as step:
        while left:
            found = [
                await asyncio.gather(*(_ready(client, case) for case in left[start : start + 50]))
                for start in range(0, len(left), 50)
            ]
            times = dict(zip(left, [at for chunk in found for at in chunk], strict=True))
            last += [at for at in times.values() if at is not None]
            step(len(left) - sum(at is None for at in times.values()))
            left = [case for case, at in times.items() if at is None]
            if time.monotonic() > bound:
                raise BenchError(
                    f"{len(left)} cases have no armed workflow after {_BOUND:.0f} s, the first is {left[0]}"
                )
    return max(last)


async def _ready(client: Client, case: str) -> datetime | None:
    history = await client.get_workflow_handle(f"case:{case}").fetch_history()
    at = next((event.event_time for event in history.events if event.event_type in _READY), None)
    return at.ToDatetime(tzinfo=SystemClock().now().tzinfo) if at else None
