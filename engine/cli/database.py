"""The database and the clock of the installation, for commands that work on it directly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.bootstrap import open_clock, open_database
from engine.clock import Clock
from engine.config import load
from engine.embedded.running import demand_servers
from engine.storage.connect import Pool


@contextmanager
def opened() -> Iterator[tuple[Pool, Clock]]:
    """A pool and the world's clock (in a demo the simulated one)."""
    settings = demand_servers(load(), temporal=False)
    with open_database(settings.database_url, settings.key_file, size=2) as pool:
        yield pool, open_clock(pool)
