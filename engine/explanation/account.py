"""The clocks of a case as accounts: every day with what it counted for, and where the end comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec

from rules.calendar import ONE_DAY, Calendar
from rules.case import Case, Clock, Stop
from rules.errors import RuleError
from rules.facts import Fact
from rules.items import Item
from rules.limit import DayLine, Due, Limit, Span
from rules.profile import Profile
from rules.time_limits import explain
from rules.world import World

ORDER = ("committed", "statutory")


class Day(msgspec.Struct, frozen=True):
    """A day of the count, as `DayLine`; `reasons` are those of the suspensions that stood, `uncertain` that its year is not official."""

    on: date
    counted: bool
    n: int | None
    why: str
    basis: str
    seconds: int | None = None
    reasons: tuple[str, ...] = ()
    uncertain: bool = False


class Suspended(msgspec.Struct, frozen=True):
    """A stop of the clock. `until` None: it lasts; `planned` is the restart that was declared."""

    reason: str
    since: date | datetime
    until: date | datetime | None
    planned: date | None
    restarts: bool
    basis: str


class Account(msgspec.Struct, frozen=True):
    """One clock of a case. `stands`: it stands still, has no end, and its days go up to today. Instants are UTC.

    `ends_at` is when it ends with effect: later than `due` where a later end was told before a calendar moved it.
    """

    clock: str
    limit: Limit
    extensions: tuple[Limit, ...]
    start_kind: str
    started: date | datetime
    due: Due | None
    ends_at: datetime | None
    stands: bool
    days: tuple[Day, ...]
    suspensions: tuple[Suspended, ...]
    clause: str
    profile: str
    calendar: str
    item: str
    item_version: int
    missing_years: tuple[int, ...] = ()


def accounts(
    case: Case, facts: Sequence[Fact], world: World, calendar: Calendar, today: date, most: int | None = None
) -> tuple[Account, ...]:
    """The promise first, then the law's limit, `most` of them; none for a case whose item is unknown or whose clock has not started."""
    item = case.item
    if item is None:
        return ()
    making = _Making(case, item, {fact.id: fact for fact in facts}, calendar, world.profile_of(item), today)
    names = [name for name in ORDER if name in case.clocks][:most]
    return tuple(making.account(case.clocks[name]) for name in names)


class _Making(msgspec.Struct, frozen=True):
    case: Case
    item: Item
    facts: Mapping[str, Fact]
    calendar: Calendar
    profile: Profile
    today: date

    def account(self, clock: Clock) -> Account:
        days = tuple(self._days(clock))
        return Account(
            clock=clock.name,
            limit=clock.limit,
            extensions=clock.extensions,
            start_kind=clock.start.kind,
            started=clock.start.value,
            due=clock.due,
            ends_at=clock.ends_at,
            stands=clock.due is None,
            days=days,
            suspensions=tuple(self._suspended(stop) for stop in self._stops(clock)),
            clause=_clause(self.item, clock.name),
            profile=self.profile.name,
            calendar=self.calendar.version,
            item=self.item.code,
            item_version=self.item.version,
            missing_years=tuple(sorted({day.on.year for day in days if day.uncertain})),
        )

    def _days(self, clock: Clock) -> Iterator[Day]:
        for line in self._lines(clock):
            stops = [stop for stop in self._stops(clock) if self._stood(stop, line.on)] if _is_stop(line) else []
            basis = " · ".join(dict.fromkeys(filter(None, (self._basis(stop) for stop in stops)))) or line.basis
            yield Day(
                on=line.on,
                counted=line.counted,
                n=line.n,
                why=line.why,
                basis=basis,
                seconds=line.seconds,
                reasons=tuple(dict.fromkeys(stop.reason for stop in stops)),
                uncertain=clock.limit.unit != "until_date" and self.calendar.provisional(line.on, line.on),
            )

    def _lines(self, clock: Clock) -> list[DayLine]:
        """While the clock stands still: up to today, as if it ran on from tomorrow. None beyond what a calendar counts."""
        spans = [span for span in clock.spans if span.stop is not None or clock.due is None]
        closed = [self._closed(span) for span in spans]
        try:
            lines = explain(clock.limit, clock.start.value, self.calendar, self.profile, closed, clock.extensions)
        except RuleError:
            return []
        return lines if clock.due is not None else [line for line in lines if line.on <= self.today]

    def _closed(self, span: Span) -> Span:
        if span.stop is not None:
            return span
        return msgspec.structs.replace(span, stop=max(self.today, self._on(span.start)) + ONE_DAY)

    def _stops(self, clock: Clock) -> list[Stop]:
        return [stop for stop in self.case.stops if stop.touches(clock.name)]

    def _stood(self, stop: Stop, on: date) -> bool:
        until = stop.end_value if stop.end_value is not None else self.today
        return self._on(stop.start_value) <= on <= max(self._on(until), self._on(stop.start_value))

    def _suspended(self, stop: Stop) -> Suspended:
        return Suspended(
            reason=stop.reason,
            since=stop.start_value,
            until=stop.end_value,
            planned=stop.planned_value or stop.term,
            restarts=stop.kind == "restart",
            basis=self._basis(stop),
        )

    def _basis(self, stop: Stop) -> str:
        """The notice's own, else the clause of the item that lets this reason stop the clock."""
        fact = self.facts.get(stop.fact)
        listed = next((rule.basis for rule in self.item.suspensions if rule.reason == stop.reason), None)
        return (fact.basis if fact else None) or listed or ""

    def _on(self, value: date | datetime) -> date:
        return self.calendar.local_date(value) if isinstance(value, datetime) else value


def _is_stop(line: DayLine) -> bool:
    return line.why in {"suspended", "restarted"}


def _clause(item: Item, clock: str) -> str:
    """Where the limit comes from, as the item says."""
    return item.basis.get(clock, "") if isinstance(item.basis, dict) else item.basis or ""
