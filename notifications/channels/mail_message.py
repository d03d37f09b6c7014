"""A mail as RFC 5322 wants it: text and HTML of one notice, recognisable when it comes a second time."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy

from notifications.render import Message

# One address, no display name, no list, nothing a header could be continued with.
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]{1,64}@[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]{1,253}")
_LANGUAGE = {"zh": "zh-CN", "en": "en"}


class MailPolicy(EmailPolicy):
    """The newer folding of the standard library drops spaces between encoded words; the older one does not."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if self.utf8 or name != "Subject" or str(value).isascii():
            return super().fold_binary(name, value)
        folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}".encode("ascii")


_PLAIN = MailPolicy(linesep="\r\n")
_UTF8 = MailPolicy(linesep="\r\n", utf8=True)  # RFC 6532, for addresses that cannot be written otherwise


class AddressRefused(ValueError):  # noqa: N818  a refusal, not a defect
    """Not one plain mail address."""


def checked(address: str) -> str:
    """The address with its domain in ASCII (RFC 5890). A line break here would be somebody else's header."""
    if not _ADDRESS.fullmatch(address):
        raise AddressRefused(f"not a mail address: {address!r}")
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as wrong:
        raise AddressRefused(f"not a mail domain: {domain!r}") from wrong


def message_id(key: str, domain: str) -> str:
    """The same for every attempt with the same key: a mailbox that gets it twice can tell."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def mail(message: Message, *, sender: Address, to: str, key: str, now: datetime) -> EmailMessage:
    """Multipart/alternative. `sender` and `to` are checked; the policy raises ValueError for a line break in a header."""
    made = EmailMessage(policy=_PLAIN if to.isascii() else _UTF8)
    made["From"] = sender
    made["To"] = to
    made["Subject"] = message.subject
    made["Date"] = now
    made["Message-ID"] = message_id(key, sender.domain)
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    made["Content-Language"] = _LANGUAGE[message.locale]
    made.set_content(message.text, cte="base64")
    made.add_alternative(message.html, subtype="html", cte="base64")
    return made
