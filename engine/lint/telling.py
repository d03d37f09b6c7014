"""The words for what lint found, in Chinese or English."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.console.i18n import Locale, Texts
from rules.limit import Limit
from rules.lint import Lint, Severity

# Values that are codes of the machine interface, and where the catalogue has their words.
_CODES = {"reason": "reason", "effect": "effect", "clock": "clock", "post": "post"}


class Told(msgspec.Struct, frozen=True):
    """A line of `jiannuo item lint -o json` (interfaces.md 4)."""

    code: str
    severity: Severity
    item: str
    field: str
    message: str


def told(found: Lint, locale: Locale) -> Told:
    texts = Texts(locale)
    values = {name: _word(texts, name, value) for name, value in found.values.items()}
    message = texts(f"lint.{found.code}.{found.because or 'plain'}", **values)
    return Told(found.code, found.severity, found.item, found.field, message)


def limit_words(texts: Texts, limit: Limit) -> str:
    """A limit as people say it: `13 个工作日`, `1 working day`."""
    if limit.unit == "until_date":
        return texts.code("unit_word", limit.unit)
    return texts.amount(limit.amount, limit.unit)


def _word(texts: Texts, name: str, value: Any) -> str:
    if isinstance(value, Limit):
        return limit_words(texts, value)
    return texts.code(_CODES[name], str(value)) if name in _CODES else str(value)
