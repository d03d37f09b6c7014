"""Text as it fits into a group robot's message: cut at a character, never a byte, and without anybody's markup."""

from __future__ import annotations

import re

from notifications.fields import Locale

# Markdown of these robots knows no escape. Full-width forms read the same and make no link, mention or colour.
_PLAIN = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀", "@": "＠"})
_ADDRESS = re.compile(r"(https?://[^\s<>\[\]*`@]+)")
_MORE = {"zh": "…（全文见收件箱）", "en": "… (the whole text is in the inbox)"}


def plain(text: str) -> str:
    """Words from outside, which must not become markup; an address stays one that can be opened."""
    parts = _ADDRESS.split(text)
    return "".join(part if place % 2 else part.translate(_PLAIN) for place, part in enumerate(parts))


def cut(text: str, most_bytes: int, locale: Locale) -> str:
    """At most so many bytes of UTF-8; what is left out is said."""
    if len(text.encode()) <= most_bytes:
        return text
    room = most_bytes - len(_MORE[locale].encode())
    return text.encode()[: max(room, 0)].decode("utf-8", "ignore") + _MORE[locale]


def shortened(text: str, most_characters: int) -> str:
    return text if len(text) <= most_characters else f"{text[: most_characters - 1]}…"
