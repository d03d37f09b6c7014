"""Messages that a person asks for: a test of a channel, and one more try of a message that was sent or given up."""

from __future__ import annotations

import secrets
from datetime import datetime

import msgspec

from engine.channels.book import book
from engine.channels.preferences import EMAIL
from engine.channels.ways import shared_address
from engine.errors import OperatorError
from engine.storage.connect import Connection
from engine.storage.rows import insert
from engine.storage.world import load_world
from notifications.fields import Locale
from notifications.render import render

# One attempt and an answer: a test that fails is not tried again for days.
TEST = "channel_test"
_COPY = (
    "INSERT INTO delivery (id, channel, recipient, kind, locale, status, notices, case_id, payload, attempts, created_at,"
    " level, again_of) SELECT %s, channel, recipient, kind, locale, 'due', notices, case_id, payload, '[]', %s, level, id"
    " FROM delivery WHERE id = %s AND status IN ('delivered', 'undeliverable', 'given_up') AND channel <> 'inapp'"
)


class SendError(OperatorError):
    """What was asked for cannot be sent, and why."""


def ask_test(connection: Connection, channel: str, person: str, locale: Locale, now: datetime, *, status: str) -> str:
    """Puts a test message on the channel and returns its id; on a personal channel it goes to whoever asks.

    `status` is `due` for a worker to take it up, `sending` where the caller sends it.
    """
    form = book(connection).get(channel)
    if form is None and channel != EMAIL:
        known = ", ".join([EMAIL, *book(connection)])
        raise SendError(f"没有通道 {channel!r}，现有 {known} · there is no such channel; known are {known}")
    to = shared_address(channel) if form is not None and not form.personal else person
    values = {"channel": (form.name if form else "") or channel, "asked_by": person, "asked_at": now}
    message = render(TEST, locale, values, load_world(connection).calendar(now).zone)
    id_ = secrets.token_hex(12)
    row = {"id": id_, "channel": channel, "recipient": to, "kind": TEST, "locale": locale, "status": status,
           "notices": [], "payload": msgspec.to_builtins(message), "attempts": [], "created_at": now}  # fmt: skip
    insert(connection, "delivery", [row])
    return id_


def send_again(connection: Connection, delivery_id: str, now: datetime) -> str:
    """A new message with the same words; the old one keeps its record. SendError while the old one is still on its way."""
    id_ = secrets.token_hex(12)
    if connection.execute(_COPY, (id_, now, delivery_id)).rowcount != 1:
        raise SendError(
            f"{delivery_id}: 没有这条通知，或仍在发送 · no such message, or it is still on its way; see the log"
        )
    return id_
