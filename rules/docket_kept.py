"""A docket as its last step left it: a proceeding is looked at again when something happened to it or its moment has come."""

from __future__ import annotations

import heapq
from bisect import bisect, insort
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rules.acts import take
from rules.conclusion import Conclusion
from rules.facts import Fact, order
from rules.phases import Place
from rules.proceedings import Folding, Proceeding, Refused, in_order
from rules.stream import Record, Stream
from rules.words import OF_ALERTS

COUNTING = frozenset({"breach.confirmed", "breach.withdrawn", "review.decided"})
DECIDING = "measure.decided"  # what was proposed rests on the count of that moment


def _apart(fact: Fact, later: Fact, *, of_unit: bool) -> bool:
    """Whether two facts say the same whichever is heard first."""
    types = {fact.type, later.type}
    if fact.case == later.case:
        return types == {"breach.withdrawn", "review.decided"} and fact.occurred_at == later.occurred_at
    counts = types & COUNTING
    return not (counts and DECIDING in types) and not (of_unit and counts)


class KeptDocket:
    """What was folded and concluded so far. It belongs to the stream whose version it names: whoever goes on from another one begins anew."""

    def __init__(self, name: str, place: Place) -> None:
        self.place = place
        self.version: int | None = None
        self.folding = Folding(name, place.world, place.calendar)
        self.keys: dict[str, list[str]] = {}
        self.places: dict[str, int] = {}
        self.unfinished: set[str] = set()
        self._folded: list[Fact] = []
        self._moments: dict[str, datetime] = {}
        self._queue: list[tuple[datetime, str]] = []
        self.words: list[Fact] = []
        self.all_keys: list[str] = []
        self._told = [0, 0]

    def fits(self, stream: Stream, new: Sequence[Fact], place: Place) -> bool:
        """Whether one can go on from here: the same world; a post that has changed hands, or a word about alerts, may concern all."""
        same = self.version == stream.version and self.place.at <= place.at
        if not same or self.place.world is not place.world or self.place.calendar is not place.calendar:
            return False
        days = [p.calendar.local_date(p.at) for p in (self.place, place)]
        return not (place.world.posts_changed(*days) or any(fact.type in OF_ALERTS for fact in new))

    def follows(self, new: Sequence[Fact]) -> bool:
        """Whether what is new can be folded now: it is later than all before, or those later than it would have been the same."""
        of_unit = self.folding.of_unit
        for fact in new:
            later = self._folded[bisect(self._folded, order(fact), key=order) :]
            if not all(_apart(fact, other, of_unit=of_unit) for other in later):
                return False
        return True

    def take(self, facts: Iterable[Fact], place: Place) -> None:
        self.place = place
        ordered = in_order(list(facts))
        take(self.folding, ordered)
        for fact in ordered:
            insort(self._folded, fact, key=order)
            if fact.type in OF_ALERTS:
                self.words.append(fact)

    def adopt(self, before: KeptDocket) -> None:
        """Folded anew in the same world: only what differs from before is looked at again."""
        if before.folding.proceedings.keys() - self.folding.proceedings.keys():
            return
        self.all_keys = [key for key in self.all_keys if key.startswith("refusal:")]
        for name, proceeding in self.folding.proceedings.items():
            if before.folding.proceedings.get(name) == proceeding:
                del self.folding.turned[name]
        self.keys, self.unfinished = dict(before.keys), set(before.unfinished)
        self._moments, self._queue = dict(before._moments), list(before._queue)

    def due(self) -> list[Proceeding]:
        """Whom something happened to, and whose moment has come, in the order of their opening."""
        names = set(self.folding.turned)
        self.folding.turned.clear()
        while self._queue and self._queue[0][0] <= self.place.at:
            moment, name = heapq.heappop(self._queue)
            if self._moments.get(name) == moment:
                names.add(name)
        return [self.folding.proceedings[name] for name in sorted(names, key=self.folding.ranks.__getitem__)]

    def refused(self) -> list[Refused]:
        """Those that were not told yet."""
        fresh = self.folding.refusals[self._told[0] :]
        self._told[0] = len(self.folding.refusals)
        return fresh

    def parked(self) -> list[tuple[str, str]]:
        fresh = self.folding.parked[self._told[1] :]
        self._told[1] = len(self.folding.parked)
        return fresh

    def concern(
        self, proceedings: Sequence[Proceeding], drawn: Sequence[Conclusion], records: Mapping[str, Record]
    ) -> dict[str, Record]:
        """The part of the record that these conclusions, and those drawn before in their place, are about, in its own order."""
        keys = {*self.all_keys, *(c.key for c in drawn)}
        for proceeding in proceedings:
            keys.update(self.keys.get(proceeding.breach, ()))
        places = self.places
        return {key: records[key] for key in sorted(keys & places.keys(), key=places.__getitem__)}

    def leave(
        self, proceeding: Proceeding, drawn: Sequence[Conclusion], moment: datetime | None, *, ended: bool
    ) -> None:
        """Until it is to be looked at again: at its moment, if nothing happens to it before."""
        self.keys[proceeding.breach] = [c.key for c in drawn]
        (self.unfinished.discard if ended else self.unfinished.add)(proceeding.breach)
        self._moments.pop(proceeding.breach, None)
        if moment is not None:
            self._moments[proceeding.breach] = moment
            heapq.heappush(self._queue, (moment, proceeding.breach))

    def next_moment(self) -> datetime | None:
        while self._queue and self._moments.get(self._queue[0][1]) != self._queue[0][0]:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None
