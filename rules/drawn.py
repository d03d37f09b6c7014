"""Conclusions drawn together: what is due of them, and what waits for its moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from rules.conclusion import Conclusion, gone, next_moment, unwritten, waits_again
from rules.stream import Entry, Record


class Drawn(msgspec.Struct, frozen=True):
    """They stand until the moment at which one of them is due, or the case takes a turn.

    `keys` are those of what is due. `rests_on`: all that they are drawn from, where they may stand although a fact has come; else None.
    """

    found: Sequence[Conclusion]
    due: Sequence[Conclusion]
    keys: frozenset[str]
    waiting: Sequence[Conclusion]
    until: datetime
    rests_on: object = None


def drawn(found: Sequence[Conclusion], at: datetime, turn: datetime, rests_on: object = None) -> Drawn:
    """As drawn at an instant, before the next turn of the case."""
    waiting = [c for c in found if c.publish_at > at]
    due = [c for c in found if c.publish_at <= at] if waiting else found
    until = min([turn, *(c.publish_at for c in waiting)])
    return Drawn(found, due, frozenset([c.key for c in due]), waiting, until, rests_on)


def lacking_of(
    all_: Iterable[Drawn], anew: Iterable[Drawn], records: Mapping[str, Record], at: datetime
) -> list[Entry]:
    """What the record lacks (`conclusion.lacking`); of what was not drawn anew all that is due is on record."""
    holding: set[str] = set()
    for each in all_:
        holding |= each.keys
        for c in each.waiting:
            if waits_again(c, records.get(c.key), at):
                holding.add(c.key)
    return [*gone(holding, records), *unwritten([c for each in anew for c in each.due], records)]


def next_moment_of(all_: Iterable[Drawn], records: Mapping[str, Record], at: datetime) -> datetime | None:
    return next_moment([c for each in all_ for c in each.waiting], records, at)
