"""The scheduled run: once a night by the office's local time, by day only where the machine was off at night."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from engine.clock import Clock
from engine.reconcile.reconciler import Temporal, reconcile
from engine.storage.connect import Pool
from engine.storage.world import load_world

NIGHT = range(1, 5)  # local hours
_RECENT, _OVERDUE = timedelta(hours=20), timedelta(hours=26)


class Nightly:
    """Looks now and then whether it is time. `stop` breaks a run off when the process is to end."""

    def __init__(self, pool: Pool, clock: Clock, temporal: Temporal | None, stop: threading.Event) -> None:
        self._pool, self._clock, self._temporal, self._stop = pool, clock, temporal, stop

    def look(self) -> None:
        with self._pool.connection() as connection:
            zone = load_world(connection).calendar(self._clock.now()).zone
            row = connection.execute("SELECT max(started_at) FROM reconcile_run WHERE started_by <> 'audit'").fetchone()
        now = datetime.now(UTC)
        if is_time(row[0] if row else None, now, now.astimezone(zone).hour):
            reconcile(self._pool, self._clock, self._temporal, repair=True, started_by="nightly", stop=self._stop)


def is_time(last: datetime | None, now: datetime, hour: int) -> bool:
    """`hour`: local, of `now`."""
    if last is None or now - last > _OVERDUE:
        return True
    return hour in NIGHT and now - last > _RECENT
