"""Values made from the declared types, so that every template can be tried before anybody depends on it."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Union, get_args, get_origin

from notifications.fields import DigestGroup, DigestLine, Link
from notifications.notice import Notice

_DAY = date(2026, 11, 23)
_AT = datetime(2026, 11, 23, 16, tzinfo=UTC)
_LINE = DigestLine(subject="示例 sample", at=_AT, link="https://example.test/1")
_PLAIN: dict[object, object] = {str: "示例 sample", int: 3, date: _DAY, datetime: _AT, bool: True}


def samples(notice: Notice) -> Iterator[dict[str, object]]:
    """Field sets that reach every branch a code, a switch or a left-out value can choose."""
    full = {name: choices(declared)[0] for name, declared in notice.fields.items()}
    yield full
    yield {name: value for name, value in full.items() if None not in choices(notice.fields[name])}
    for name, declared in notice.fields.items():
        yield from (full | {name: value} for value in choices(declared)[1:])


def choices(declared: object) -> tuple[object, ...]:
    """The values worth trying for a type, the richest first."""
    origin = get_origin(declared)
    if origin is Literal:
        return get_args(declared)
    if origin in (Union, types.UnionType):
        return tuple(value for member in get_args(declared) for value in choices(member))
    if declared == Link:
        return ("https://example.test/1",)
    if origin is Annotated:
        return choices(get_args(declared)[0])
    if origin is tuple:
        return (choices(get_args(declared)[0]) * 2,)
    return _one(declared)


def _one(declared: object) -> tuple[object, ...]:
    if declared is type(None):
        return (None,)
    if declared is bool:
        return (True, False)
    if declared is DigestGroup:
        return (DigestGroup(cause="red_card", unit_name="示例 sample", lines=(_LINE, _LINE)),)
    return (_PLAIN[declared],)
