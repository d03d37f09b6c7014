"""A simulation beside the requests of a process: asked for, answered at once, looked at as it grows. One after the other."""

from __future__ import annotations

import threading

from engine.clock import Clock
from engine.simulation import keep
from engine.simulation.run import carry_out
from engine.storage.connect import Pool

_one_at_a_time = threading.Lock()
_PATIENCE = 30.0  # seconds after which one that waits for its turn says that it is still there


def begin(pool: Pool, clock: Clock, id_: str) -> None:
    """What goes wrong is kept with the simulation. One that a dying process leaves behind is shown as broken off."""
    threading.Thread(target=_through, args=(pool, clock, id_), name=f"simulation-{id_}", daemon=True).start()


def _through(pool: Pool, clock: Clock, id_: str) -> None:
    while not _one_at_a_time.acquire(timeout=_PATIENCE):
        with pool.connection() as connection:
            keep.tell(connection, id_, 0, 0)
    try:
        carry_out(pool, clock, id_)
    except Exception:  # noqa: BLE001 - it is kept, and logged
        return
    finally:
        _one_at_a_time.release()
