"""A simulation beside the requests of a process: asked for, answered at once, looked at as it grows. One after the other."""

from __future__ import annotations

import threading
from contextlib import suppress

from engine.clock import Clock
from engine.simulation.run import carry_out
from engine.storage.connect import Pool

_one_at_a_time = threading.Lock()


def begin(pool: Pool, clock: Clock, id_: str) -> None:
    """What goes wrong is kept with the simulation. One that a dying process leaves behind is shown as broken off."""
    threading.Thread(target=_through, args=(pool, clock, id_), name=f"simulation-{id_}", daemon=True).start()


def _through(pool: Pool, clock: Clock, id_: str) -> None:
    with _one_at_a_time, suppress(Exception):
        carry_out(pool, clock, id_)
