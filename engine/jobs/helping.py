"""A wave is more than one process can do: every worker takes its batches of it beside the scheduler."""

from __future__ import annotations

import asyncio

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from engine.clock import Clock
from engine.jobs.duty import pause
from engine.jobs.sweep import help_once
from engine.storage.connect import Pool

_SECONDS = 0.5

_log = structlog.get_logger(__name__)


async def help_in_waves(pool: Pool, clock: Clock, stop: asyncio.Event) -> None:
    """Until told to stop, one batch after the other while whole ones are due."""
    while not stop.is_set():
        try:
            helped = await asyncio.to_thread(help_once, pool, clock)
        except (psycopg.OperationalError, PoolTimeout) as error:
            _log.warning("database_away", duty="help", error=str(error))
            helped = 0
        await pause(stop, 0 if helped else _SECONDS)
