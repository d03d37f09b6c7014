"""Deliveries in the database: what is on its way, which of them travel together, and the record of every attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from engine.channels import health, pace
from engine.channels.sending import TEST
from engine.channels.ways import Way, way
from engine.effects.addresses import address_of
from engine.effects.convoy import size
from engine.storage.connect import Connection, Pool
from engine.storage.world import load_world
from notifications.channels.base import Delivery
from notifications.channels.registry import Channels
from notifications.render import Message

FINAL = frozenset({"delivered", "undeliverable", "given_up"})
# More than these in one message nobody reads; they follow with the next turn.
MOST_CARRIED = 200
_STATUS = {"ok": "delivered", "failed": "undeliverable", "retry_later": "sending"}
# A message that was refused together with others goes alone from then on.
_ALONE = "attempts->-1->>'result' IS NOT DISTINCT FROM 'failed'"
_COLUMNS = f"id, channel, status, recipient, case_id, payload, carried_by, {_ALONE}, kind"


class Outgoing(msgspec.Struct, frozen=True):
    """A message on its way. `address` None: the addressee has none on this channel. `carried_by`: it travels inside that one.

    `once`: a test, which gets one attempt.
    """

    id: str
    channel: str
    status: str
    message: Message
    address: str | None
    carried_by: str | None = None
    alone: bool = False
    once: bool = False


def load(connection: Connection, delivery_id: str) -> Outgoing | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM delivery WHERE id = %s", (delivery_id,)).fetchone()  # noqa: S608
    return _outgoing(connection, row) if row else None


def way_of(pool: Pool, built_in: Channels, name: str) -> Way:
    with pool.connection() as connection:
        return way(connection, built_in, name)


def take_turn(connection: Connection, found: Outgoing, way: Way) -> tuple[float, list[Outgoing]]:
    """0 and the messages that travel along, or the seconds to wait; whoever waits may be taken along by another."""
    wait = pace.take_turn(connection, found.channel, way.per_minute)
    together = way.room > 0 and not found.alone
    connection.execute("UPDATE delivery SET waits = %s WHERE id = %s", (wait > 0 and together, found.id))
    return (wait, []) if wait or not together else (0.0, _carried(connection, found, way.room))


def record(
    connection: Connection, found: Outgoing, carried: Sequence[Outgoing], result: Delivery, answer: str, now: datetime
) -> str:
    """The attempt for each message in it, and what it says of the channel. Returns the status it led to.

    A refusal of several messages together may be the fault of one of them: each then tries by itself.
    """
    status = _STATUS[result.result]
    if status == "undeliverable" and carried:
        status = "sending"
    elif status == "sending" and found.once:
        status = "undeliverable"
    attempt = {"at": now.isoformat(), "result": result.result, "code": result.code, "answer": answer}
    together = [found.id, *(one.id for one in carried)]
    _write(connection, together, status, attempt, now)
    if status != "delivered":
        connection.execute("UPDATE delivery SET carried_by = NULL, waits = false WHERE carried_by = %s", (found.id,))
    _tell_health(connection, found.channel, result, answer, now)
    return status


def give_up(connection: Connection, delivery_id: str, now: datetime) -> None:
    attempt = {
        "at": now.isoformat(),
        "result": "given_up",
        "code": "given_up",
        "answer": "no attempt succeeded in the time allowed",
    }
    _write(connection, [delivery_id], "given_up", attempt, now)
    connection.execute("UPDATE delivery SET carried_by = NULL WHERE carried_by = %s", (delivery_id,))


def _carried(connection: Connection, found: Outgoing, room: int) -> list[Outgoing]:
    """The oldest that wait for the same channel, as many as one message holds; those an earlier attempt took along come again."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM delivery WHERE channel = %s AND status = 'sending' AND waits AND id <> %s"  # noqa: S608
        " AND (carried_by IS NULL OR carried_by = %s) ORDER BY created_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
        (found.channel, found.id, found.id, MOST_CARRIED),
    ).fetchall()
    chosen: list[Outgoing] = []
    left = room - size(found.message)
    for row in rows:
        one = _outgoing(connection, row)
        if (left := left - size(one.message)) < 0:
            break
        chosen.append(one)
    connection.execute(
        "UPDATE delivery SET carried_by = %s WHERE id = ANY(%s::text[])", (found.id, [one.id for one in chosen])
    )
    return chosen


def _write(connection: Connection, ids: Sequence[str], status: str, attempt: dict[str, Any], now: datetime) -> None:
    connection.execute(
        "UPDATE delivery SET attempts = attempts || %s, status = %s, waits = waits AND %s = 'sending',"
        " delivered_at = CASE WHEN %s = 'delivered' THEN %s END"
        " WHERE id = ANY(%s::text[]) AND status <> 'delivered'",
        (Jsonb([attempt]), status, status, status, now, list(ids)),
    )


def _tell_health(connection: Connection, channel: str, result: Delivery, answer: str, now: datetime) -> None:
    """An address that does not exist says nothing of the channel; everything else that failed does."""
    connection.execute("INSERT INTO channel_state (channel) VALUES (%s) ON CONFLICT DO NOTHING", (channel,))
    if result.result == "ok":
        health.worked(connection, channel, now)
    elif result.result == "retry_later":
        zone = load_world(connection).calendar(now).zone
        health.did_not_work(connection, channel, f"{result.code} {answer}".strip(), zone, now)
    if result.retry_after:
        pace.hush(connection, channel, result.retry_after)


def _outgoing(connection: Connection, row: tuple[Any, ...]) -> Outgoing:
    id_, channel, status, recipient, case, payload, carried_by, alone, kind = row
    address = address_of(connection, channel, recipient, case) if status not in FINAL else None
    return Outgoing(id_, channel, status, msgspec.convert(payload, Message), address, carried_by, alone, kind == TEST)
