"""What every channel does: one attempt, and an honest answer."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from notifications.render import Message

Result = Literal["ok", "failed", "retry_later"]


class InboxRecord(Struct, frozen=True, kw_only=True):
    """A message for the addressee's inbox in the console, to be stored by the caller under its unique `key`."""

    key: str
    address: str
    message: Message


class Delivery(Struct, frozen=True, kw_only=True):
    """What came of one attempt.

    `ok`: the service took it, in its own words in `answer`. `failed`: it will never take this message for this
    address; tell the next one up. `retry_later`: the service or our access to it is at fault; the same attempt, with
    the same key, may succeed, not before `retry_after` seconds where the service named them. `answer` is in the
    service's own words, `code` its answer as a code: a log may show the code, an answer can hold an address.
    `provider_id` is the id under which the service knows it.
    """

    result: Result
    answer: str
    code: str = ""
    provider_id: str | None = None
    retry_after: float | None = None
    record: InboxRecord | None = None


class Channel(Protocol):
    """One attempt to hand `message` to `address` (its form is the channel's: a subject id, a mail address).

    `key` is the idempotency key: the same key is the same delivery, however often it is tried. Refusals by the
    service are values, never exceptions.
    """

    @property
    def name(self) -> str: ...

    async def send(self, message: Message, address: str, *, key: str) -> Delivery: ...
