"""The template environment: strict about names, escaping in HTML, one per language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notifications.fields import Locale
from notifications.words import TEMPLATES, cause_text, words

PARTS = ("subject", "txt", "html")
# What every template may name besides the fields of its notice.
CONTEXT = frozenset({"kind", "audience", "automatic", "subject", "words"})


@cache
def environment(locale: Locale, root: Path = TEMPLATES) -> Environment:
    made = Environment(
        loader=FileSystemLoader(root / locale),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html.j2",), disabled_extensions=("txt.j2", "subject.j2")),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["words"] = words(locale, root)
    made.filters["cause"] = lambda cause: cause_text(cause, locale, root)
    return made


def file_name(kind: str, part: str) -> str:
    return f"{kind}.{part}.j2"
