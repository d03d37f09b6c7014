"""A year of a county in virtual time: two hundred thousand cases, with every alert checked by another road and everybody evaluated."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from bench.figures import Part
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BenchError

_MINUTES = 60
_FAULTS = ("lost", "surplus", "doubled", "ownerless", "gaps")


def year(part: Part, scale: Scale, shown: Shown) -> None:
    with shown.doing(f"a county's year of {scale.year} cases"):
        done = subprocess.run(
            [sys.executable, "-m", "bench.year", str(scale.year)],
            check=False,
            capture_output=True,
            text=True,
            timeout=3600,
        )
    if not done.stdout:
        raise BenchError(f"bench.year ended with {done.returncode}: {done.stderr[-500:]}")
    found = msgspec.json.decode(done.stdout)
    seconds = found["seconds"]
    part.add(f"rehearsal of {scale.year} cases", seconds["rehearsal"], "s", goal=20.0 * _MINUTES, at_most=True)
    part.add("figures, scores and grades of four quarters and the year", seconds["scores"], "s")
    part.add("alerts sent", found["sent"], "alerts")
    for name in _FAULTS:
        part.add(f"alerts {name}", found[name], "alerts", goal=0, at_most=True)
    part.add("peak memory of the rehearsal", found["peak_mb"], "MB")
    part.add("check by the slow road", seconds["check"], "s")
    part.say(
        "42 departments and 17 townships, four items each; people come, leave with and without a successor; a calendar corrected in June, an outage of two days, another of a source. "
        "More than half of the cases are prompt, the others late, silent, stopped, extended, joint, handed over, withdrawn or reported late. `bench/year/road.py` works out each alert again "
        "from the raw facts, day by day, without the engine's code; lost, surplus (sent at another time or to others) and doubled ones are counted against it."
    )
