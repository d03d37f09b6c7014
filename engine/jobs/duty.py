"""Work that one process of many does: again and again while it leads, taken over when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from temporalio.service import RPCError

from engine.jobs.leader import Leadership, candidate
from engine.storage.connect import Pool

_PAUSE = 1.0

_log = structlog.get_logger(__name__)


async def on_duty(pool: Pool, duty: str, act: Callable[[], Awaitable[float]], stop: asyncio.Event) -> None:
    """Calls `act` while this process leads; it answers after how many seconds it wants to be called again."""
    while not stop.is_set():
        try:
            await _lead(pool, duty, act, stop)
        except (psycopg.OperationalError, PoolTimeout) as error:
            _log.warning("database_away", duty=duty, error=str(error))
        await pause(stop, _PAUSE)


async def _lead(pool: Pool, duty: str, act: Callable[[], Awaitable[float]], stop: asyncio.Event) -> None:
    with ExitStack() as stack:
        lead: Leadership = await asyncio.to_thread(stack.enter_context, candidate(pool, duty))
        while not stop.is_set():
            taken = await asyncio.to_thread(lead.taken)
            await pause(stop, await _acted(act, duty) if taken else _PAUSE)


async def _acted(act: Callable[[], Awaitable[float]], duty: str) -> float:
    try:
        return await act()
    except RPCError as error:
        _log.warning("temporal_away", duty=duty, error=error.message)
        return _PAUSE


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits, but not when it is time to stop."""
    if seconds > 0:
        await asyncio.wait([asyncio.ensure_future(stop.wait())], timeout=seconds)
