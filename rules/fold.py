"""The working state while facts are folded into a case, in order of occurrence. Lives only inside `derive`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from rules.calendar import Calendar
from rules.case import Clock, Custody, Finding, Hold, Outcome, Refused, Settled, Start, Status, Stop
from rules.conditions import is_of_type
from rules.detection import Detectors
from rules.facts import Fact
from rules.items import Item
from rules.limit import Due, Limit, Span
from rules.profile import Profile
from rules.time_limits import due
from rules.world import World

CLOCKS = ("committed", "statutory")


class Pending(msgspec.Struct):
    """An extension under way: asked, perhaps approved, not yet served."""

    request: Fact | None = None
    approval: Fact | None = None
    by: Limit | None = None
    void: bool = False


class Told(msgspec.Struct, frozen=True):
    """The latest end the applicant had been told under a calendar that is in force no more."""

    end: datetime
    calendar: Calendar


# Ends that were counted, by the item's version and by what they were counted from: the same question has the same answer, however much more is known.
Counted = dict[tuple[str, int], dict[tuple[object, ...], Due]]


class Fold:
    """Facts go in one by one through the handlers; `rules.derive` reads the result."""

    def __init__(
        self, case: str, item: Item, world: World, calendar: Calendar, start: Start | None, told: dict[str, Told], counted: Counted
    ) -> None:  # fmt: skip
        self.case = case
        self.item = item
        self.world = world
        self.calendar = calendar
        self.profile: Profile = world.profile_of(item)
        self.start = start
        self.told = told
        self._counted = counted.setdefault((item.code, item.version), {})
        self.window_ends_at: datetime | None = None
        self.window: str | None = None
        self.notices: set[str] = set()
        self.stops: list[Stop] = []
        self.tried_stops: set[str] = set()
        self.asked_completion = False
        self.extensions: dict[str, list[Limit]] = {name: [] for name in CLOCKS}
        self.extended = 0
        self.pending: Pending | None = None
        self.refusals: list[Refused] = []
        self.parked: list[tuple[str, str]] = []
        self.findings: list[Finding] = []
        self.holds: list[Hold] = []
        self.attributes: dict[str, Any] = {}
        self.custody: list[Custody] = []
        self.steps_started: dict[str, Fact] = {}
        self.steps_done: dict[str, datetime] = {}
        self.offices: dict[str, dict[str, Any]] = {}
        self.made: Fact | None = None
        self.served: Fact | None = None
        self.completed: dict[str, tuple[datetime, str]] = {}
        self.outcome: Outcome | None = None
        self.status: Status = "open"
        self.closed_at: datetime | None = None
        self.seen: dict[str, datetime] = {}
        self.claims: list[Fact] = []
        self.rejections: list[Fact] = []
        self.settled: dict[str, Settled] = {}
        self.closed_by: str | None = None
        self.data_failed: Fact | None = None
        self.silence_passed: datetime | None = None
        self.effect = "none"
        self.later: tuple[Fact, ...] = ()
        self.known_since = datetime.max.replace(tzinfo=UTC)
        self._dues: dict[str, Due | None] = {}

    def refuse(self, fact: Fact, code: str, message: str) -> None:
        self.refusals.append(Refused(fact.id, code, message, fact.occurred_at))

    def find(
        self,
        kind: str,
        at: datetime,
        *evidence: str,
        person: str | None = None,
        indication: bool = False,
        what: tuple[str, ...] = (),
    ) -> None:
        key = f"{kind}:{evidence[0]}" if evidence else kind
        self.findings.append(
            Finding(key=key, kind=kind, legal_at=at, person=person, evidence=evidence, indication=indication, what=what)
        )

    def detectors(self, at: datetime) -> Detectors:
        """The unit's detectors as they are set on the day of an instant."""
        return self.world.accountability_of(self.item.unit, self.day(at)).detectors

    @property
    def holder(self) -> str | None:
        """Who has the case now."""
        return self.custody[-1].holder if self.custody else None

    def day(self, at: datetime) -> date:
        return self.calendar.local_date(at)

    # -- the clocks ---------------------------------------------------------------------------------------------------

    def limit(self, clock: str) -> Limit | None:
        """The limit of a clock; one that ends on an attribute's date has none until the date is recorded."""
        limit = self.item.limit(clock)
        if limit is None or limit.attribute is None:
            return limit
        value = self.attributes.get(limit.attribute)
        return Limit(unit="until_date", on=value) if is_of_type(value, "date") else None

    def moved(self) -> None:
        """Something that bears on the ends has changed."""
        self._dues.clear()

    def due(self, clock: str) -> Due | None:
        """The end of a clock by what is known so far; None where there is no such clock or it stands still."""
        if clock not in self._dues:
            self._dues[clock] = self.end_under(clock, self.calendar)
        return self._dues[clock]

    def end_under(self, clock: str, calendar: Calendar) -> Due | None:
        """The same by another calendar."""
        limit = self.limit(clock)
        if limit is None or self.start is None:
            return None
        stops = [s for s in self.stops if s.touches(clock)]
        return self.end_of(limit, self.start.value, stops, self.extensions[clock], calendar)

    def end_of(
        self, limit: Limit, start: date | datetime, stops: Sequence[Stop], extensions: Sequence[Limit], calendar: Calendar
    ) -> Due | None:  # fmt: skip
        """The end of a limit under suspensions and extensions; None while a suspension that began before it is open."""
        found = self._count(
            limit, start, tuple([s.span for s in stops if s.end is not None]), tuple(extensions), calendar
        )
        # A date fixed by law or by a document cannot be stopped.
        if limit.unit != "until_date" and any(s.end is None and s.start < found.expires_at for s in stops):
            return None
        return found

    def _count(
        self, limit: Limit, start: date | datetime, spans: tuple[Span, ...], extensions: tuple[Limit, ...], calendar: Calendar
    ) -> Due:  # fmt: skip
        if not spans and not extensions:
            return due(limit, start, calendar, self.profile)
        key = (limit, start, spans, extensions, calendar)
        found = self._counted.get(key)
        if found is None:
            found = self._counted[key] = due(limit, start, calendar, self.profile, spans, extensions)
        return found

    def ends_at(self, clock: str) -> datetime | None:
        """The instant of irreversible effect: never before an end that the applicant had been told."""
        found = self.due(clock)
        if found is None:
            return None
        if clock not in self.told:
            return found.expires_at
        end: datetime | None = max(found.expires_at, self._communicated(clock, self.told[clock]))
        for stop in self.stops:
            # Under the calendar in force nothing is left, but what was told has not passed: it stops as on a last day.
            if end is not None and stop.touches(clock) and found.expires_at <= stop.start < end:
                end = None if stop.end_value is None else max(end, self._restarted(stop.end_value))
        return end

    def _restarted(self, value: date | datetime) -> datetime:
        """The end of a limit with nothing left, by the day on which it restarts."""
        day = self.day(value) if isinstance(value, datetime) else value
        return self.calendar.end_of(self.calendar.roll(day, "next"))

    def _communicated(self, clock: str, told: Told) -> datetime:
        """What had been told before a calendar moved it; what facts have moved since was never told."""
        key = f"told:{clock}"
        if key not in self._dues:
            self._dues[key] = self.end_under(clock, told.calendar)
        under = self._dues[key]
        return min(told.end, under.expires_at) if under else told.end

    def before(self, since: datetime) -> list[Fold]:
        """The same under every calendar that was in force since an instant, before the present one, with the stops known by its end."""
        found = []
        for calendar, until in self.world.calendars_before(self.calendar, since):
            other = copy(self)
            other.calendar = calendar
            other.stops = [stop.known_by(until) for stop in self.stops if stop.start < until]
            found.append(other)
        return found

    def running(self, clock: str, at: datetime) -> bool:
        """Whether a clock exists and has neither expired nor been completed at an instant."""
        if clock in self.completed or self.limit(clock) is None or self.start is None:
            return False
        end = self.ends_at(clock)
        return end is None or at < end

    def last_hours(self, at: datetime, within: timedelta, clocks: Iterable[str]) -> bool:
        """Whether one of these clocks runs at an instant and has no more than this time left."""
        ends = (self.ends_at(name) for name in clocks if self.running(name, at))
        return any(end is not None and end - at <= within for end in ends)

    def clock(self, name: str) -> Clock | None:
        limit = self.limit(name)
        if limit is None or self.start is None:
            return None
        done = self.completed.get(name, (None, None))
        return Clock(
            name=name,
            limit=limit,
            start=self.start,
            spans=tuple(s.span for s in self.stops if s.touches(name)),
            extensions=tuple(self.extensions[name]),
            due=self.due(name),
            ends_at=self.ends_at(name),
            completed_at=done[0],
            completed_by=done[1],
        )

    def close(self, status: Status, at: datetime, kind: str, by: str | None) -> None:
        """Ends the case; every clock still running stops here."""
        self.status, self.closed_at, self.closed_by = status, at, by
        self.outcome = Outcome(kind=kind, legal_at=at, by=by)
        for name in CLOCKS:
            self.completed.setdefault(name, (at, by or kind))
        self.close_holds(at, by)

    def close_holds(self, at: datetime, by: str | None) -> None:
        self.holds = [
            hold if hold.closed_at else msgspec.structs.replace(hold, closed_at=at, closed_by=by) for hold in self.holds
        ]
