"""A whole world in virtual time, by the command that people use."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bench.county import FOUR_STEPS, HALL, STEPS, officer, world
from bench.figures import Part
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BenchError
from bench.usage import peak_of

_FIRST = datetime(2026, 1, 5, 1, tzinfo=UTC)  # a Monday, 09:00 in China
_UNTIL = datetime(2026, 4, 30, tzinfo=UTC)


class _Played(NamedTuple):
    seconds: float
    mb: float


def rehearsal(part: Part, scale: Scale, shown: Shown) -> None:
    per_case = []
    for number in scale.rehearsed:
        with shown.doing(f"jiannuo rehearse, {number} cases"):
            played = _play(number)
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
    part.say(
        "`jiannuo rehearse FILE`, start of the process and printing included. A third of the cases are prompt (four steps, decision), a third end late (breach, red card), "
        "a third stay silent to the end (consent, certificate, breach); every moment in between is concluded as live. Milliseconds a case: "
        + ", ".join(f"{ms:.2f} at {number}" for ms, number in zip(per_case, scale.rehearsed, strict=True))
        + "."
    )


def _play(number: int) -> _Played:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "world.json"
        file.write_bytes(msgspec.json.encode(_world(number)))
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "engine.cli.main", "rehearse", str(file)], stdout=subprocess.DEVNULL
        )
        with peak_of(process.pid) as peak:
            status = process.wait(600)
        if status:
            raise BenchError(f"jiannuo rehearse ended with {status}")
        return _Played(time.perf_counter() - began, peak.mb)


def _world(number: int) -> dict[str, Any]:
    facts = [fact for index in range(number) for fact in _life(index)]
    return {"jiannuo": "rehearsal/1", **world(), "facts": facts, "until": _UNTIL.isoformat()}


def _life(index: int) -> Iterator[dict[str, Any]]:
    """Accepted within forty days; every third is prompt, late, silent."""
    at = _FIRST + timedelta(days=index % 40, seconds=index)
    yield _fact(
        index, 0, "application.accepted", at, {"holder": officer(index), "applicant": "赵某某"}, item=FOUR_STEPS
    )
    fate = index % 3
    if fate == 2:
        return
    days = 1 if fate == 0 else 9
    for place, step in enumerate(STEPS, 1):
        yield _fact(index, place, "step.completed", at + timedelta(days=days * place), {"step": step})
    yield _fact(index, 9, "decision.served", at + timedelta(days=days * 5), {"result": "approved"})


def _fact(index: int, number: int, type_: str, at: datetime, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": f"c{index}/{number}", "type": type_, "case": f"c{index}", "source": HALL, "occurred_at": at.isoformat(), "data": data, **more
    }  # fmt: skip
