"""The words for codes (`templates/<locale>/words.json`): an agency changes them beside its templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from notifications.fields import Locale

TEMPLATES = Path(__file__).parent / "templates"

Words = Mapping[str, Mapping[str, str]]


@cache
def words(locale: Locale, root: Path = TEMPLATES) -> Words:
    """Tables of words by the name of the field that holds the code."""
    return msgspec.json.decode((root / locale / "words.json").read_bytes(), type=dict[str, dict[str, str]])


def cause_text(cause: str, locale: Locale, root: Path = TEMPLATES) -> str:
    """Words for a cause: a finding or a kind of notice, with what follows a colon kept (`step_overdue:review`).

    A cause that nobody has put into words yet is shown as its code: an alert is never lost for want of a word.
    """
    code, _, detail = cause.partition(":")
    text = words(locale, root)["cause"].get(code, code)
    if not detail:
        return text
    return f"{text}（{detail}）" if locale == "zh" else f"{text} ({detail})"
