"""Answers of services as they may be kept and shown: some repeat the address they refuse."""

from __future__ import annotations

import re

MOST_CHARACTERS = 400
_MAIL = re.compile(r"[^\s<>\"':;,]+@[^\s<>\"':;,]+")
_PHONE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)|\+\d{7,15}")


def masked(answer: str) -> str:
    """Without mail addresses and telephone numbers, and no longer than somebody reads."""
    return _PHONE.sub("…", _MAIL.sub("…@…", answer))[:MOST_CHARACTERS]
