"""Text messages through an HTTP gateway: every province has its own, so request and success are configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode

import msgspec

from notifications.channels.base import Delivery
from notifications.channels.filling import Template, filled
from notifications.channels.fitting import shortened
from notifications.channels.posting import Answer, Outward, failed, post
from notifications.channels.success import Success, judged
from notifications.render import Message

# What a request may name besides secrets.
VALUES = frozenset({"phone", "text", "key"})
_PHONE = re.compile(r"\+?[0-9]{5,15}")


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    """`body` is the request with `${phone}`, `${text}`, `${key}` and its secrets filled in already."""

    name: str
    url: str
    body: dict[str, Template]
    success: Success
    headers: Mapping[str, str] = {}
    format: Literal["json", "form"] = "json"
    prefix: str = ""
    most_characters: int = 200
    timeout: float = 15.0

    def __repr__(self) -> str:
        return f"Sms({self.name})"

    async def send(self, message: Message, address: str, *, key: str) -> Delivery:
        if not _PHONE.fullmatch(address):
            return failed("no_number", "not a telephone number")
        answer = await post(self.outward(message, address, key))
        return judged(answer, self.success) if isinstance(answer, Answer) else answer

    def outward(self, message: Message, address: str, key: str) -> Outward:
        values = {"phone": address, "text": self.text(message), "key": key}
        body = {name: filled(part, values) for name, part in self.body.items()}
        as_json = self.format == "json"
        return Outward(
            url=self.url,
            content=msgspec.json.encode(body) if as_json else urlencode(body).encode(),
            headers={
                "Content-Type": "application/json" if as_json else "application/x-www-form-urlencoded",
                **self.headers,
            },
            timeout=self.timeout,
        )

    def text(self, message: Message) -> str:
        """The subject and the way to the rest: a text message is seen by whoever holds the telephone."""
        link = f" {message.link}" if message.link else ""
        return shortened(self.prefix + message.subject, self.most_characters - len(link)) + link
