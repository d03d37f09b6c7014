"""What the engine's processes hold when nothing happens."""

from __future__ import annotations

import time

from bench.figures import Part
from bench.installation import Installation
from bench.progress import Shown
from bench.scale import Scale
from bench.usage import proportional_mb, resident_mb

_PARTS = ("api", "worker", "scheduler")
_AT_REST = 8.0  # the first sweeps, audits and connections are over by then


def memory(part: Part, _scale: Scale, shown: Shown, installation: Installation) -> None:
    with shown.doing("coming to rest"):
        time.sleep(_AT_REST)
    pids = installation.pids()
    for name in _PARTS:
        part.add(f"{name}, resident", resident_mb(pids[name]), "MB")
    part.add(
        "api + worker + scheduler, sum of three processes",
        sum(resident_mb(pids[name]) for name in _PARTS),
        "MB",
        goal=300,
        at_most=True,
    )
    part.add("the same with shared pages counted once", sum(proportional_mb(pids[name]) for name in _PARTS), "MB")
    part.add("Temporal server, resident", resident_mb(pids["temporal"]), "MB")
    part.say(
        f"Resident memory {_AT_REST:.0f} s after `jiannuo up` said it was ready, with the provisioned world and no cases. The goal is for one process that runs all three; `up` runs three."
    )
