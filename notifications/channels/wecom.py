"""Group robot of WeCom (企业微信群机器人): markdown of at most 4096 bytes, 20 messages a minute."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from notifications.channels.colours import colour_of
from notifications.channels.fitting import cut, plain
from notifications.channels.posting import Outward
from notifications.channels.robot import Robot
from notifications.channels.verdicts import Table
from notifications.render import Message

URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
MOST_BYTES = 4096
ROOM = MOST_BYTES - 300  # for the marks around the text
# developer.work.weixin.qq.com, documents 91770 (group robots) and 90313 (codes).
CODES = Table(
    fields=("errcode",),
    faults={
        -1: "busy",
        45009: "slow",  # api freq out of limit
        45033: "slow",  # too many at one time
        40008: "message",  # invalid msgtype
        40058: "message",  # markdown.content exceed max length 4096
        44004: "message",  # empty content
        45002: "message",  # content too long
        93000: "gone",  # invalid webhook url: the robot was removed
        93004: "gone",  # the robot was disabled
        93008: "gone",  # the robot is not in the group
    },
    pause=60.0,
)
_COLOURS = {"red": "warning", "yellow": "warning", "blue": "info"}


class WeCom(Robot, frozen=True, kw_only=True):
    """`key` is the secret of the robot's address."""

    codes: ClassVar[Table] = CODES

    key: str
    url: str = URL

    def outward(self, message: Message) -> Outward:
        return Outward(
            url=f"{self.url}?key={self.key}",
            content=msgspec.json.encode(self.body(message)),
            headers={"Content-Type": "application/json"},
            timeout=self.timeout,
        )

    def body(self, message: Message) -> dict[str, Any]:
        """The format has no title of its own: the subject is the first line."""
        colour = _COLOURS[colour_of(message.kind)]
        head = f'**<font color="{colour}">{plain(self.prefix + message.subject)}</font>**\n'
        rest = cut(plain(message.text), MOST_BYTES - len(head.encode()), message.locale)
        return {"msgtype": "markdown", "markdown": {"content": head + rest}}
