"""Which of our two languages the command line speaks."""

import os
from typing import Literal

Language = Literal["zh", "en"]
_LANGUAGES: tuple[Language, ...] = ("zh", "en")


def language() -> Language:
    """`zh` or `en`: JIANNUO_LOCALE if set, else the terminal's own language, Chinese where that says nothing."""
    asked = os.environ.get("JIANNUO_LOCALE", "")
    if asked in _LANGUAGES:
        return asked
    terminal = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "en" if terminal.startswith("en") else "zh"


def pick(zh: str, en: str) -> str:
    return zh if language() == "zh" else en
