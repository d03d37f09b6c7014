"""What the three group robots share: an address of their own, a code in every answer, and no identity of messages."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import msgspec

from notifications.channels.base import Delivery
from notifications.channels.posting import Answer, Outward, post
from notifications.channels.verdicts import Table, verdict
from notifications.render import Message


class Robot(msgspec.Struct, frozen=True, kw_only=True):
    """`prefix` goes before every subject, since some groups ask for a keyword. After a time-out a message may come twice."""

    codes: ClassVar[Table]

    name: str
    url: str
    prefix: str = ""
    timeout: float = 10.0

    def __repr__(self) -> str:
        """Without the key that is in the address."""
        return f"{type(self).__name__}({self.name})"

    async def send(self, message: Message, address: str, *, key: str) -> Delivery:  # noqa: ARG002  the group is the address
        answer = await post(self.outward(message))
        return verdict(answer, self.codes) if isinstance(answer, Answer) else answer

    @abstractmethod
    def outward(self, message: Message) -> Outward:
        """The request that posts a message."""


class SignedRobot(Robot, frozen=True, kw_only=True):
    """`token` is the secret of the robot's address, `secret` that of its signature (加签); without it nothing is signed."""

    token: str
    secret: str | None = None
