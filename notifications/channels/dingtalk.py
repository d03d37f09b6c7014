"""Group robot of DingTalk (钉钉自定义机器人): markdown or a card with a button, 20000 bytes, 20 messages a minute, signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any, ClassVar
from urllib.parse import urlencode

import msgspec

from notifications.channels.colours import colour_of
from notifications.channels.fitting import cut, plain
from notifications.channels.posting import Outward
from notifications.channels.robot import SignedRobot
from notifications.channels.verdicts import Table
from notifications.render import Message

URL = "https://oapi.dingtalk.com/robot/send"
MOST_BYTES = 20_000
# open.dingtalk.com, custom robots: "more than 20 in a minute are refused for 10 minutes".
CODES = Table(
    fields=("errcode",),
    faults={
        -1: "busy",
        130101: "slow",  # send too fast, exceed 20 times per minute
        410100: "slow",
        310000: "access",  # sign not match, invalid timestamp, keywords not in content, ip not in whitelist
        40035: "message",  # no JSON
        43004: "message",  # Content-Type
        101002: "message",  # message is too long
        400105: "message",  # unsupported type
        430101: "message",  # unsafe link
        430102: "message",  # improper text
        430103: "message",  # improper picture
        430104: "message",  # improper content
        460101: "message",  # message too long, exceed 20000 bytes
        300001: "gone",  # token is not exist
        300005: "gone",
        400013: "gone",  # the group was dissolved
        400101: "gone",  # access_token does not exist
        400102: "gone",  # the robot was disabled
        400106: "gone",  # the robot does not exist
    },
    pause=600.0,
)
ROOM = MOST_BYTES - 2000  # for the rest of the JSON and what escaping adds
_COLOURS = {"red": "#C00000", "yellow": "#B26A00", "blue": "#1F4E79"}
_READ = {"zh": "查看", "en": "Open"}


class DingTalk(SignedRobot, frozen=True, kw_only=True):
    codes: ClassVar[Table] = CODES

    url: str = URL

    def outward(self, message: Message) -> Outward:
        return Outward(
            url=f"{self.url}?{urlencode(self.query(int(time.time() * 1000)))}",
            content=msgspec.json.encode(self.body(message)),
            headers={"Content-Type": "application/json; charset=utf-8"},
            timeout=self.timeout,
        )

    def query(self, milliseconds: int) -> dict[str, str]:
        if self.secret is None:
            return {"access_token": self.token}
        signed = signature(self.secret, milliseconds)
        return {"access_token": self.token, "timestamp": str(milliseconds), "sign": signed}

    def body(self, message: Message) -> dict[str, Any]:
        title = plain(self.prefix + message.subject)
        head = f'#### <font color="{_COLOURS[colour_of(message.kind)]}">{title}</font>\n\n'
        lines = plain(message.text).replace("\n", "  \n")  # one line end alone is a space
        text = head + cut(lines, ROOM - len(head.encode()), message.locale)
        if message.link is None:
            return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}
        button = {"singleTitle": _READ[message.locale], "singleURL": message.link}
        return {"msgtype": "actionCard", "actionCard": {"title": title, "text": text, **button}}


def signature(secret: str, milliseconds: int) -> str:
    """HMAC-SHA256 with the secret as key, over the time, a line end and the secret."""
    signed = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()
