"""A case, as derived from its facts. Nothing here is stored: the ledger keeps facts and conclusions, a case is worked out again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

import msgspec

from rules.facts import Fact
from rules.items import Item
from rules.limit import Due, Limit, Span

NEVER = datetime.max.replace(tzinfo=UTC)
Status = Literal[
    "open",
    "suspended",
    "concluded",
    "withdrawn",
    "not_pursued",
    "declined",
    "returned",
    "forwarded",
    "terminated",
    "voided",
]


class Start(msgspec.Struct, frozen=True):
    """Why and since when the clock runs. `value` is what limits are counted from: a date where only the day is known.

    `kind`: accepted | handed_in | received | supplied | declined_without_reason; `known_at` is when law made it so.
    """

    kind: str
    at: datetime
    value: date | datetime
    known_at: datetime
    deemed_at: datetime | None = None


class Stop(msgspec.Struct, frozen=True):
    """A suspension that took effect. `end` is the restart; `planned_end` the restart by declared length or term; `waits` for a start to come."""

    fact: str
    reason: str
    kind: Literal["pause", "restart"]
    clock: str | None
    start: datetime
    start_value: date | datetime
    end: datetime | None = None
    end_value: date | datetime | None = None
    planned_end: datetime | None = None
    planned_value: date | None = None
    term: date | None = None
    waits: bool = False

    @property
    def span(self) -> Span:
        return Span(start=self.start_value, stop=self.end_value, kind=self.kind)

    def known_by(self, at: datetime) -> Stop:
        """As it was known at an instant: a restart that came later was not, unless it had been declared."""
        if self.end is None or self.end <= at or self.end == self.planned_end:
            return self
        return msgspec.structs.replace(self, end=None, end_value=None)

    def touches(self, clock: str) -> bool:
        return self.clock is None or self.clock == clock


class Clock(msgspec.Struct, frozen=True):
    """One running limit. `due` is None while the clock stands still without a known restart."""

    name: str
    limit: Limit
    start: Start
    spans: tuple[Span, ...]
    extensions: tuple[Limit, ...]
    due: Due | None
    ends_at: datetime | None
    completed_at: datetime | None = None
    completed_by: str | None = None

    @property
    def broken_at(self) -> datetime | None:
        """The instant from which it is late with effect: not on a provisional date, on which nothing irreversible happens."""
        return None if self.due is None or self.due.provisional else self.expired_at

    @property
    def expired_at(self) -> datetime | None:
        """The instant from which it is late, or None if it was completed in time (or stands still)."""
        if self.ends_at is None or (self.completed_at is not None and self.completed_at < self.ends_at):
            return None
        return self.ends_at


class StepState(msgspec.Struct, frozen=True):
    id: str
    holder: str | None
    due: Due | None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    expired_at: datetime | None = None


class OfficeState(msgspec.Struct, frozen=True):
    id: str
    due: Due | None
    answered_at: datetime | None = None
    absent_at: datetime | None = None
    expired_at: datetime | None = None
    consents: bool = False


class Refused(msgspec.Struct, frozen=True):
    fact: str
    code: str
    message: str
    at: datetime


class Finding(msgspec.Struct, frozen=True):
    """What an inspector should look at. `indication`: only suspected, and never counted until somebody confirms it. `what`: what is in question."""

    key: str
    kind: str
    legal_at: datetime
    person: str | None = None
    clock: str | None = None
    evidence: tuple[str, ...] = ()
    indication: bool = False
    what: tuple[str, ...] = ()


class Hold(msgspec.Struct, frozen=True):
    reason: str
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None


class Settled(msgspec.Struct, frozen=True):
    """What a competent person said of a hold."""

    result: Literal["effect", "no_effect"]
    at: datetime
    by: str


class Outcome(msgspec.Struct, frozen=True):
    """How the case ended. `by`: the fact that ended it, None where the rule of silence did."""

    kind: str
    legal_at: datetime
    by: str | None = None
    confirmed_by: str | None = None
    review: Literal["none", "under_review", "revoked"] = "none"
    review_at: datetime | None = None


class Custody(msgspec.Struct, frozen=True):
    """From this instant on the holder has the case; the day of the hand-over still counts for the one before."""

    since: datetime
    holder: str


class Case(msgspec.Struct, frozen=True):
    id: str
    item: Item | None
    unit: str
    source: str
    opened_at: datetime
    start: Start | None
    status: Status
    closed_at: datetime | None
    clocks: dict[str, Clock]
    stops: tuple[Stop, ...]
    steps: tuple[StepState, ...]
    offices: tuple[OfficeState, ...]
    custody: tuple[Custody, ...]
    outcome: Outcome | None
    silence_at: datetime | None
    silence_clock: str | None
    effect: str
    holds: tuple[Hold, ...]
    findings: tuple[Finding, ...]
    refusals: tuple[Refused, ...]
    parked: tuple[tuple[str, str], ...]
    attributes: dict[str, Any]
    settled: dict[str, Settled] = {}
    closed_by: str | None = None
    decision: Fact | None = None
    service: Fact | None = None
    available_at: datetime | None = None

    def stopped(self, at: datetime) -> Stop | None:
        """The suspension in force at an instant, if any."""
        return next((s for s in self.stops if s.start <= at and (s.end is None or at < s.end)), None)

    def turns_after(self, at: datetime) -> datetime:
        """The next instant at which something happens of itself: a clock starts, stands still, goes on or is stopped for good."""
        turns = [self.closed_at, self.silence_at, self.start.deemed_at if self.start is not None else None]
        turns += [clock.completed_at for clock in self.clocks.values()]
        for stop in self.stops:
            turns += (stop.start, stop.end)
        return min((turn for turn in turns if turn is not None and turn > at), default=NEVER)

    def broken(self) -> dict[str, datetime]:
        """Every limit that was broken before the case ended, by name, with its instant."""
        found = {name: at for name, clock in self.clocks.items() if (at := clock.broken_at) is not None}
        found |= {f"step:{s.id}": s.expired_at for s in self.steps if s.expired_at and s.due and not s.due.provisional}
        found |= {
            f"office:{o.id}": o.expired_at for o in self.offices if o.expired_at and not (o.due and o.due.provisional)
        }
        return {name: at for name, at in found.items() if self.closed_at is None or self.closed_at >= at}
