"""Many notices for one person become one message, grouped by cause and unit. Pure; nothing is lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from notifications.errors import NoticeError
from notifications.fields import DigestGroup, DigestLine, Locale
from notifications.notice import Audience
from notifications.notices import NOTICES
from notifications.render import Message, render
from notifications.words import TEMPLATES

# Mail servers refuse what is too long, and nobody reads it: a wave of thousands comes in parts.
LINES_PER_MESSAGE = 500


class Pending(Struct, frozen=True, kw_only=True):
    """One notice that waits to be sent. `id` is its idempotency key, `cause` a finding or a kind of notice."""

    id: str
    addressee: str
    audience: Audience
    kind: str
    cause: str
    unit_name: str
    at: datetime
    fields: dict[str, object]


class Digest(Struct, frozen=True, kw_only=True):
    """What goes to `addressee` in one message: part `part` of `parts`, in the order it will be read."""

    addressee: str
    pending: tuple[Pending, ...]
    part: int = 1
    parts: int = 1

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.pending)


def merge(pending: Iterable[Pending], at_most: int = LINES_PER_MESSAGE) -> tuple[Digest, ...]:
    """Every pending notice in exactly one digest, of at most `at_most` lines.

    Papers to an applicant or a person concerned stay alone. The same notice handed over twice is one; two different
    ones under one id are a defect and raise NoticeError.
    """
    waiting = _once(pending)
    alone = [Digest(addressee=each.addressee, pending=(each,)) for each in waiting if not NOTICES[each.kind].merges]
    together = sorted((each for each in waiting if NOTICES[each.kind].merges), key=_reading_order)
    merged = [
        part for who, each in groupby(together, lambda each: each.addressee) for part in _parts(who, [*each], at_most)
    ]
    return (*alone, *merged)


def halves(digest: Digest) -> tuple[Digest, Digest]:
    """The same notices in two messages, for a channel that has no room for them in one."""
    middle = len(digest.pending) // 2
    return (
        Digest(addressee=digest.addressee, pending=digest.pending[:middle]),
        Digest(addressee=digest.addressee, pending=digest.pending[middle:]),
    )


def render_digest(digest: Digest, locale: Locale, zone: ZoneInfo, root: Path = TEMPLATES) -> Message:
    """One notice as itself, several as a list of their subjects with the way to each."""
    first = digest.pending[0]
    if len(digest.pending) == 1:
        return render(first.kind, locale, first.fields, zone, first.audience, root)
    groups = tuple(_groups(digest, locale, zone, root))
    fields = {"total": len(digest.pending), "part": digest.part, "parts": digest.parts, "groups": groups}
    return render("digest", locale, fields, zone, first.audience, root)


def _once(pending: Iterable[Pending]) -> list[Pending]:
    known: dict[str, Pending] = {}
    for each in pending:
        if known.setdefault(each.id, each) != each:
            raise NoticeError(f"two different notices have the id {each.id!r}: give each rung its own key")
    return list(known.values())


def _reading_order(each: Pending) -> tuple[str, str, str, datetime, str]:
    return each.addressee, each.cause, each.unit_name, each.at, each.id


def _parts(addressee: str, waiting: list[Pending], at_most: int) -> Iterator[Digest]:
    parts = -(-len(waiting) // at_most)
    for index in range(parts):
        lines = tuple(waiting[index * at_most : (index + 1) * at_most])
        yield Digest(addressee=addressee, pending=lines, part=index + 1, parts=parts)


def _groups(digest: Digest, locale: Locale, zone: ZoneInfo, root: Path) -> Iterator[DigestGroup]:
    for (cause, unit_name), each in groupby(digest.pending, lambda each: (each.cause, each.unit_name)):
        lines = tuple(_line(pending, locale, zone, root) for pending in each)
        yield DigestGroup(cause=cause, unit_name=unit_name, lines=lines)


def _line(pending: Pending, locale: Locale, zone: ZoneInfo, root: Path) -> DigestLine:
    message = render(pending.kind, locale, pending.fields, zone, pending.audience, root)
    link = pending.fields.get("link")
    return DigestLine(subject=message.subject, at=pending.at, link=link if isinstance(link, str) else None)
