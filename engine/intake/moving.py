"""A locked stream on its way from where it stood to where it will stand: facts in, ledger lines and changed records out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from engine.intake.advances import ADVANCES
from engine.intake.traces import trace
from engine.ledger.canonical import canonical
from engine.ledger.fact_body import fact_line
from engine.ledger.heads import Head
from engine.ledger.line import Line
from rules.facts import Fact, order
from rules.records import fold
from rules.snapshot import decode, encode
from rules.stream import Entry, FactResult, Health, Outreach, Record, Step, Stream
from rules.summary import CaseSummary, summarise
from rules.world import World

DEFECT_KEY = "hold:engine_error"
TRY_AGAIN_AFTER = timedelta(minutes=5)

_log = structlog.get_logger(__name__)


class Moving:
    """One stream within one transaction. A defect of the rules stops it alone: a hold is opened, its facts wait."""

    def __init__(self, head: Head, at: datetime, world: World) -> None:
        self.head = head
        self.at = max(at, head.recorded_at or at)  # never decreasing within a stream, whatever the clock does
        self.world = world
        self.stream = decode(head.snapshot) if head.snapshot else Stream(id=head.stream_id)
        self.lines: list[Line] = []
        self.changed: dict[str, Record] = {}
        self.results: dict[str, FactResult] = {}
        self.next_at: datetime | None = None
        self.ended = False
        self.defect: str | None = None
        self.summary: CaseSummary | None = None
        self.backfilled = head.backfilled

    @property
    def id(self) -> str:
        return self.head.stream_id

    @property
    def version(self) -> int:
        return self.head.version + len(self.lines)

    def step(self, facts: Sequence[Fact], health: Health) -> tuple[Outreach, ...]:
        """Takes facts (none: only concludes) and returns what concerns other streams.

        A case that came by import keeps its silence effects on hold until a person confirms, whatever comes later.
        """
        health = msgspec.structs.replace(health, backfilled=self.backfilled)
        said = self._step([self._recorded(fact) for fact in sorted(facts, key=order)], self.at, health)
        self._summarise()
        return said

    def replay(self, facts: Sequence[Fact], health: Health) -> tuple[Outreach, ...]:
        """Old facts in virtual time: as their source registered them, with every moment that mattered in between.

        Entries keep the virtual moment as `reported_at`; `recorded_at` is now. Nothing goes out to other streams: history opens no proceeding.
        """
        self.backfilled = True
        health = msgspec.structs.replace(health, backfilled=True, reachable_since=None)
        ahead = sorted((self._recorded(fact) for fact in facts), key=lambda fact: (fact.reported_at, order(fact)))
        while ahead and self.defect is None:
            moment = min(ahead[0].reported_at, self.at)
            if self.next_at is not None and self.next_at < moment:
                self._step((), self.next_at, health)
                continue
            taken = [fact for fact in ahead if fact.reported_at <= moment] or ahead
            ahead = ahead[len(taken) :]
            self._step(taken, moment, health)
        while self.defect is None and self.next_at is not None and self.next_at <= self.at:
            self._step((), self.next_at, health)
        self._summarise()
        return ()

    def take(self, done: Step, actor: str) -> None:
        """What somebody decided where people decide: entries in his name."""
        self._write((), done, self.at, actor)

    def halt(self, error: Exception) -> None:
        """Opens the hold `engine_error`; the rules close it by themselves once they go through again."""
        _log.error("stream_halted", stream=self.id, version=self.version, **trace(error))
        self.defect = type(error).__name__
        self.next_at, self.ended = self.at + TRY_AGAIN_AFTER, False
        known = self.stream.records.get(DEFECT_KEY)
        if known is not None and known.status == "open":
            return
        data = {"reason": "engine_error", "owner": None, "opened_at": self.at.isoformat()}
        entry = Entry("hold_opened", DEFECT_KEY, self.at, data)
        record = fold(self.stream.records, entry, self.at)
        self.lines.append(self._line(entry, self.at))
        self.changed[DEFECT_KEY] = record
        self.stream = msgspec.structs.replace(self.stream, records={**self.stream.records, DEFECT_KEY: record})

    @property
    def parked(self) -> list[str]:
        """Facts that are on the ledger without effect, because what they speak of has not come."""
        return [id_ for id_, _ in self.stream.view.parked] if self.stream.view else []

    def moved(self, head_hash: bytes) -> Head:
        """The head as it is to be saved."""
        stream = msgspec.structs.replace(self.stream, version=self.version)
        return msgspec.structs.replace(
            self.head,
            version=self.version,
            head_hash=head_hash,
            recorded_at=self.at,
            backfilled=self.backfilled,
            snapshot=encode(stream),
        )

    def _recorded(self, fact: Fact) -> Fact:
        return msgspec.structs.replace(fact, recorded_at=self.at)

    def _step(self, taken: Sequence[Fact], at: datetime, health: Health) -> tuple[Outreach, ...]:
        try:
            done = ADVANCES[self.head.kind](self.stream, taken, at, self.world, health)
            assert done.next_at is None or done.next_at > at, (
                "a next moment that is not ahead would be reached for ever"
            )
        except Exception as error:  # noqa: BLE001 - a defect in one case never stops the others
            self.halt(error)
            return ()
        self._write(taken, done, at)
        return done.outreach

    def _summarise(self) -> None:
        """The case's row. Here and not when it is written, so that a defect in it stops this case alone."""
        if self.head.kind != "case" or self.defect is not None or not self.lines:
            return
        try:
            self.summary = summarise(self.stream, self.world, self.at, self.backfilled)
        except Exception as error:  # noqa: BLE001 - as above
            self.halt(error)

    def _write(self, taken: Sequence[Fact], done: Step, at: datetime, actor: str | None = None) -> None:
        for fact in taken:
            self.lines.append(fact_line(fact, self.id, self.head.kind, self.version + 1, self.world.version))
        for entry in done.entries:
            self.lines.append(self._line(entry, at, actor))
        self.stream = done.stream
        self.changed |= {record.key: record for record in done.changed}
        self.results |= {result.fact: result for result in done.results}
        self.next_at, self.ended = done.next_at, done.ended

    def _line(self, entry: Entry, at: datetime, actor: str | None = None) -> Line:
        return Line(
            stream_kind=self.head.kind,
            stream_id=self.id,
            version=self.version + 1,
            kind="entry",
            type=entry.type,
            key=entry.key,
            body=msgspec.Raw(canonical(entry.data)),
            legal_at=entry.legal_at and entry.legal_at.astimezone(UTC),
            reported_at=at,
            recorded_at=self.at,
            actor=actor,
            under=self.world.version,
        )
