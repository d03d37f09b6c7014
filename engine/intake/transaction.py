"""The streams of one transaction: locked in id order, moved, and those moved that they reach out to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from engine.clock import Clock
from engine.intake import inbox
from engine.intake.health import load_health
from engine.intake.inbox import Name
from engine.intake.moving import Moving
from engine.ledger.heads import lock
from engine.storage.connect import Connection
from rules.facts import Fact
from rules.stream import Health, Outreach
from rules.world import World

Work = dict[str, list[Fact]]


class Taken(msgspec.Struct, frozen=True):
    """A fact that had waited, and the stream that takes it up now."""

    fact: Fact
    stream_id: str


class Transaction:
    """Locks first, then takes the time, so that `recorded_at` grows in the order of the locks."""

    def __init__(self, connection: Connection, clock: Clock, world: World, stream_ids: Collection[str]) -> None:
        self.connection = connection
        self.world = world
        self.heads = lock(connection, stream_ids)
        self.at: datetime = clock.now()
        self.moving: dict[str, Moving] = {}
        self.outreach: dict[Name, Outreach] = {}
        self.taken_up: list[Taken] = []
        self._health: Health | None = None

    @property
    def health(self) -> Health:
        if self._health is None:
            self._health = load_health(self.connection, self.at)
        return self._health

    def lock_also(self, stream_ids: Iterable[str]) -> None:
        """Streams that only now turn out to be concerned. Dockets sort after cases, so the order of locks holds but for rare reversals."""
        self.heads |= lock(self.connection, set(stream_ids) - self.heads.keys())

    def stream(self, stream_id: str) -> Moving:
        if stream_id not in self.moving:
            self.moving[stream_id] = Moving(self.heads[stream_id], self.at, self.world)
        return self.moving[stream_id]

    def move(self, work: Work, *, suspect: bool = False, backfill: bool = False) -> None:
        """Moves every stream, then those the first ones reach out to, until nobody has anything more to say.

        `suspect`: the streams cannot be written as the rules would have it; they halt.
        """
        while work:
            self.lock_also(work)
            self._take_waiting(work)
            said = [one for id_ in sorted(work) for one in self._step(id_, work[id_], suspect, backfill)]
            work = self._reach(said)

    def _take_waiting(self, work: Work) -> None:
        """Undecided facts of a docket are decided before anything else is concluded there."""
        waiting = [
            id_ for id_ in work if id_.startswith("docket:") and self.heads[id_].waiting and id_ not in self.moving
        ]
        for stream_id, facts in inbox.waiting(self.connection, waiting).items():
            work[stream_id] = [*facts, *work[stream_id]]
            self.taken_up += [Taken(fact, stream_id) for fact in facts]

    def _step(self, stream_id: str, facts: Sequence[Fact], suspect: bool, backfill: bool) -> tuple[Outreach, ...]:
        moving = self.stream(stream_id)
        if suspect:
            moving.halt(RuntimeError("its rows cannot be written"))
            return ()
        if backfill and stream_id.startswith("case:") and moving.version == 0:
            return moving.replay(facts, self.health)
        return moving.step(facts, self.health)

    def _reach(self, said: Sequence[Outreach]) -> Work:
        """Facts between streams pass the inbox like any other: exactly once, and kept if the addressee halts."""
        if not said:
            return {}
        known = inbox.find(self.connection, [(one.fact.source, one.fact.id) for one in said])
        work: Work = {}
        for one in said:
            name = (one.fact.source, one.fact.id)
            if name not in known and name not in self.outreach:
                self.outreach[name] = one
                work.setdefault(one.stream, []).append(one.fact)
        return work
