"""Whether the door of intake is open: while it is silent nothing irreversible is published, and somebody should know why."""

from __future__ import annotations

import structlog

from engine.intake.health import OUTAGE_SECONDS
from engine.storage.connect import Pool

_log = structlog.get_logger(__name__)


class IntakeWatch:
    """Says once when the door falls silent, and once when it is heard again."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.silent = False

    def look(self) -> None:
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT extract(epoch FROM clock_timestamp() - max(beat_at))::float FROM health"
            ).fetchone()
        seconds = row[0] if row else None
        silent = seconds is None or seconds > OUTAGE_SECONDS
        if silent and not self.silent:
            _log.warning("intake_silent", seconds=seconds)
        if self.silent and not silent:
            _log.info("intake_heard_again")
        self.silent = silent
