"""A signed web hook to another system, by the Standard Webhooks specification."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from standardwebhooks import Webhook as Signing

from notifications.channels.base import Delivery
from notifications.channels.posting import Answer, Outward, post
from notifications.channels.success import Success, judged
from notifications.fields import Locale
from notifications.render import Message

TYPE = "jiannuo.notice"


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the other system reads of one notice. `id` stays the same however often it is sent."""

    id: str
    kind: str
    locale: Locale
    subject: str
    text: str
    link: str | None = None


class Envelope(msgspec.Struct, frozen=True):
    type: str
    timestamp: str
    data: Said


class WebHook(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` as the specification writes it: whsec_ and base64."""

    name: str
    url: str
    secret: str
    success: Success | None = None
    timeout: float = 15.0

    def __repr__(self) -> str:
        return f"WebHook({self.name})"

    async def send(self, message: Message, address: str, *, key: str) -> Delivery:  # noqa: ARG002  the system is the address
        answer = await post(self.outward(message, key, datetime.now(UTC)))
        return judged(answer, self.success) if isinstance(answer, Answer) else answer

    def outward(self, message: Message, key: str, now: datetime) -> Outward:
        """Signed anew at every attempt, since a receiver refuses old times; the id stays."""
        said = Said(
            id=key,
            kind=message.kind,
            locale=message.locale,
            subject=message.subject,
            text=message.text,
            link=message.link,
        )
        content = msgspec.json.encode(Envelope(TYPE, now.isoformat(), said))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Signing(self.secret).sign(key, now, content.decode()),
        }
        return Outward(url=self.url, content=content, headers=headers, timeout=self.timeout)
