"""One attempt to deliver one message, at the pace its channel allows: every attempt is on record with the service's own answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import NoReturn

import structlog
from temporalio.exceptions import ApplicationError

from engine.channels.masking import masked
from engine.channels.secrets import SecretError
from engine.channels.ways import Way
from engine.clock import Clock
from engine.effects import attempts
from engine.effects.attempts import FINAL, Outgoing
from engine.effects.convoy import one_message
from engine.effects.lanes import Lanes
from engine.effects.undelivered import FAILED, tell_case
from engine.storage.connect import Pool
from notifications.channels.base import Delivery
from notifications.channels.registry import Channels

_CARRIED_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class Deliveries:
    def __init__(self, pool: Pool, clock: Clock, channels: Channels) -> None:
        self._pool = pool
        self._clock = clock
        self._channels = channels
        self._lanes = Lanes()

    async def deliver(self, delivery_id: str) -> str:
        """`delivered` or `undeliverable`. ApplicationError where it must wait or the service is at fault: the workflow tries again."""
        found = await asyncio.to_thread(self._load, delivery_id)
        if found.status in FINAL:
            return await self._ended(found.id, found.status)
        if found.carried_by:
            _wait("carried", _CARRIED_SECONDS)
        async with self._lanes.place(found.channel):
            return await self._in_turn(found)

    async def give_up(self, delivery_id: str) -> None:
        """After the last attempt. What was delivered in the last moment stays delivered."""
        _log.error("delivery_given_up", delivery=delivery_id)
        await asyncio.to_thread(self._give_up, delivery_id)
        await self._ended(delivery_id, "given_up")

    async def _in_turn(self, found: Outgoing) -> str:
        way = await self._way(found)
        if isinstance(way, Delivery):
            return await self._outcome(found, [], way)
        wait, carried = await asyncio.to_thread(self._turn, found, way)
        if wait:
            _wait("pace", wait)
        message = one_message([found.message, *(one.message for one in carried)])
        result = await way.channel.send(message, str(found.address), key=found.id)
        _log.info("attempt", delivery=found.id, channel=found.channel, result=result.result, code=result.code)
        return await self._outcome(found, carried, result)

    async def _way(self, found: Outgoing) -> Way | Delivery:
        """The way out, or why there is none; a worker that is not configured yet loses no message."""
        if found.address is None:
            return Delivery(result="failed", answer="the addressee has no address any more", code="no_address")
        try:
            return await asyncio.to_thread(attempts.way_of, self._pool, self._channels, found.channel)
        except (LookupError, SecretError) as error:
            return Delivery(result="retry_later", answer=str(error), code="not_configured")

    async def _outcome(self, found: Outgoing, carried: list[Outgoing], result: Delivery) -> str:
        status = await asyncio.to_thread(self._record, found, carried, result)
        if status != "sending":
            return await self._ended(found.id, status)
        delay = None if result.retry_after is None else timedelta(seconds=max(result.retry_after, 1.0))
        # Only the code: an answer may name a person, and Temporal keeps what it is told.
        words = f"{found.channel}: {result.code or result.result}"
        raise ApplicationError(words, type="retry_later", next_retry_delay=delay)

    async def _ended(self, delivery_id: str, status: str) -> str:
        """Asked again after a crash it says the same again, and that is heard once."""
        if status in FAILED:
            await asyncio.to_thread(self._tell_case, delivery_id)
        return status

    def _tell_case(self, delivery_id: str) -> None:
        with self._pool.connection() as connection:
            tell_case(connection, delivery_id, self._clock)

    def _load(self, delivery_id: str) -> Outgoing:
        with self._pool.connection() as connection:
            found = attempts.load(connection, delivery_id)
        if found is None:
            raise ApplicationError(f"no delivery {delivery_id!r}: it was never collected", non_retryable=True)
        return found

    def _turn(self, found: Outgoing, way: Way) -> tuple[float, list[Outgoing]]:
        with self._pool.connection() as connection:
            return attempts.take_turn(connection, found, way)

    def _record(self, found: Outgoing, carried: list[Outgoing], result: Delivery) -> str:
        with self._pool.connection() as connection:
            return attempts.record(connection, found, carried, result, masked(result.answer), self._clock.now())

    def _give_up(self, delivery_id: str) -> None:
        with self._pool.connection() as connection:
            attempts.give_up(connection, delivery_id, self._clock.now())


def _wait(why: str, seconds: float) -> NoReturn:
    """No attempt was made, so none is on record."""
    raise ApplicationError(why, type="waits", next_retry_delay=timedelta(seconds=seconds))
