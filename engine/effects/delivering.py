"""One attempt to deliver one message: every attempt is on record with the service's own answer."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec
import structlog
from psycopg.types.json import Jsonb
from temporalio.exceptions import ApplicationError

from engine.clock import Clock
from engine.effects.addresses import mail_address
from engine.storage.connect import Connection, Pool
from notifications.channels.base import Delivery
from notifications.channels.registry import Channels
from notifications.render import Message

FINAL = frozenset({"delivered", "undeliverable", "given_up"})

_log = structlog.get_logger(__name__)


class Outgoing(msgspec.Struct, frozen=True):
    """A message on its way. `address` None: the addressee has none on this channel."""

    id: str
    channel: str
    status: str
    message: Message
    address: str | None


class Deliveries:
    def __init__(self, pool: Pool, clock: Clock, channels: Channels) -> None:
        self._pool = pool
        self._clock = clock
        self._channels = channels

    async def deliver(self, delivery_id: str) -> str:
        """`delivered` or `undeliverable`. ApplicationError where the service is at fault: the workflow tries again."""
        found = await asyncio.to_thread(self._load, delivery_id)
        if found.status in FINAL:
            return found.status
        result = await self._attempt(found)
        status = _STATUS[result.result]
        await asyncio.to_thread(self._record, delivery_id, status, result.result, result.answer)
        if status == "sending":
            raise ApplicationError(result.answer, type="retry_later")
        return status

    async def give_up(self, delivery_id: str) -> None:
        """After the last attempt. What was delivered in the last moment stays delivered."""
        _log.error("delivery_given_up", delivery=delivery_id)
        await asyncio.to_thread(
            self._record, delivery_id, "given_up", "given_up", "no attempt succeeded in the time allowed"
        )

    async def _attempt(self, found: Outgoing) -> Delivery:
        if found.address is None:
            return Delivery(result="failed", answer="the addressee has no address any more")
        try:
            channel = self._channels.get(found.channel)
        except LookupError as error:  # a worker that is not configured yet loses no mail
            return Delivery(result="retry_later", answer=str(error))
        return await channel.send(found.message, found.address, key=found.id)

    def _load(self, delivery_id: str) -> Outgoing:
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT id, channel, status, recipient, case_id, payload FROM delivery WHERE id = %s", (delivery_id,)
            ).fetchone()
            if row is None:
                raise ApplicationError(f"no delivery {delivery_id!r}: it was never collected", non_retryable=True)
            return _outgoing(connection, *row)

    def _record(self, delivery_id: str, status: str, result: str, answer: str) -> None:
        now = self._clock.now()
        attempt = {"at": now.isoformat(), "result": result, "answer": answer}
        with self._pool.connection() as connection:
            record_attempt(connection, delivery_id, status, attempt, now)


def record_attempt(
    connection: Connection, delivery_id: str, status: str, attempt: dict[str, Any], now: datetime
) -> None:
    connection.execute(
        "UPDATE delivery SET attempts = attempts || %s, status = %s,"
        " delivered_at = CASE WHEN %s = 'delivered' THEN %s END"
        " WHERE id = %s AND status <> 'delivered'",
        (Jsonb([attempt]), status, status, now, delivery_id),
    )


def _outgoing(
    connection: Connection,
    id_: str,
    channel: str,
    status: str,
    recipient: str,
    case: str | None,
    payload: dict[str, Any],
) -> Outgoing:
    address = mail_address(connection, recipient, case) if status not in FINAL else None
    return Outgoing(id_, channel, status, msgspec.convert(payload, Message), address)


_STATUS = {"ok": "delivered", "failed": "undeliverable", "retry_later": "sending"}
