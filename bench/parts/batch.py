"""Facts in batches of 500 over HTTP, and the same function without HTTP."""

from __future__ import annotations

import time

from bench import events, ledger
from bench.county import HALL, STEPS
from bench.figures import Part
from bench.installation import Installation
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BATCH, BenchError, check_batch, send
from engine.api import cloudevents
from engine.bootstrap import open_database
from engine.clock import SystemClock
from engine.intake.decide import decide

SIZE = 500


def batch(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    best = 0.0
    for connections in scale.batch_connections:
        rates = _over_http(part, scale, shown, installation, connections)
        best = max(best, rates[0])
        part.add(f"batches of {SIZE}, {_connections(connections)}", rates[0], "facts/s")
        facts = scale.batch * (1 + len(STEPS))
        part.add("  cost", part.spent(f"batches, {_connections(connections)}") * 1000 / facts, "core-ms/fact")
        part.add("  of these, first facts of cases", rates[1], "facts/s")
        part.add("  of these, later facts", rates[2], "facts/s")
    part.add("best of these", best, "facts/s", goal=5_000)
    first, later = _in_process(part, scale, shown, installation)
    part.add("decide() in process, first facts", first, "facts/s")
    part.add("decide() in process, later facts", later, "facts/s")
    part.say(
        f"Scenario: {scale.batch} cases in each run, first all acceptances, then each of four steps for all of them: a request never holds two facts of one case, so each fact is "
        "derived on its own. All rows of a batch are written in one transaction, by the API or a process beside it (`engine.hand`). The workflows of new cases are started meanwhile (relay, worker, Temporal on the same cores); the later facts come when that is done. The cost counts everything, workflows too."
    )


def _connections(number: int) -> str:
    return f"{number} connection{'s' if number > 1 else ''}"


def _over_http(
    part: Part, scale: Scale, shown: Shown, installation: Installation, connections: int
) -> tuple[float, float, float]:
    """Facts a second: all, first ones, later ones."""
    ledger.wait_until_told(installation)
    waves = events.lives(events.names(f"batch{connections}", scale.batch))
    seconds = []
    name = f"batches, {_connections(connections)}"
    meter = installation.meter()
    with shown.doing(f"batches, {_connections(connections)}", len(waves) * scale.batch // SIZE) as step:
        for wave in waves:
            ledger.wait_until_told(installation)
            sent = send(
                installation.http_port,
                events.batches(wave, SIZE),
                BATCH,
                installation.keys[HALL],
                connections,
                lambda: step(1),
            )
            check_batch(sent, len(wave))
            seconds.append(sent.seconds)
    part.cpu[name] = meter.end()
    later = len(waves) - 1
    return len(waves) * scale.batch / sum(seconds), scale.batch / seconds[0], later * scale.batch / sum(seconds[1:])


def _in_process(part: Part, scale: Scale, shown: Shown, installation: Installation) -> tuple[float, float]:
    """Facts a second, first and later ones; the reading of JSON is not part of it."""
    ledger.wait_until_told(installation)
    waves = events.lives(events.names("process", scale.batch))
    seconds = []
    meter = installation.meter()
    with (
        open_database(installation.url(), installation.key_file, size=1) as pool,
        pool.connection() as connection,
        shown.doing("decide() in process", len(waves) * scale.batch // SIZE) as step,
    ):
        for wave in waves:
            ledger.wait_until_told(installation)
            envelopes = [cloudevents.structured(event) for event in wave]
            began = time.perf_counter()
            for start in range(0, len(envelopes), SIZE):
                answers = decide(connection, envelopes[start : start + SIZE], SystemClock())
                connection.commit()
                if any(answer.outcome != "recorded" for answer in answers):
                    raise BenchError(f"not recorded: {next(a for a in answers if a.outcome != 'recorded')}")
                step(1)
            seconds.append(time.perf_counter() - began)
    part.cpu["decide() in process"] = meter.end()
    ledger.wait_until_told(installation)
    return scale.batch / seconds[0], (len(waves) - 1) * scale.batch / sum(seconds[1:])
