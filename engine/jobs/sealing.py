"""Seals the ledger once a night, stamps what has no stamp yet, and copies seals out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import structlog

from engine.clock import Clock
from engine.errors import OperatorError
from engine.reconcile.nightly import is_time
from engine.seals.export import export
from engine.seals.making import make
from engine.storage.connect import Connection, Pool
from engine.storage.world import load_world

_log = structlog.get_logger(__name__)


class Sealing:
    """Looks now and then whether it is time. A stamp or a copy that fails is tried again at the next look."""

    def __init__(self, pool: Pool, clock: Clock, folder: str, stamp_url: str) -> None:
        self._pool, self._clock, self._folder, self._stamp_url = pool, clock, folder, stamp_url

    def look(self) -> None:
        with self._pool.connection() as connection:
            if self._is_time(connection):
                make(connection, self._clock.now())
            try:
                self._take_out(connection)
            except OperatorError as error:
                _log.warning("seal_not_copied", error=str(error))

    def _is_time(self, connection: Connection) -> bool:
        zone = load_world(connection).calendar(self._clock.now()).zone
        row = connection.execute("SELECT max(made_at) FROM seal").fetchone()
        connection.commit()
        now = datetime.now(UTC)
        return is_time(row[0] if row else None, now, now.astimezone(zone).hour)

    def _take_out(self, connection: Connection) -> None:
        if self._stamp_url:
            from engine.seals.stamp import stamp_missing

            stamp_missing(connection, self._stamp_url)
        if self._folder:
            export(connection, Path(self._folder).expanduser())
