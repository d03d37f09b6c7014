"""Single facts over HTTP, each decided, durable and answered with the dates, beside what the same database can commit."""

from __future__ import annotations

from itertools import chain

from bench import events, ledger
from bench.county import HALL
from bench.figures import Part
from bench.inserts import CONNECTIONS, inserts_per_second
from bench.installation import Installation
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import SINGLE, send

AT_ONCE = 64


def single(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    with shown.doing(f"committed inserts, {scale.insert_seconds} s"):
        before = inserts_per_second(installation, scale.insert_seconds)
    first, *later = events.lives(events.names("single", scale.single))
    keys = installation.keys[HALL]
    meter = installation.meter()
    with shown.doing("single facts", len(first) * (1 + len(later))) as step:
        accepted = send(installation.http_port, first, SINGLE, keys, AT_ONCE, lambda: step(1))
        part.cpu["first facts of cases"] = meter.end()
        ledger.wait_until_told(installation)
        meter = installation.meter()
        steps = send(installation.http_port, list(chain(*later)), SINGLE, keys, AT_ONCE, lambda: step(1))
        part.cpu["later facts"] = meter.end()
    with shown.doing(f"committed inserts again, {scale.insert_seconds} s; workflows first"):
        ledger.wait_until_told(installation)
        after = inserts_per_second(installation, scale.insert_seconds)
    inserts = (before + after) / 2
    facts = len(first) + len(steps.latencies)
    rate = facts / (accepted.seconds + steps.seconds)
    part.add("single facts over HTTP, one in five the first of a case", rate, "facts/s")
    part.add(f"committed single-row inserts, {CONNECTIONS} connections", inserts, "inserts/s")
    part.add("ratio", rate / inserts, "of it", goal=0.15)
    part.add("  first facts (their workflows being started meanwhile)", len(first) / accepted.seconds, "facts/s")
    part.add("  later facts (nothing to tell their workflows)", len(steps.latencies) / steps.seconds, "facts/s")
    part.add("  ratio, later facts", len(steps.latencies) / steps.seconds / inserts, "of it")
    part.add("cost of a first fact", part.spent("first facts of cases") * 1000 / len(first), "core-ms")
    part.add("cost of a later fact", part.spent("later facts") * 1000 / len(steps.latencies), "core-ms")
    part.add("answered within, half of them", steps.milliseconds(0.5), "ms")
    part.add("answered within, 95 of 100", steps.milliseconds(0.95), "ms")
    part.say(
        f"Ours: {AT_ONCE} kept-alive connections, one CloudEvent a request with an API key; each is checked, sealed (names encrypted), derived, concluded, written (ledger lines with "
        "hashes, head, case row, inbox row, vault row, wake row) and committed, concurrent ones sharing a transaction, in a rush in processes beside the API (`engine.hand`); the answer carries the dates. Relay, worker and Temporal run "
        "beside it and start a workflow for each new case, which goes on after the last answer (the later facts are sent when that is done; how many cases a second the whole keeps up with is scenario S4). All on the same cores, the sender too."
    )
    part.say(
        f"Peer: pgbench (C, prepared statements), {CONNECTIONS} connections, one row of about 200 bytes of JSON a transaction into a table with one index, before and after "
        f"({before:.0f} and {after:.0f} a second; the mean counts)."
    )
