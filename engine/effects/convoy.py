"""Messages for one group that waited together become one; nothing of them is left out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from notifications.channels.fitting import plain
from notifications.render import Message

_SUBJECT = {"zh": "{first}（等 {n} 条）", "en": "{first} (and {n} more)"}
_LINE = "————"


def size(message: Message) -> int:
    """In bytes, with what stands between two of them."""
    return len(plain(message.subject).encode()) + len(plain(message.text).encode()) + 16


def one_message(messages: Sequence[Message]) -> Message:
    """The first one alone, or the texts of all one below the other."""
    first, *others = messages
    if not others:
        return first
    n = len(messages) if first.locale == "zh" else len(others)
    subject = _SUBJECT[first.locale].format(first=first.subject, n=n)
    text = f"\n{_LINE}\n".join(f"{each.subject}\n{each.text.strip()}" for each in messages)
    return msgspec.structs.replace(first, subject=subject, text=text, link=None)
