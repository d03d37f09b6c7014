"""Lives of every shape over most of a year, played by the rules, to be copied into tables that are to be full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bench.county import world
from bench.shapes import SHAPES
from engine.rehearsal.loading import load
from rules.rehearsal import Rehearsal

LIVES = 1_400
SPAN, AGO = timedelta(days=300), timedelta(days=1)


def played(until: datetime) -> Rehearsal:
    """So many lives up to an instant: seven in ten are prompt, the last ones are not over yet."""
    first = until - SPAN
    facts = [
        fact
        for n in range(LIVES)
        for fact in _shape(n)(n, first + SPAN * n / LIVES)
        if datetime.fromisoformat(fact["occurred_at"]) <= until
    ]
    given = {"jiannuo": "rehearsal/1", **world(), "facts": facts, "until": until.isoformat()}
    loaded = load(msgspec.json.encode(given))
    rehearsal = Rehearsal(loaded.world, loaded.until)
    rehearsal.play(loaded.facts)
    return rehearsal


def _shape(number: int) -> Callable[[int, datetime], Iterator[dict[str, Any]]]:
    """Seven in ten are prompt, the others of each troubled kind in turn."""
    place = number % 10 - 7
    troubled = [life for name, life in SHAPES.items() if name != "prompt"]
    return SHAPES["prompt"] if place < 0 else troubled[(number // 10 * 3 + place) % len(troubled)]
