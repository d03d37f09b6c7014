"""`python -m bench.year CASES [SEED]`: a county's year in virtual time, evaluated and checked by the slow road; one JSON object with what was found."""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from bench.year.check import Verdict, check, left_behind, sent
from bench.year.lives import year
from engine.rehearsal.loading import load
from engine.scores.board import rehearsed
from rules.marks import marks
from rules.rehearsal import Rehearsal
from rules.reporting_period import reporting_period

FAULTS = ("lost", "surplus", "doubled", "ownerless", "gaps")
_ALERT = ("cause", "level", "rung", "scheduled_at", "fired_at", "to", "late_by_system")


def run(cases: int, seed: int = 1) -> dict[str, Any]:
    """Plays the year by the loop of `jiannuo rehearse`; the exit status says whether the check found anything."""
    spec, seconds, began = year(cases, seed), {}, time.perf_counter()
    loaded = load(msgspec.json.encode(spec))
    gc.disable()  # as the command does: the world only grows
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    seconds["rehearsal"] = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    grades = _grades(played)
    seconds["scores"] = time.perf_counter() - began
    alerts, began = list(_alerts(played)), time.perf_counter()
    verdict = check(spec, spec["facts"], alerts)
    seconds["check"] = time.perf_counter() - began
    return {
        "cases": cases, "facts": len(spec["facts"]), "seconds": seconds, "peak_mb": peak, "grades": grades,
        "alerts": dict(Counter(f"{a['level']} {a['rung']}" for a in alerts)), **_found(verdict),
        "left_behind": left_behind(spec, map(sent, alerts)),
    }  # fmt: skip


def _alerts(played: Rehearsal) -> Iterator[dict[str, Any]]:
    for name, stream in played.streams.items():
        for record in stream.records.values():
            if record.kind == "alert":
                yield {"case": name.removeprefix("case:"), **{field: record.data[field] for field in _ALERT}}


def _grades(played: Rehearsal) -> dict[str, dict[str, int]]:
    """How many units and persons got which grade in the year; all quarters are evaluated too."""
    world, found = played.world, list(marks(played.streams.values(), played.world, played.until))
    grades = {}
    for name in ("2025Q1", "2025Q2", "2025Q3", "2025Q4", "2025"):
        for subject in ("unit", "person"):
            rows = rehearsed(found, world, reporting_period(name), subject).rows
            grades[f"{name} {subject}"] = dict(Counter(row.score.grade for row in rows))
    return grades


def _found(verdict: Verdict) -> dict[str, int]:
    counted = {name: len(getattr(verdict, name)) for name in FAULTS}
    return {"expected": verdict.expected, "sent": verdict.sent, **counted}


if __name__ == "__main__":
    result = run(*map(int, sys.argv[1:]))
    print(msgspec.json.format(msgspec.json.encode(result)).decode())
    raise SystemExit(any(result[name] for name in FAULTS))
