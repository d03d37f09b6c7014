"""The virtual-time loop: facts in the order of their recording, ticks at the moments between. Rehearsal and back-fill share it with live.

Live steps a stream when a fact comes or its moment arrives; here the same steps are taken at the same instants, without waiting.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from rules.carrier_stream import CARRIERS, advance_carriers
from rules.case_stream import advance_case
from rules.catalogue_stream import advance_catalogue, is_for_catalogue
from rules.complaint_stream import advance_complaint
from rules.docket_stream import advance_docket
from rules.facts import Fact
from rules.instants import moment
from rules.matter_stream import advance_matter
from rules.no_case import names_no_case
from rules.payloads import WORLD_TYPES, CarrierNamed
from rules.placing import dockets_of, is_for_docket
from rules.report_stream import advance_report
from rules.snapshot import payload_dict
from rules.start import FIRST
from rules.stream import Entry, Health, Outreach, Step, Stream
from rules.watch_stream import advance_watch
from rules.world import World

FACTS, TICKS = 0, 1
Birth = tuple[
    datetime, int, int
]  # when a stream began: by which fact, or at which tick; streams are listed in this order
ADVANCES = {
    "case": advance_case,
    "docket": advance_docket,
    "matter": advance_matter,
    "watch": advance_watch,
    "catalogue": advance_catalogue,
    "complaint": advance_complaint,
    "report": advance_report,
    "carriers": advance_carriers,
}


class Outage(msgspec.Struct, frozen=True):
    """`what`: `engine` (nothing is taken or published) or the id of a source (its facts arrive at the end)."""

    what: str
    start: datetime
    end: datetime


class Line(msgspec.Struct, frozen=True):
    """A line of a stream's ledger: a fact or an entry, with when it was written."""

    version: int
    recorded_at: datetime
    fact: Fact | None = None
    entry: Entry | None = None


class Rehearsal:
    """One world, played until an instant. Results are read from the attributes afterwards."""

    def __init__(self, world: World, until: datetime, outages: Sequence[Outage] = ()) -> None:
        self.world = world
        self.until = until
        self.outages = sorted(outages, key=lambda o: o.start)
        self.streams: dict[str, Stream] = {}
        self.births: dict[str, Birth] = {}
        self.ledgers: dict[str, list[Line]] = {}
        self.parked: dict[tuple[str, str], tuple[Fact, str]] = {}
        self.quarantined: list[tuple[Fact, str]] = []
        self._catalogue_of: dict[str, str] = {}
        self.duplicates: list[Fact] = []
        self.at = datetime.min.replace(tzinfo=UTC)
        self._seen: set[tuple[str, str]] = set()
        self._watermarks: dict[str, datetime] = {}
        self._next: dict[str, datetime] = {}
        self._queue: list[tuple[datetime, int, int, str]] = []
        self._places = 0
        self._birth: Birth = (self.at, FACTS, 0)
        self._waiting: dict[str, dict[tuple[str, str], None]] = {}
        self._behind: set[str] = set()
        self._dockets_of: dict[str, set[str]] = {}
        self._ends = sorted(o.end for o in outages if o.what == "engine")

    def play(self, facts: Iterable[Fact]) -> None:
        """Takes all facts and ticks up to the end, in order of time; facts before ticks where instants are equal."""
        self.play_placed(enumerate(facts))

    def play_placed(self, facts: Iterable[tuple[int, Fact]]) -> None:
        """The same for a part of the facts, each with its place among all of them."""
        arrivals = [(self._taken_at(fact), place, fact) for place, fact in facts]
        arrivals.sort(key=lambda a: a[:2])
        place = 0
        while place < len(arrivals) or self._queue:
            tick = self._queue[0][0] if self._queue else None
            if place < len(arrivals) and (tick is None or arrivals[place][0] <= tick):
                at, batch = arrivals[place][0], list[tuple[int, Fact]]()
                while place < len(arrivals) and arrivals[place][0] == at:
                    batch.append(arrivals[place][1:])
                    place += 1
                if at > self.until:
                    return
                self._take(batch, at)
            else:
                self._tick()
                if self.at > self.until:
                    return

    # -- arrivals ---------------------------------------------------------------------------------------------------------

    def _taken_at(self, fact: Fact) -> datetime:
        at = fact.recorded_at
        for outage in self.outages:
            if outage.what in {"engine", fact.source} and outage.start <= at < outage.end:
                at = outage.end
        return at

    def _take(self, facts: list[tuple[int, Fact]], at: datetime) -> None:
        self.at = at
        by_stream: dict[str, list[Fact]] = {}
        places: dict[str, int] = {}
        of_the_world: list[Fact] = []  # after the facts: a watermark says that what came before it is all
        for place, fact in facts:
            if (fact.source, fact.id) in self._seen:
                self.duplicates.append(fact)
                continue
            self._seen.add((fact.source, fact.id))
            if fact.type in WORLD_TYPES:
                of_the_world.append(fact)
                continue
            for stream in self._streams_for(fact):
                by_stream.setdefault(stream, []).append(_recorded(fact, at))
                places.setdefault(stream, place)
        for stream, new in by_stream.items():
            self._birth = at, FACTS, places[stream]
            self._step(stream, new, at)
        self._birth = at, FACTS, sys.maxsize
        for fact in of_the_world:
            self._world_fact(fact, at)

    def _streams_for(self, fact: Fact) -> list[str]:
        if names_no_case(fact.case):
            return [fact.case]
        if is_for_docket(fact):
            found = self._dockets(fact)
            if not found:
                self._park(fact, "no proceeding is known that this concerns")
            return found
        if not self._in_catalogue(fact):
            self.quarantined.append((fact, f"the item {fact.item} is not in the published catalogue"))
            self._catalogue_of.setdefault(fact.case, f"catalogue:{fact.item}")
            return [f"catalogue:{fact.item}"]
        if is_for_catalogue(fact) and fact.case in self._catalogue_of:
            return [self._catalogue_of[fact.case]]
        stream = f"case:{fact.case}"
        if stream not in self.streams and fact.item is None:
            self._park(fact, "the case is not known yet")
            return []
        return [stream]

    def _in_catalogue(self, fact: Fact) -> bool:
        """Whether the item was effective and published on the day; only what opens a case has to name one that was."""
        if fact.item is None or (f"case:{fact.case}" in self.streams and fact.type not in FIRST):
            return True
        on = fact.occurred_on or self.world.calendar(self.at).local_date(fact.occurred_at)
        return self.world.item(fact.item, on) is not None

    def _dockets(self, fact: Fact) -> list[str]:
        return dockets_of(fact, self._dockets_of.get(fact.case, set()))

    def _world_fact(self, fact: Fact, at: datetime) -> None:
        if fact.type == "source.watermark":
            calendar = self.world.calendar(at)
            through = moment(fact.data.through, calendar.zone, "through")
            self._watermarks[fact.source] = through if isinstance(through, datetime) else calendar.end_of(through)
        if isinstance(fact.data, CarrierNamed):
            self._step(f"{CARRIERS}{fact.data.item}", [_recorded(fact, at)], at)
            return
        every = fact.type == "calendar.imported"
        if not every and not self._behind:
            return
        for name in [name for name in self.streams if name in self._behind or (every and name.startswith("case:"))]:
            if every or self.streams[name].view.source == fact.source:
                self._step(name, [], at)

    # -- steps --------------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        at, kind, place, name = heapq.heappop(self._queue)
        self._birth = at, kind, place
        if self._next.get(name) != at:
            return
        for outage in self.outages:
            if outage.what == "engine" and outage.start <= at < outage.end:
                self._schedule(name, outage.end)
                return
        self.at = at
        if at <= self.until:
            self._step(name, [], at)

    def _schedule(self, name: str, at: datetime | None) -> None:
        if at is None:
            self._next.pop(name, None)
            return
        self._next[name] = at
        self._places += 1
        heapq.heappush(self._queue, (at, TICKS, self._places, name))

    def _step(self, name: str, new: list[Fact], at: datetime) -> None:
        stream = self.streams.get(name) or Stream(id=name)
        if not stream.facts and name.startswith("case:"):
            new = [*new, *self._unpark(name.removeprefix("case:"), lambda f: not is_for_docket(f), at)]
        step = ADVANCES[name.partition(":")[0]](stream, new, at, self.world, self._health(at))
        self.births.setdefault(name, self._birth)
        self.streams[name] = step.stream
        self._note(name, step)
        self._write(name, new, step, at)
        self._schedule(name, step.next_at)
        for message in step.outreach:
            self._deliver(message, at)

    def _deliver(self, message: Outreach, at: datetime) -> None:
        kind, _, _ = message.stream.partition(":")
        if kind == "docket":
            self._dockets_of.setdefault(message.fact.case, set()).add(message.stream)
        self._step(message.stream, [message.fact], at)
        for fact in self._unpark(message.fact.case, lambda f: is_for_docket(f) and bool(self._dockets(f)), at):
            for stream in self._dockets(fact):
                self._step(stream, [fact], at)

    def _note(self, name: str, step: Step) -> None:
        """Which cases wait for the word of a source that everything was reported."""
        for record in step.changed:
            if record.key == "hold:source_behind":
                (self._behind.add if record.status == "open" else self._behind.discard)(name)

    def _park(self, fact: Fact, why: str) -> None:
        self.parked[fact.source, fact.id] = (fact, why)
        self._waiting.setdefault(fact.case, {})[fact.source, fact.id] = None

    def _unpark(self, case: str, wanted: Callable[[Fact], bool], at: datetime) -> list[Fact]:
        waiting = self._waiting.get(case, {})
        found = [name for name in waiting if wanted(self.parked[name][0])]
        for name in found:
            del waiting[name]
        return [_recorded(self.parked.pop(name)[0], at) for name in found]

    def _health(self, at: datetime) -> Health:
        ended = [end for end in self._ends if end <= at]
        return Health(reachable_since=ended[-1] if ended else None, watermarks=self._watermarks)

    def _write(self, name: str, new: Sequence[Fact], step: Step, at: datetime) -> None:
        lines = self.ledgers.setdefault(name, [])
        for fact in new:
            lines.append(Line(len(lines) + 1, at, fact=fact))
        for entry in step.entries:
            lines.append(Line(len(lines) + 1, at, entry=entry))


def _recorded(fact: Fact, at: datetime) -> Fact:
    return fact if fact.recorded_at == at else msgspec.structs.replace(fact, recorded_at=at)


def body_of(line: Line) -> dict[str, object]:
    """What a line says: a fact's payload or an entry's data."""
    if line.fact is not None:
        return payload_dict(line.fact)
    assert line.entry is not None
    return line.entry.data
