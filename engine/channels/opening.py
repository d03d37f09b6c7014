"""From a channel as data to one that sends."""

from __future__ import annotations

import binascii
from collections.abc import Mapping

from standardwebhooks import Webhook as Signing
from standardwebhooks.webhooks import EmptyWebhookSecretError

from engine.channels.secrets import SecretError, secret
from notifications.channels.base import Channel
from notifications.channels.dingtalk import DingTalk
from notifications.channels.feishu import Feishu
from notifications.channels.filling import Template, filled
from notifications.channels.forms import ChannelForm, DingTalkForm, FeishuForm, SmsForm, WebHookForm, WeComForm
from notifications.channels.sms import VALUES, Sms
from notifications.channels.webhook import WebHook
from notifications.channels.wecom import WeCom


def opened(form: ChannelForm) -> Channel:
    """Raises SecretError where a secret is missing or is none."""
    match form:
        case WeComForm():
            return WeCom(name=form.id, url=form.url, key=secret(form.key), prefix=form.prefix, timeout=form.timeout)
        case DingTalkForm():
            return DingTalk(
                name=form.id, url=form.url, token=secret(form.key), secret=_optional(form.secret), prefix=form.prefix,
                timeout=form.timeout,
            )  # fmt: skip
        case FeishuForm():
            return Feishu(
                name=form.id, url=form.url, token=secret(form.key), secret=_optional(form.secret), prefix=form.prefix,
                timeout=form.timeout,
            )  # fmt: skip
        case WebHookForm():
            return WebHook(
                name=form.id,
                url=form.url,
                secret=_signing(form.secret),
                success=form.success,
                timeout=form.timeout,
            )
        case SmsForm():
            return _sms(form)


def _sms(form: SmsForm) -> Sms:
    known = {place: secret(place) for place in form.secrets()}
    return Sms(
        name=form.id,
        url=form.url,
        body={name: _with_secrets(part, known) for name, part in form.body.items()},
        headers={name: str(_with_secrets(text, known)) for name, text in form.headers.items()},
        success=form.success,
        format=form.format,
        prefix=form.prefix,
        most_characters=form.most_characters,
        timeout=form.timeout,
    )


def _with_secrets(part: Template, known: Mapping[str, str]) -> Template:
    """What is a message's own stays to be filled in later."""
    return filled(part, {**{name: f"${{{name}}}" for name in VALUES}, **known})


def _optional(place: str | None) -> str | None:
    return secret(place) if place else None


def _signing(place: str) -> str:
    found = secret(place)
    try:
        Signing(found)
    except (binascii.Error, ValueError, EmptyWebhookSecretError) as wrong:
        raise SecretError(f"{place}: 不是 whsec_ 加 base64 · not whsec_ and base64") from wrong
    return found
