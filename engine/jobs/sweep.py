"""The wave: streams whose moment has come are advanced in bulk, by the same function as one by one."""

from __future__ import annotations

from datetime import datetime

from engine.clock import Clock
from engine.intake.decide import advance, due_streams
from engine.storage.connect import Pool

BATCH = 500
MOST_BATCHES = 200  # the next sweep goes on; one that never ends would hide a defect


def sweep(pool: Pool, clock: Clock) -> int:
    """Advances what is due now and returns how many streams. Those that somebody else holds are left to him."""
    swept, until = 0, clock.now()
    for _ in range(MOST_BATCHES):
        batch = _one_batch(pool, clock, until)
        swept += batch
        if batch < BATCH:
            break
    return swept


def is_wave(pool: Pool, clock: Clock) -> bool:
    """Whether a whole batch is due: less than that one sweep, or the workflows alone, have done at once."""
    with pool.connection() as connection:
        row = connection.execute(
            "SELECT count(*) FROM (SELECT FROM wake WHERE next_at <= %s LIMIT %s) AS due", (clock.now(), BATCH)
        ).fetchone()
    return row is not None and row[0] == BATCH


def help_once(pool: Pool, clock: Clock) -> int:
    """One batch of a wave, if there is one."""
    return _one_batch(pool, clock, clock.now()) if is_wave(pool, clock) else 0


def _one_batch(pool: Pool, clock: Clock, until: datetime) -> int:
    with pool.connection() as connection:
        due = due_streams(connection, until, BATCH)
        advance(connection, due, clock)
        return len(due)
