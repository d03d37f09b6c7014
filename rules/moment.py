"""What a conclusion is drawn from, and when it may be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from rules.accountability import Accountability
from rules.calendar import Calendar
from rules.calendar_review import Consents
from rules.case import Case, Refused
from rules.conclusion import NOT_YET
from rules.facts import Fact
from rules.fold import Told
from rules.instants import local_text
from rules.kept import Kept
from rules.profile import Profile
from rules.records import GONE
from rules.start import FIRST
from rules.stream import Health, Record
from rules.voices import TYPES as VOICE_TYPES
from rules.voices import Voices, voices
from rules.words import OF_ALERTS, OF_FINDINGS, unlawful
from rules.world import World

WORDS = OF_FINDINGS | OF_ALERTS
NO_VOICES = Voices()
# What can move the end of a step or of an office's limit.
MOVING = ("application.", "case.", "completion.", "clock.", "extension.", "office.consulted", "step.completed", "fact.")


@lru_cache(maxsize=65536)
def _local(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


class View:
    """A derived case, its facts and its record at one moment, under one calendar.

    `in_doubt`: the case as the calendar now in force makes it, where `case` is what the effect on record rests on (calendar_review).
    """

    def __init__(
        self, case: Case, facts: Sequence[Fact], records: Mapping[str, Record], at: datetime, world: World, calendar: Calendar,
        health: Health, cause: str, told: Mapping[str, Told], consents: Consents,
        kept: Kept, in_doubt: Case | None = None,
    ) -> None:  # fmt: skip
        assert case.item is not None
        self.case = case
        self.in_doubt = in_doubt
        self.told = told
        self.kept = kept
        # While the calendar has put an effect in doubt nothing irreversible is concluded (time-limits.md 2).
        self.broken = case.broken() if in_doubt is None else {}
        self.consents = consents
        self.broken = {name: at for name, at in self.broken.items() if name not in consents.doubted} | consents.kept
        self.item = case.item
        self.facts = facts
        self.records = records
        self.at = at
        self.world = world
        self.calendar = calendar
        self.health = health
        self.cause = cause
        self.profile: Profile = world.profile_of(case.item)
        self.unlawful: list[Refused] = []
        self.types = frozenset([f.type for f in facts])
        self.said = [f for f in facts if f.type in WORDS and self._lawful(f)] if self.types & WORDS else []
        # Whether a person or a docket has said something of what was found.
        self.spoken = bool(self.said) or "breach.reversed" in self.types

    def rules_on(self, on: date, unit: str | None = None) -> Accountability:
        """The unit's accountability rules of a day."""
        return self.world.accountability_of(unit or self.case.unit, on)

    def _lawful(self, fact: Fact) -> bool:
        why = unlawful(fact, self.rules_on(self.day(fact.occurred_at)))
        if why is not None:
            self.unlawful.append(Refused(fact.id, *why, fact.occurred_at))
        return why is None

    @cached_property
    def delay(self) -> timedelta:
        return self.world.delay(self.case.source)

    def iso(self, at: datetime) -> str:
        return local_text(at, self.calendar.zone)

    def day(self, at: datetime) -> date:
        return _local(at, self.calendar.zone)

    def ahead(self, publish: datetime) -> bool:
        """Whether something lies in the future: then only its moment matters, and nobody needs its words yet."""
        return publish > self.at

    def published(self, end: datetime, clock: str) -> datetime:
        """The earliest publication of what follows irreversibly from an end (time-limits.md 3, `publication_delay`).

        It counts from the end, or from the recording of the fact that moved the end into the past, and starts again when intake was out of reach.
        """
        return self.on_record_since(end, clock) or (NOT_YET if self.behind(end) else self.waited(end, clock))

    def waited(self, end: datetime, clock: str) -> datetime:
        """The same, without regard to what a source has still to report; what is on record stays published, whatever fails later."""
        since = self.on_record_since(end, clock)
        if since is not None:
            return since
        if self.health.hindsight:
            return end + self.delay
        waited = max(end, self._known(end, clock)) + self.delay
        reachable = self.health.reachable_since
        if reachable is not None and reachable > end:
            waited = max(waited, reachable + self.delay)
        return waited

    def on_record_since(self, end: datetime, clock: str) -> datetime | None:
        """Since when what follows from an end is on record, if it is."""
        keys = [f"expired:{clock}", f"breach:{clock}", clock]
        if clock in {self.case.silence_clock, "applicant"}:
            keys.append("outcome")
        for key in keys:
            record = self.records.get(key)
            if record is not None and record.status not in GONE and record.legal_at == end:
                return record.recorded_at
        return None

    def _known(self, end: datetime, clock: str) -> datetime:
        """Since when an end is known: the record of its clock says, or the last fact that can have moved it (steps and offices)."""
        record = self.records.get(f"limit:{clock}")
        if record is not None and record.data.get("ends_at") == self.iso(end):
            return datetime.fromisoformat(record.data["known_from"])
        return self.at if record is not None and clock in self.case.clocks else self._last_moved

    @cached_property
    def _last_moved(self) -> datetime:
        # In virtual time a fact is known from its registration at the source on; our own recording is much later.
        known = (
            f.reported_at if self.health.backfilled else f.recorded_at for f in self.facts if f.type.startswith(MOVING)
        )
        return max(known, default=self.at)

    @cached_property
    def step_terms(self) -> object:
        """What is known of the steps, without when they were done."""
        return [(s.id, s.holder, s.due, s.started_at) for s in self.case.steps], self.case.start

    @cached_property
    def late_offices(self) -> list[tuple[str, datetime]]:
        return [(name, at) for name, at in self.broken.items() if name.startswith("office:")]

    @cached_property
    def lay(self) -> tuple[Fact, ...]:
        """Facts that their source had sent and that reached us late. What waited for a case nobody knew did not lie with the source."""
        allowed = self.world.practice.late_by_system_after
        found = [f for f in self.facts if f.recorded_at - f.reported_at > allowed]
        opened = min([f.recorded_at for f in self.facts]) if found else self.at
        return tuple(f for f in found if f.recorded_at > opened or f.type in FIRST)

    def behind(self, end: datetime) -> bool:
        """Whether the source has not yet said that everything up to an end is reported, and nobody has settled the hold that waits for it."""
        said = self.case.settled.get("source_behind")
        if said is not None and said.at >= end:
            return False
        reported = self.health.watermarks.get(self.case.source)
        return reported is not None and reported < end

    def on_record(self, key: str) -> bool:
        record = self.records.get(key)
        return record is not None and record.status not in GONE

    def of_type(self, *types: str) -> list[Fact]:
        return [] if self.types.isdisjoint(types) else [f for f in self.facts if f.type in types]

    @cached_property
    def voices(self) -> Voices:
        """Complaints and ratings; hardly any case has some."""
        if self.types.isdisjoint(VOICE_TYPES):
            return NO_VOICES
        return voices(self.facts, self.present_holder)

    def holder(self, at: datetime) -> str | None:
        """Who has the case on the day of an instant; the day of a hand-over is the day of the one who hands over."""
        if len(self.case.custody) == 1:
            return self.case.custody[0].holder
        on = self.day(at)
        before = [c.holder for c in self.case.custody if self.day(c.since) < on]
        first = self.case.custody[0].holder if self.case.custody else None
        return before[-1] if before else first

    def present_holder(self, at: datetime) -> str | None:
        """Who has the case in hand at an instant: the one to be warned."""
        held = [c.holder for c in self.case.custody if c.since <= at]
        return held[-1] if held else (self.case.custody[0].holder if self.case.custody else None)
