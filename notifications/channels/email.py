"""E-mail through one SMTP server (RFC 5321)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal, TypeGuard

import aiosmtplib
from msgspec import Struct

from notifications.channels.base import Delivery, Result
from notifications.channels.mail_message import checked, mail
from notifications.render import Message

Tls = Literal["none", "starttls", "implicit"]


class EmailSettings(Struct, frozen=True, kw_only=True):
    """Where and how mail is handed in. `timeout` is for a whole attempt, in seconds; `ca_file` for a private CA."""

    host: str
    port: int
    sender: str
    sender_name: str = ""
    tls: Tls = "starttls"
    username: str | None = None
    password: str | None = None
    ca_file: str | None = None
    timeout: float = 30.0

    def __repr__(self) -> str:
        return f"EmailSettings({self.host}:{self.port}, tls={self.tls}, sender={self.sender})"


class Email:
    """`now` dates the mails: the engine's clock, so that a demo's mails show the demo's time."""

    name = "email"

    def __init__(self, settings: EmailSettings, now: Callable[[], datetime]) -> None:
        if settings.username and settings.tls == "none":
            raise ValueError("mail: a password needs TLS; set tls to starttls or implicit, or drop the username")
        self._settings = settings
        self._sender = Address(settings.sender_name, addr_spec=checked(settings.sender))
        self._tls = None if settings.tls == "none" else ssl.create_default_context(cafile=settings.ca_file)
        self._now = now

    async def send(self, message: Message, address: str, *, key: str) -> Delivery:
        try:
            to = checked(address)
            ready = mail(message, sender=self._sender, to=to, key=key, now=self._now())
        except ValueError as refused:
            return Delivery(result="failed", answer=str(refused))
        return await self._attempt(ready, to)

    async def _attempt(self, ready: EmailMessage, to: str) -> Delivery:
        identity = str(ready["Message-ID"])
        try:
            async with asyncio.timeout(self._settings.timeout):
                answer = await self._hand_in(ready.as_bytes(), to)
        except (aiosmtplib.SMTPException, OSError) as failure:
            result, words = classify(failure)
            return Delivery(result=result, answer=words, provider_id=identity)
        return Delivery(result="ok", answer=answer, provider_id=identity)

    async def _hand_in(self, content: bytes, to: str) -> str:
        settings = self._settings
        _, answer = await aiosmtplib.send(
            content,
            sender=self._sender.addr_spec,
            recipients=[to],
            mail_options=[] if to.isascii() else ["SMTPUTF8"],
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            local_hostname=self._sender.domain,  # the library's own guess asks the name service and blocks
            timeout=settings.timeout,
            use_tls=settings.tls == "implicit",
            start_tls=settings.tls == "starttls",
            tls_context=self._tls,
        )
        return answer


def classify(failure: Exception) -> tuple[Result, str]:
    """Whose fault: the addressee's or the message's (5xx to RCPT or DATA) is final, all else can be mended.

    A full mailbox or a greylist (4xx), a wrong password, a server that is down, silent or without TLS is no reason
    to give up on a person.
    """
    if isinstance(failure, aiosmtplib.SMTPRecipientsRefused):
        refused = failure.recipients[0]
        return _by_code(refused.code), f"{refused.code} {refused.message}"
    if isinstance(failure, aiosmtplib.SMTPDataError) or _too_big(failure):
        return _by_code(failure.code), f"{failure.code} {failure.message}"
    if isinstance(failure, aiosmtplib.SMTPNotSupported):  # SMTPUTF8: this address cannot be reached from this server
        return "failed", failure.message
    if isinstance(failure, aiosmtplib.SMTPResponseException):
        return "retry_later", f"{failure.code} {failure.message}"
    return "retry_later", f"{type(failure).__name__}: {failure}"


def _too_big(failure: Exception) -> TypeGuard[aiosmtplib.SMTPSenderRefused]:
    """RFC 1870: a server may refuse the announced size at MAIL already; the sender is not to blame."""
    return isinstance(failure, aiosmtplib.SMTPSenderRefused) and failure.code == 552


def _by_code(code: int) -> Result:
    return "failed" if code >= 500 else "retry_later"
