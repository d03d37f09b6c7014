"""A docket as its last step left it: a proceeding is looked at again when something happened to it or its moment has come."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rules.acts import take
from rules.conclusion import Conclusion
from rules.facts import Fact
from rules.phases import Place
from rules.proceedings import Folding, Proceeding, Refused, in_order
from rules.stream import Record, Stream
from rules.words import OF_ALERTS


class KeptDocket:
    """What was folded and concluded so far. It belongs to the stream whose version it names: whoever goes on from another one begins anew."""

    def __init__(self, name: str, place: Place) -> None:
        self.place = place
        self.version: int | None = None
        self.folding = Folding(name, place.world, place.calendar)
        self.keys: dict[str, list[str]] = {}
        self.places: dict[str, int] = {}
        self.unfinished: set[str] = set()
        self._last: Fact | None = None
        self._moments: dict[str, datetime] = {}
        self._queue: list[tuple[datetime, str]] = []
        self.words: list[Fact] = []
        self.all_keys: list[str] = []
        self._told = [0, 0]

    def fits(self, stream: Stream, new: Sequence[Fact], place: Place) -> bool:
        """Whether what is new is later than all before, in the same world; a post that has changed hands, or a word about alerts, may concern all."""
        same = self.version == stream.version and self.place.at <= place.at
        if not same or self.place.world is not place.world or self.place.calendar is not place.calendar:
            return False
        days = [p.calendar.local_date(p.at) for p in (self.place, place)]
        if place.world.posts_changed(*days) or any(fact.type in OF_ALERTS for fact in new):
            return False
        return self._last is None or in_order([self._last, *new])[0] is self._last

    def take(self, facts: Iterable[Fact], place: Place) -> None:
        self.place = place
        for fact in in_order(list(facts)):
            take(self.folding, fact)
            self._last = fact
            if fact.type in OF_ALERTS:
                self.words.append(fact)

    def due(self) -> list[Proceeding]:
        """Whom something happened to, and whose moment has come, in the order of their opening."""
        names = set(self.folding.turned)
        self.folding.turned.clear()
        while self._queue and self._queue[0][0] <= self.place.at:
            moment, name = heapq.heappop(self._queue)
            if self._moments.get(name) == moment:
                names.add(name)
        if len(names) == 1:
            return [self.folding.proceedings[name] for name in names]
        return [p for name, p in self.folding.proceedings.items() if name in names]

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
