"""A whole world in virtual time, by the command that people use."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.figures import Part
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BenchError
from bench.shapes import SHAPES, of_shape
from bench.usage import peak_of


class _Played(NamedTuple):
    seconds: float
    mb: float


def rehearsal(part: Part, scale: Scale, shown: Shown) -> None:
    per_case = []
    for number in scale.rehearsed:
        with shown.doing(f"jiannuo rehearse, {number} cases"):
            played = _play("thirds", number)
        per_case.append(played.seconds / number * 1000)
        goal = 20.0 if number == 10_000 else None
        part.add(f"rehearsal of {number} cases", played.seconds, "s", goal=goal, at_most=True)
    part.add(f"peak memory at {scale.rehearsed[-1]} cases", played.mb, "MB")
    part.add(
        "a case at the largest number against one at the number before",
        per_case[-1] / per_case[-2],
        "×",
        goal=1.25,
        at_most=True,
    )
    for shape in SHAPES:
        with shown.doing(f"jiannuo rehearse, {shape}"):
            part.add(f"{scale.shaped} cases, {shape}", _play(shape, scale.shaped).seconds, "s")
    part.say(
        "`jiannuo rehearse FILE`, start of the process and printing included. A third of the cases are prompt (four steps, decision), a third end late (breach, red card), "
        "a third stay silent to the end (consent, certificate, breach); every moment in between is concluded as live. Milliseconds a case: "
        + ", ".join(f"{ms:.2f} at {number}" for ms, number in zip(per_case, scale.rehearsed, strict=True))
        + "."
    )


def _play(shape: str, number: int) -> _Played:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "world.json"
        file.write_bytes(msgspec.json.encode(of_shape(shape, number)))
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "engine.cli.main", "rehearse", str(file)], stdout=subprocess.DEVNULL
        )
        with peak_of(process.pid) as peak:
            status = process.wait(600)
        if status:
            raise BenchError(f"jiannuo rehearse ended with {status}")
        return _Played(time.perf_counter() - began, peak.mb)
