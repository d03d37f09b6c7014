"""The start-up check: every notice in every language, for every audience, before the first one is needed."""

from __future__ import annotations

from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import jinja2
import msgspec
from jinja2 import meta

from notifications.environment import CONTEXT, PARTS, environment, file_name
from notifications.errors import TemplateError
from notifications.fields import CODES, LOCALES, Locale
from notifications.notice import Notice
from notifications.notices import NOTICES
from notifications.render import render
from notifications.samples import samples
from notifications.words import TEMPLATES, words


def check_templates(root: Path = TEMPLATES) -> int:
    """Render all of them with made-up values; the number of messages rendered.

    Raises TemplateError for the first template that is missing, broken, or names a variable its notice does not
    declare, and for a code without a word. It names kind, language, part and variable.
    """
    return sum(_check_locale(locale, root) for locale in LOCALES)


def _check_locale(locale: Locale, root: Path) -> int:
    _check_words(locale, root)
    for notice in NOTICES.values():
        for part in PARTS:
            _check_names(notice, locale, part, root)
    return sum(_check_rendering(notice, locale, root) for notice in NOTICES.values())


def _check_words(locale: Locale, root: Path) -> None:
    try:
        known = words(locale, root)
    except (OSError, msgspec.DecodeError) as wrong:
        raise TemplateError("words", locale, "json", f"cannot be read: {wrong}") from wrong
    wanted = [(table, code) for table, codes in CODES.items() for code in get_args(codes)]
    wanted += [("cause", kind) for kind, notice in NOTICES.items() if notice.merges and kind != "digest"]
    missing = [f"{table}.{code}" for table, code in wanted if code not in known.get(table, {})]
    if missing:
        raise TemplateError("words", locale, "json", f"no word for {', '.join(missing)}; add it")


def _check_names(notice: Notice, locale: Locale, part: str, root: Path) -> None:
    """Reads the template rather than runs it: a wrong name is found in a branch no sample reaches, too."""
    made = environment(locale, root)
    try:
        source = made.get_template(file_name(notice.kind, part)).filename
        named = meta.find_undeclared_variables(made.parse(Path(str(source)).read_text(encoding="utf-8")))
    except jinja2.TemplateNotFound as wrong:
        raise TemplateError(notice.kind, locale, part, f"{wrong.name} is missing; write it") from wrong
    except jinja2.TemplateSyntaxError as wrong:
        raise TemplateError(notice.kind, locale, part, f"line {wrong.lineno}: {wrong.message}") from wrong
    if unknown := sorted(named - CONTEXT - notice.fields.keys()):
        raise TemplateError(notice.kind, locale, part, f"names {', '.join(unknown)}, which the notice does not have")


def _check_rendering(notice: Notice, locale: Locale, root: Path) -> int:
    rendered = 0
    for fields in samples(notice):
        for audience in notice.audience:
            try:
                render(notice.kind, locale, fields, ZoneInfo("Asia/Shanghai"), audience, root)
            except jinja2.TemplateError as wrong:
                raise TemplateError(notice.kind, locale, "*", f"for {audience}: {wrong.message}") from wrong
            rendered += 1
    return rendered
