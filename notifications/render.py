"""From a notice's values to a message: subject, plain text and HTML in one language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from notifications.dates import day_text, instant_text
from notifications.environment import environment, file_name
from notifications.errors import NoticeError
from notifications.fields import Locale
from notifications.notice import Audience, Notice
from notifications.notices import NOTICES
from notifications.words import TEMPLATES

# Bidirectional controls can make a text read otherwise than it is written.
_UNSEEN = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What one addressee reads. `subject` is one line, `text` plain, `html` a whole page without remote parts.

    `link` is the page in the console that the message is about, for channels that show a button.
    """

    kind: str
    locale: Locale
    subject: str
    text: str
    html: str
    link: str | None = None


def render(
    kind: str,
    locale: Locale,
    fields: Mapping[str, object],
    zone: ZoneInfo,
    audience: Audience | None = None,
    root: Path = TEMPLATES,
) -> Message:
    """Write the notice `kind` for one of its audiences (default: the first in the table).

    Dates and instants in `fields` may be objects or ISO 8601 texts; instants are shown in `zone`. Raises NoticeError
    for an unknown kind, a wrong audience, a missing, unknown or wrongly typed field.
    """
    row = _row(kind)
    reader = _reader(row, audience)
    values = _readable(row, fields, locale, zone) | {"kind": kind, "audience": reader, "automatic": row.automatic}
    subject = " ".join(_part(kind, "subject", locale, values, root).split())
    values["subject"] = subject
    text = re.sub(r"\n{3,}", "\n\n", _part(kind, "txt", locale, values, root)).strip() + "\n"
    html = _part(kind, "html", locale, values, root)
    link = values.get("link")
    return Message(
        kind=kind,
        locale=locale,
        subject=subject,
        text=text,
        html=html,
        link=link if isinstance(link, str) else None,
    )


def _row(kind: str) -> Notice:
    if kind not in NOTICES:
        raise NoticeError(f"no notice {kind!r}: add it to notifications/notices.py and write its templates")
    return NOTICES[kind]


def _reader(row: Notice, audience: Audience | None) -> Audience:
    if audience is None:
        return row.audience[0]
    if audience not in row.audience:
        raise NoticeError(f"notice {row.kind!r} is not for {audience!r}; it is for {', '.join(row.audience)}")
    return audience


def _part(kind: str, part: str, locale: Locale, values: Mapping[str, object], root: Path) -> str:
    return environment(locale, root).get_template(file_name(kind, part)).render(values)


def _readable(row: Notice, fields: Mapping[str, object], locale: Locale, zone: ZoneInfo) -> dict[str, object]:
    try:
        checked = msgspec.convert(dict(fields), _shape(row.kind))
    except msgspec.ValidationError as wrong:
        raise NoticeError(f"notice {row.kind!r}: {wrong}; its fields are {', '.join(row.fields)}") from wrong
    return {name: _shown(getattr(checked, name), locale, zone) for name in row.fields}


@cache
def _shape(kind: str) -> type[msgspec.Struct]:
    fields = [(name, made, None) if allows_none(made) else (name, made) for name, made in NOTICES[kind].fields.items()]
    return msgspec.defstruct(kind, fields, frozen=True, kw_only=True, forbid_unknown_fields=True)


def allows_none(declared: object) -> bool:
    return type(None) in getattr(declared, "__args__", ())


def _shown(value: object, locale: Locale, zone: ZoneInfo) -> object:
    """Values as the reader sees them, so that no template can forget a date's form."""
    if isinstance(value, datetime):
        return instant_text(value, locale, zone)
    if isinstance(value, date):
        return day_text(value, locale)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_shown(each, locale, zone) for each in value)
    if isinstance(value, msgspec.Struct):
        return {name: _shown(getattr(value, name), locale, zone) for name in value.__struct_fields__}
    return value


def clean(text: str) -> str:
    """Without control and direction characters; line ends and tabs stay."""
    return "".join(
        each for each in text if each in "\n\t" or (unicodedata.category(each) != "Cc" and each not in _UNSEEN)
    )
