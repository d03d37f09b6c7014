"""The carriers (公开载体): what is on display where, held against what is published. The shortest published promise binds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Literal

import msgspec

from rules.calendar import Calendar
from rules.items import Carrier, Item
from rules.lengths import Yardstick
from rules.limit import Limit

What = Literal["limit_shorter", "limit_longer", "limit_other", "version", "content", "retired"]
PRINTED = ("explanation_card", "guide", "notice_board", "public_commitment", "bulletin")
OF_UNITS = frozenset({"notice_board", "public_commitment", "bulletin"})
_BODY = msgspec.json.Encoder(order="sorted")


class Display(msgspec.Struct, frozen=True):
    """What hangs, lies or runs somewhere. `since`: when it was put there; `sha256` begins the fingerprint that it names."""

    kind: str
    place: str
    since: datetime
    version: int | None = None
    committed_limit: Limit | None = None
    sha256: str | None = None


class Difference(msgspec.Struct, frozen=True):
    """`shown` and `published` say the same thing of both: a limit, a version, a fingerprint."""

    what: What
    shown: Limit | int | str | None
    published: Limit | int | str | None

    @property
    def binds(self) -> bool:
        """A shorter promise on display is a promise: the unit is held to it until it is taken down (公开即等于承诺)."""
        return self.what == "limit_shorter"


def fingerprint(item: Item) -> str:
    """SHA-256 over all that an item promises; what hangs where is no part of it."""
    return hashlib.sha256(_BODY.encode(msgspec.structs.replace(item, carriers=()))).hexdigest()


def filed(item: Item, calendar: Calendar) -> Iterator[Display]:
    """The carriers that were filed with the item itself, as far as they say what they show."""
    for carrier in item.carriers:
        if carrier.version is not None or carrier.committed_limit is not None:
            yield _display(carrier, calendar, item.effective_from)


def _display(carrier: Carrier, calendar: Calendar, effective: date) -> Display:
    since = calendar.start_of(carrier.displayed_on or effective)
    return Display(carrier.kind, carrier.place, since, carrier.version, carrier.committed_limit)


def differences(
    display: Display, item: Item, versions: Iterable[Item], calendar: Calendar, on: date
) -> list[Difference]:
    """How a display differs from the version in force. What shows a version and no limit shows that version's limit."""
    if item.retired:
        return [Difference("retired", display.version, None)]
    of_version = next((one for one in versions if one.version == display.version), None)
    shown = display.committed_limit or (of_version.committed_limit if of_version is not None else None)
    found = list(_of_limits(shown, item.committed_limit, calendar, on))
    if display.version is not None and display.version != item.version:
        found.append(Difference("version", display.version, item.version))
    elif display.sha256 is not None and not fingerprint(item).startswith(display.sha256):
        found.append(Difference("content", display.sha256, fingerprint(item)[: len(display.sha256)]))
    return found


def _of_limits(shown: Limit | None, published: Limit | None, calendar: Calendar, on: date) -> Iterator[Difference]:
    if shown is None or shown == published:
        return
    if published is None:
        yield Difference("limit_other", shown, None)
        return
    lengths = Yardstick(calendar, on).measured([shown], [published])
    what: What = "limit_other" if lengths is None else "limit_shorter" if lengths[0] < lengths[1] else "limit_longer"
    if lengths is None or lengths[0] != lengths[1]:
        yield Difference(what, shown, published)
