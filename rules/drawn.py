"""Conclusions drawn together: what is due of them, and what waits for its moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from rules.conclusion import NOT_YET, Conclusion, gone, next_moment, unwritten, waits_again, written
from rules.stream import Entry, Record

NO_KEYS: frozenset[str] = frozenset()
AT_ONCE = datetime.min.replace(tzinfo=UTC)
CARDED = frozenset({"limit_expired", "step_expired", "hold_opened"})


class Drawn(msgspec.Struct, frozen=True):
    """They stand until the moment at which one of them is due, or the case takes a turn.

    `keys` are those of what is due, `carded` what is told by a card. `rests_on`: all that they are drawn from, where they may stand although a
    fact has come (and then only before `in_flight`, the first instant for which facts may still be on their way); else None.
    """

    due: Sequence[Conclusion]
    keys: frozenset[str]
    waiting: Sequence[Conclusion]
    carded: Sequence[Conclusion]
    until: datetime
    in_flight: datetime = NOT_YET
    rests_on: object = None

    def by(self, turn: datetime) -> Drawn:
        """The same, where a fact has brought another turn of the case."""
        return self if self.until <= turn else msgspec.structs.replace(self, until=turn)


def drawn(found: Sequence[Conclusion], at: datetime, turn: datetime, rests_on: object = None) -> Drawn:
    """As drawn at an instant, before the next turn of the case."""
    if not found:
        return Drawn((), NO_KEYS, (), (), turn, NOT_YET, rests_on)
    waiting = [c for c in found if c.publish_at > at]
    due = [c for c in found if c.publish_at <= at] if waiting else found
    until = min([turn, *[c.publish_at for c in waiting]]) if waiting else turn
    carded = [c for c in found if c.type in CARDED]
    return Drawn(due, frozenset([c.key for c in due]), waiting, carded, until, _in_flight(waiting, carded), rests_on)


def _in_flight(waiting: Sequence[Conclusion], carded: Sequence[Conclusion]) -> datetime:
    """What is on hold is drawn anew with each fact, what waits once its instant has passed."""
    if carded and any(c.type == "hold_opened" for c in carded):
        return AT_ONCE
    return min([c.legal_at for c in waiting if c.legal_at is not None], default=NOT_YET)


def lacking_of(
    found: Mapping[str, Drawn], unsure: set[str], records: Mapping[str, Record], at: datetime
) -> list[Entry]:
    """What the record lacks (`conclusion.lacking`). Only what is `unsure` is compared with it, and stays so until nothing was lacking."""
    holding: set[str] = set()
    lacking: list[Conclusion] = []
    for name, each in found.items():
        holding |= each.keys
        for c in each.waiting:
            if waits_again(c, records.get(c.key), at):
                holding.add(c.key)
        if name in unsure:
            more = unwritten(each.due, records)
            lacking += more
            if not more:
                unsure.remove(name)
    return [*gone(holding, records), *written(lacking, records)]


def next_moment_of(found: Iterable[Drawn], records: Mapping[str, Record], at: datetime) -> datetime | None:
    return next_moment([c for each in found for c in each.waiting], records, at)
