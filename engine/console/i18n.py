"""Words of the console in Chinese and English: one TOML catalogue per locale, loaded once, never silently incomplete."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

Locale = Literal["zh", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
_FOLDER = Path(__file__).parent / "locales"


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


@cache
def catalogue(locale: Locale) -> dict[str, str]:
    """All messages of a locale by dotted key."""
    messages: dict[str, str] = {}
    for file in sorted((_FOLDER / locale).glob("*.toml")):
        messages.update(_flat(tomllib.loads(file.read_text("utf-8"))))
    return messages


class Texts:
    """Messages in one language: `t("today.title")`, `t("cases.shown", n=5)`, `t.code("finding", "limit_expired")`."""

    def __init__(self, locale: Locale) -> None:
        self.locale: Locale = locale
        self._messages = catalogue(locale)

    def __call__(self, key: str, **values: object) -> str:
        """The message; KeyError names a key that is in no catalogue."""
        return self._messages[key].format(**values) if values else self._messages[key]

    def code(self, group: str, value: str | None) -> str:
        """The word for a code of the machine interface. A code that came later stands for itself, its part after ":" is kept."""
        if not value:
            return "—"
        head, _, rest = value.partition(":")
        word = self._messages.get(f"{group}.{head}", head)
        return f"{word} · {rest}" if rest else word

    def amount(self, number: int, unit: str) -> str:
        """A length of time: 13 个工作日, 13 working days, 1 working day."""
        word = self.code("unit_word", unit)
        return f"{number} {word.removesuffix('s') if self.locale == 'en' and number == 1 else word}"

    def name(self, thing: Any) -> str:
        """The name of a unit, person or item in this language; its id where it has none."""
        own = getattr(thing, "name", "") or ""
        english = getattr(thing, "name_en", None)
        chosen = (english or own) if self.locale == "en" else own
        return chosen or str(getattr(thing, "id", None) or getattr(thing, "code", ""))


def locale_from(cookie: str | None, accept_language: str | None) -> Locale:
    """The chosen language, else the first one the browser asks for that we have, else Chinese."""
    if cookie in LOCALES:
        return cookie
    for wish in (accept_language or "").split(","):
        tag = wish.split(";")[0].strip().lower()[:2]
        if tag in LOCALES:
            return tag
    return "zh"
