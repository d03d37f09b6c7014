"""Another version in force makes what hangs on a wall out of date: looked at when configuration changes, and each new day."""

from __future__ import annotations

from datetime import date

from engine.clock import Clock
from engine.intake.decide import advance
from engine.storage.connect import Pool
from engine.storage.world import load_world


class CarrierWatch:
    """Advances the streams of carriers once for each configuration and day; without a change it asks one number."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool, self._clock = pool, clock
        self._seen: tuple[str, date] | None = None

    def look(self) -> int:
        """How many items' carriers were looked at."""
        with self._pool.connection() as connection:
            world, now = load_world(connection), self._clock.now()
            seen = (world.version, world.calendar(now).local_date(now))
            if seen == self._seen:
                return 0
            rows = connection.execute("SELECT stream_id FROM stream WHERE kind = 'carriers' AND version > 0").fetchall()
            connection.commit()
            advance(connection, [row[0] for row in rows], self._clock)
            self._seen = seen
            return len(rows)
