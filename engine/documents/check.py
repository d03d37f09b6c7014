"""A template is tried before anybody depends on it: at start-up the shipped ones, at publication an agency's."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import jinja2
from jinja2 import meta

from engine.certificates.glyphs import MissingGlyphError, demand
from engine.documents.kinds import FIELDS, Fields
from engine.documents.template import Template, all_shipped
from engine.documents.writing import WritingError, Written, environment, write
from engine.errors import OperatorError
from notifications.fields import LOCALES, Locale
from notifications.samples import choices


class TemplateError(OperatorError):
    """A template that would leave a blank, a box or a stack trace in a paper."""


def check_shipped() -> int:
    """How many papers were written with made-up values. Raises TemplateError for the first that is wrong."""
    return sum(check(template) for template in all_shipped())


def check(template: Template) -> int:
    return sum(_check_locale(template, locale) for locale in LOCALES)


def samples(fields: Fields) -> Iterator[dict[str, object]]:
    """Values that reach every branch a code, a switch or a left-out value can choose."""
    full = {name: choices(declared)[0] for name, declared in fields.items()}
    yield full
    yield {name: value for name, value in full.items() if None not in choices(fields[name])}
    for name, declared in fields.items():
        yield from (full | {name: value} for value in choices(declared)[1:])


def _check_locale(template: Template, locale: Locale) -> int:
    try:
        named = meta.find_undeclared_variables(environment().parse(template.text(locale)))
    except jinja2.TemplateSyntaxError as wrong:
        raise TemplateError(f"{template.id} {locale}: line {wrong.lineno}: {wrong.message}") from wrong
    if unknown := sorted(named - FIELDS[template.kind].keys()):
        known = ", ".join(FIELDS[template.kind])
        raise TemplateError(f"{template.id} {locale}: names {', '.join(unknown)}; it may name {known}")
    return sum(_check_paper(template, locale, values) for values in samples(FIELDS[template.kind]))


def _check_paper(template: Template, locale: Locale, values: dict[str, object]) -> int:
    try:
        demand(texts(write(template, values, locale, ZoneInfo("Asia/Shanghai"))))
    except WritingError as wrong:
        raise TemplateError(str(wrong)) from wrong
    except MissingGlyphError as wrong:
        raise TemplateError(f"{template.id} {locale}: {wrong}") from wrong
    return 1


def texts(written: Written) -> list[str]:
    return [written.title, *(text for block in written.blocks for text in (block.text, block.label) if text)]
