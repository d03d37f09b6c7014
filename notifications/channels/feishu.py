"""Group robot of Feishu and Lark (飞书自定义机器人): a card, 20 KB, signed; the engine keeps it at 20 messages a minute too."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any, ClassVar

import msgspec

from notifications.channels.colours import colour_of
from notifications.channels.fitting import cut
from notifications.channels.posting import Outward
from notifications.channels.robot import SignedRobot
from notifications.channels.verdicts import Table
from notifications.render import Message

URL = "https://open.feishu.cn/open-apis/bot/v2/hook"
MOST_BYTES = 20 * 1024
# open.feishu.cn, guide to custom robots. An older answer says StatusCode, a newer one code; either one not 0 is a failure.
CODES = Table(
    fields=("code", "StatusCode"),
    faults={
        9499: "message",  # Bad Request; with the words "too many request" it is the limit
        11232: "slow",  # frequency limited, most of all at full hours
        99991400: "slow",  # of the gateway
        19001: "gone",  # incoming webhook access token invalid
        19002: "message",  # params error, msg_type need
        19007: "gone",  # bot not enabled
        19021: "access",  # sign match fail or timestamp is not within one hour
        19022: "access",  # ip not allowed
        19024: "access",  # key words not found
        19036: "message",  # too long
    },
    pause=60.0,
)
ROOM = MOST_BYTES - 3000  # for the rest of the JSON and what escaping adds
_COLOURS = {"red": "red", "yellow": "yellow", "blue": "blue"}
_READ = {"zh": "查看", "en": "Open"}


class Feishu(SignedRobot, frozen=True, kw_only=True):
    codes: ClassVar[Table] = CODES

    url: str = URL

    def outward(self, message: Message) -> Outward:
        return Outward(
            url=f"{self.url}/{self.token}",
            content=msgspec.json.encode({**self.signed(int(time.time())), **self.body(message)}),
            headers={"Content-Type": "application/json"},
            timeout=self.timeout,
        )

    def signed(self, seconds: int) -> dict[str, str]:
        if self.secret is None:
            return {}
        return {"timestamp": str(seconds), "sign": signature(self.secret, seconds)}

    def body(self, message: Message) -> dict[str, Any]:
        """Only plain text in it: nobody's words become a mention or a link."""
        title = {"tag": "plain_text", "content": self.prefix + message.subject}
        text = cut(message.text.strip(), ROOM - len(message.subject.encode()), message.locale)
        elements: list[dict[str, Any]] = [{"tag": "div", "text": {"tag": "plain_text", "content": text}}]
        if message.link is not None:
            words = {"tag": "plain_text", "content": _READ[message.locale]}
            button = {"tag": "button", "text": words, "url": message.link, "type": "default"}
            elements.append({"tag": "action", "actions": [button]})
        header = {"title": title, "template": _COLOURS[colour_of(message.kind)]}
        return {"msg_type": "interactive", "card": {"header": header, "elements": elements}}


def signature(secret: str, seconds: int) -> str:
    """HMAC-SHA256 of nothing, with the time, a line end and the secret as its key: not the way of DingTalk."""
    signed = hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()
