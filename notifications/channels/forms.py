"""Channels as data: what an installation writes down of each. Secrets are named, never written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from notifications.channels import dingtalk, feishu, wecom
from notifications.channels.filling import Template, names
from notifications.channels.sms import VALUES
from notifications.channels.success import Success
from notifications.fields import Level

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Url = Annotated[str, Meta(pattern=r"^https?://[^\s\"'<>@?#]+$")]
# Where a secret lies: `env:NAME` or `file:/path`. The ledger keeps configuration for ever, so no secret is in it.
SecretPlace = Annotated[str, Meta(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$")]
Seconds = Annotated[float, Meta(gt=0, le=60)]
PerMinute = Annotated[int, Meta(ge=1, le=6000)]
LEVELS: tuple[Level, ...] = ("yellow", "red", "escalated")


class Form(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """`units`: those served, with all below them; none named means all. `levels`: of alerts. `per_minute`: messages in any 60 seconds.

    `plain_http` allows an address without TLS, for a network of one's own.
    """

    # personal: the address is a person's. together: the group reads it, many notices become one message.
    personal: ClassVar[bool] = False
    together: ClassVar[bool] = False
    # How much text one message holds, in bytes, and how many notices one digest for it gets.
    room: ClassVar[int] = 0
    lines: ClassVar[int] = 1

    id: Name
    name: str = ""
    url: Url
    units: tuple[str, ...] = ()
    levels: tuple[Level, ...] = LEVELS
    per_minute: PerMinute | None = None
    timeout: Seconds = 10.0
    plain_http: bool = False

    def secrets(self) -> Iterator[str]:
        """Every place a secret is taken from."""
        return iter(())


class RobotForm(Form, frozen=True, kw_only=True):
    together: ClassVar[bool] = True

    key: SecretPlace
    secret: SecretPlace | None = None
    prefix: str = ""
    per_minute: PerMinute | None = 20

    def secrets(self) -> Iterator[str]:
        yield from (place for place in (self.key, self.secret) if place)


class WeComForm(RobotForm, frozen=True, kw_only=True, tag="wecom"):
    """`key` is the value after `?key=` of the robot's address."""

    room: ClassVar[int] = wecom.ROOM
    lines: ClassVar[int] = 15
    url: Url = wecom.URL


class DingTalkForm(RobotForm, frozen=True, kw_only=True, tag="dingtalk"):
    """`key` is the value after `?access_token=`, `secret` that of 加签."""

    room: ClassVar[int] = dingtalk.ROOM
    lines: ClassVar[int] = 60
    url: Url = dingtalk.URL


class FeishuForm(RobotForm, frozen=True, kw_only=True, tag="feishu"):
    """`key` is the last part of the robot's address. For Lark set `url` to https://open.larksuite.com/open-apis/bot/v2/hook."""

    room: ClassVar[int] = feishu.ROOM
    lines: ClassVar[int] = 60
    url: Url = feishu.URL


class WebHookForm(Form, frozen=True, kw_only=True, tag="webhook"):
    """Another system: each notice is one signed message. `success` where 2xx alone is not enough."""

    secret: SecretPlace
    success: Success | None = None

    def secrets(self) -> Iterator[str]:
        yield self.secret


class SmsForm(Form, frozen=True, kw_only=True, tag="sms"):
    """`body` and `headers` name `${phone}`, `${text}`, `${key}` (the identity of the delivery), `${env:NAME}` and `${file:/path}`."""

    personal: ClassVar[bool] = True

    body: dict[str, Template]
    success: Success
    headers: Mapping[str, str] = {}
    format: Literal["json", "form"] = "json"
    prefix: str = ""
    most_characters: Annotated[int, Meta(ge=50, le=1000)] = 200
    levels: tuple[Level, ...] = ("red", "escalated")

    def asked(self) -> frozenset[str]:
        return names(dict(self.body)) | names(dict(self.headers))

    def secrets(self) -> Iterator[str]:
        yield from sorted(name for name in self.asked() if name.startswith(("env:", "file:/")))


ChannelForm = WeComForm | DingTalkForm | FeishuForm | WebHookForm | SmsForm
# Where everybody has one: the inbox in the console, and mail by the settings of the installation.
BUILT_IN = ("inapp", "email")


def problems(form: ChannelForm) -> Iterator[str]:
    """What a type alone does not say."""
    if form.id in BUILT_IN:
        yield f"id {form.id!r} is built in; choose another"
    if form.url.startswith("http://") and not form.plain_http:
        yield "url: without TLS anybody on the way reads and changes it; use https, or say plain_http: true"
    if isinstance(form, SmsForm):
        yield from _problems_of_sms(form)


def _problems_of_sms(form: SmsForm) -> Iterator[str]:
    unknown = sorted(form.asked() - VALUES - set(form.secrets()))
    if unknown:
        yield f"body: ${{{unknown[0]}}} is not known; use {', '.join(sorted(VALUES))}, env:NAME or file:/path"
    wanted = {"phone", "text"} - names(dict(form.body))
    if wanted:
        yield f"body: ${{{min(wanted)}}} is missing; the gateway could not send anything"
