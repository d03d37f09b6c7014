"""A template with its values becomes a paper: strict about names, in a sandbox, dates in the words of papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import jinja2
import msgspec
from babel.dates import format_date, format_datetime
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.documents.kinds import FIELDS, Kind
from engine.documents.markup import Block, blocks, guarded
from engine.documents.template import Template
from notifications.fields import Locale
from notifications.render import allows_none

_BABEL = {"zh": "zh_Hans_CN", "en": "en_GB"}
_DAY = {"zh": "y年M月d日", "en": "d MMMM y"}
_INSTANT = {"zh": "y年M月d日 HH:mm", "en": "d MMMM y, HH:mm"}


class Written(msgspec.Struct, frozen=True):
    """A paper in one language."""

    title: str
    blocks: tuple[Block, ...]


class WritingError(Exception):
    """A paper that cannot be written: the text says which value or which place of the template."""


def write(template: Template, values: Mapping[str, object], locale: Locale, zone: ZoneInfo) -> Written:
    """WritingError for a value that is missing or of the wrong type, and for whatever a template does wrong."""
    try:
        checked = msgspec.convert(dict(values), shape(template.kind))
    except msgspec.ValidationError as wrong:
        raise WritingError(f"{template.kind}: {wrong}") from wrong
    shown = {name: _shown(getattr(checked, name), locale, zone) for name in FIELDS[template.kind]}
    try:
        text = environment().from_string(template.text(locale)).render(shown)
    except jinja2.TemplateError as wrong:
        raise WritingError(f"{template.id} {locale}: {wrong.message}") from wrong
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as wrong:
        raise WritingError(f"{template.id} {locale}: {wrong}") from wrong
    return _paper(template, locale, blocks(text))


def _paper(template: Template, locale: Locale, found: tuple[Block, ...]) -> Written:
    titles = [block.text for block in found if block.kind == "title"]
    if len(titles) != 1 or not titles[0]:
        raise WritingError(f"{template.id} {locale}: {len(titles)} titles; a paper has one line that begins with `# `")
    return Written(titles[0], tuple(block for block in found if block.kind != "title"))


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """A template is data of an agency: it can print and choose, and nothing else."""
    made = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, finalize=_printed, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    made.globals.clear()
    return made


@cache
def shape(kind: Kind) -> type[msgspec.Struct]:
    fields = [(name, made, None) if allows_none(made) else (name, made) for name, made in FIELDS[kind].items()]
    return msgspec.defstruct(kind, fields, frozen=True, kw_only=True, forbid_unknown_fields=True)


def _printed(value: object) -> object:
    """What `{{ … }}` puts into the text. Nothing is not a word: a blank in a paper is a mistake of its template."""
    if value is None:
        raise jinja2.UndefinedError("prints a value that may be missing; ask for it with {% if %} first")
    return value if isinstance(value, jinja2.Undefined) else guarded(value)


def _instant(local: datetime, locale: Locale) -> str:
    """The end of a day is said as 24:00, as offices say it."""
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        before = format_date(local.date() - timedelta(days=1), _DAY[locale], locale=_BABEL[locale])
        return f"{before} 24:00" if locale == "zh" else f"{before}, 24:00"
    return format_datetime(local, _INSTANT[locale], tzinfo=local.tzinfo, locale=_BABEL[locale])


def _shown(value: object, locale: Locale, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return _instant(value.astimezone(zone), locale)
    if isinstance(value, date):
        return format_date(value, _DAY[locale], locale=_BABEL[locale])
    return value
