"""The alerts a county should have had, by another and slow road: each case from its raw facts, day by day, with nothing of the engine's code.

What is known grows from one *epoch* to the next: a fact arrives, the other calendar comes into force, the engine is back. Within an epoch everything follows from what is known,
so the alerts of an epoch are those whose time lies in it and that were not sent before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from bench.year.days import CHINA, Table, at, midnight_after
from bench.year.posts import UP, Posts
from bench.year.world import CHANGED_DAYS, LIMITS, SILENT_ON, STEPS, WARNINGS

DELAY = timedelta(minutes=10)
ANSWER_WITHIN = 5
MOVING = ("application.", "case.", "completion.", "clock.", "extension.", "office.consulted", "step.completed")
Fact = Mapping[str, Any]


class Expected(NamedTuple):
    """One alert: what it is about, when it was due to be sent, when it could be, and to whom."""

    case: str
    cause: str
    level: str
    rung: int
    scheduled_at: datetime
    fired_at: datetime
    to: tuple[str, ...]


class Known(NamedTuple):
    """A fact with the moment from which it is known."""

    at: datetime
    type: str
    occurred: datetime
    data: Mapping[str, Any]


@dataclass
class State:
    """What follows from what is known: ends of limits and steps, when each was done, when and how the case closed."""

    ends: dict[str, datetime] = field(default_factory=dict)
    last_days: dict[str, date] = field(default_factory=dict)
    done: dict[str, datetime] = field(default_factory=dict)
    steps: dict[str, datetime] = field(default_factory=dict)
    steps_done: dict[str, datetime] = field(default_factory=dict)
    closed: datetime | None = None
    by_silence: bool = False


class Road:
    """`until`: nothing is sent after it."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.posts = Posts(spec)
        self.tables = (Table({}), Table(CHANGED_DAYS))
        self.switch = datetime.fromisoformat(spec["calendars"][1]["known_from"])
        self.outages = [
            (o["what"], datetime.fromisoformat(o["from"]), datetime.fromisoformat(o["to"])) for o in spec["outages"]
        ]
        self.until = datetime.fromisoformat(spec["until"])

    def alerts(self, facts: Iterable[Fact]) -> Iterator[Expected]:
        """Those of all cases, case by case."""
        by_case: dict[str, list[Fact]] = {}
        for fact in facts:
            by_case.setdefault(fact["case"], []).append(fact)
        for case, its in by_case.items():
            yield from _Walk(self, case, its).alerts()

    def known_at(self, fact: Fact) -> datetime:
        """A fact that comes while nobody can take it, or its source cannot send, comes at the end of that."""
        taken = datetime.fromisoformat(fact.get("recorded_at") or fact["occurred_at"])
        for what, start, end in sorted(self.outages, key=lambda o: o[1]):
            if what in {"engine", fact["source"]} and start <= taken < end:
                taken = end
        return taken

    def asleep(self, moment: datetime) -> bool:
        return any(what == "engine" and start <= moment < end for what, start, end in self.outages)

    def awake_since(self, moment: datetime) -> datetime | None:
        return max((end for what, _, end in self.outages if what == "engine" and end <= moment), default=None)


class _Walk:
    """One case, from epoch to epoch."""

    def __init__(self, road: Road, case: str, facts: list[Fact]) -> None:
        self.road, self.case = road, case
        first = facts[0]
        self.unit, _, self.letter = first["item"].partition("-")
        once = {fact["id"]: fact for fact in reversed(facts)}
        self.facts = sorted(
            (
                Known(road.known_at(f), f["type"], datetime.fromisoformat(f["occurred_at"]), f["data"])
                for f in once.values()
            ),
            key=lambda f: f.at,
        )
        self.accepted = datetime.fromisoformat(first["occurred_at"])
        self.sent: dict[tuple[str, str, int, datetime], Expected] = {}
        self.end_known: dict[str, tuple[datetime, datetime]] = {}
        self.told: dict[str, datetime] = {}

    def alerts(self) -> list[Expected]:
        starts = {fact.at for fact in self.facts}
        wakings = {end for what, _, end in self.road.outages if what == "engine"} | {self.road.switch}
        starts |= {moment for moment in wakings if moment > min(starts)}
        ordered = sorted(starts)
        for begin, end in zip(ordered, [*ordered[1:], self.road.until + timedelta(seconds=1)], strict=True):
            self._epoch(begin, end)
        return sorted(self.sent.values(), key=lambda alert: (alert.fired_at, alert.cause, alert.rung))

    # -- one epoch -------------------------------------------------------------------------------------------------------

    def _epoch(self, begin: datetime, end: datetime) -> None:
        self.begin, self.end = begin, end
        self.table = self.road.tables[begin >= self.road.switch]
        self.known = [fact for fact in self.facts if fact.at <= begin]
        self.state = self._state()
        for clock, ends_at in self.state.ends.items():
            if self.end_known.get(clock, (None,))[0] != ends_at:
                self.end_known[clock] = (ends_at, begin)
        for clock in set(self.end_known) - set(self.state.ends):
            del self.end_known[clock]
        self._warnings()
        self._steps()
        self._cards()

    def _state(self) -> State:
        found = State()
        served = self._first("decision.served")
        decided = min((t for t in (self._first("decision.made"), served) if t), default=None)
        found.closed = min((t for t in (served, self._first("application.withdrawn")) if t), default=None)
        for clock, days in LIMITS[self.letter].items():
            last = self._last_day(days + self._extended())
            if last is not None:
                found.last_days[clock] = last
                found.ends[clock] = self._later_told(clock, midnight_after(last))
        silent = found.ends.get(SILENT_ON.get(self.letter, ""))
        answered = min((t for t in (decided, found.closed) if t), default=None)
        if silent is not None and (answered is None or answered >= silent):
            found.closed, found.by_silence = silent, True
        if found.closed is not None:
            found.done = dict.fromkeys(LIMITS[self.letter], found.closed)
        if decided is not None and (found.closed is None or decided < found.closed):
            found.done["statutory"] = decided
        total = 0
        for step, days in STEPS.items() if self.letter == "B" else ():
            total += days
            last = self._last_day(total)
            if last is not None:
                found.steps[step] = midnight_after(last)
        found.steps_done = {f.data["step"]: f.occurred for f in self.known if f.type == "step.completed"}
        return found

    def _first(self, type_: str) -> datetime | None:
        return min((fact.occurred for fact in self.known if fact.type == type_), default=None)

    def _extended(self) -> int:
        if self._first("extension.served") is None:
            return 0
        return next((f.data["by"]["amount"] for f in self.known if f.type == "extension.approved"), 0)

    def _last_day(self, days: int) -> date | None:
        """Day by day from the day after acceptance; None while the clock stands."""
        start = self.accepted.astimezone(CHINA).date()
        stops = self._stops()
        last = self.table.last(start, days, [(stop, restart) for stop, restart in stops if restart is not None])
        if any(restart is None and stop <= last for stop, restart in stops):
            return None
        on_the_last = next((restart for stop, restart in stops if stop == last and restart is not None), None)
        return last if on_the_last is None else self.table.after(on_the_last, 0)

    def _stops(self) -> list[tuple[date, date | None]]:
        starts = [f.occurred for f in self.known if f.type == "clock.suspended"]
        ends = [f.occurred for f in self.known if f.type == "clock.resumed"]
        return [(s.astimezone(CHINA).date(), next((e.astimezone(CHINA).date() for e in ends), None)) for s in starts]

    def _later_told(self, clock: str, ends_at: datetime) -> datetime:
        """What was told under the first calendar is not taken back by the second."""
        if self.begin < self.road.switch:
            self.told[clock] = ends_at
            return ends_at
        return max(ends_at, self.told.get(clock, ends_at))

    # -- sending ---------------------------------------------------------------------------------------------------------

    def _send(
        self, cause: str, level: str, rung: int, scheduled: datetime, earliest: datetime, asked: str, **about: Any
    ) -> Expected | None:
        """Once for each rung and its time; None if it is not sent within this epoch and was not before."""
        key = (cause, level, rung, scheduled)
        fired = max(earliest, self.begin)
        if key not in self.sent and fired < self.end and not self.road.asleep(fired):
            to = getattr(self, f"_to_{asked}")(fired.astimezone(CHINA).date(), **about)
            self.sent[key] = Expected(self.case, cause, level, rung, scheduled, fired, to)
        return self.sent.get(key)

    def _warnings(self) -> None:
        for clock, last in self.state.last_days.items():
            done = self.state.done.get(clock)
            if done is not None and done <= self.begin and not self.state.by_silence:
                continue  # of what was done there is nothing to warn; a warning missed before silence is put on record
            for rung, (days, level) in enumerate(WARNINGS[self.letter]):
                when = at(self.table.before(last, days), "08:30")
                if when < self.accepted:
                    if when.date() != self.accepted.astimezone(CHINA).date():
                        continue
                    when = self.accepted
                if done is None or when < done:
                    self._send(f"limit:{clock}", level, rung, when, when, "holder", when=when)

    def _steps(self) -> None:
        moved = max(fact.at for fact in self.known if fact.type.startswith(MOVING))
        for place, (step, ends_at) in enumerate(self.state.steps.items(), 1):
            done = self.state.steps_done.get(step)
            in_time = done is not None and done < ends_at
            if in_time or (self.state.closed is not None and self.state.closed < ends_at):
                continue
            self._send(
                f"step:{step}",
                "yellow",
                0,
                ends_at,
                self._published(ends_at, moved),
                "one",
                person=f"{self.unit}-o{place}",
            )

    def _cards(self) -> None:
        for clock, ends_at in self.state.ends.items():
            done = self.state.done.get(clock)
            if done is not None and done < ends_at:
                continue
            cause = f"limit:{clock}"
            card = self._send(
                cause, "red", 0, ends_at, self._published(ends_at, self.end_known[clock][1]), "red", ends_at=ends_at
            )
            self._climb(cause, card, self._dismissed(ends_at))

    def _dismissed(self, ends_at: datetime) -> datetime | None:
        """When an inspector said that the finding does not hold, or is excused; from then on the card goes no further."""
        words = (f.occurred for f in self.known if f.type == "finding.dismissed" and f.occurred >= ends_at)
        return min(words, default=None)

    def _climb(self, cause: str, card: Expected | None, gone: datetime | None) -> None:
        rung, asked, told = 0, UP[0], frozenset[str]()  # the card itself went to the section head too
        while card is not None and asked != "office" and (over := self._unanswered(card)) is not None:
            if gone is not None and gone <= over:
                return
            rung += 1
            if rung == 1:
                self._send(f"alert_unanswered:{cause}", "red", 0, over, over, "inspectors")
            told |= set(card.to)
            earliest = max(over, card.fired_at)
            card = self._send(cause, "escalated", rung, over, earliest, "above", below=asked, told=told)
            if card is not None:
                asked = self._post_asked(card, asked, told)

    def _post_asked(self, card: Expected, below: str, told: frozenset[str]) -> str:
        rung = self.road.posts.above(self.unit, card.fired_at.astimezone(CHINA).date(), below, told)
        return "office" if rung is None else rung[0]

    def _unanswered(self, card: Expected) -> datetime | None:
        """When the five days for an answer ran out or will; None if somebody answered in time."""
        over = midnight_after(self.table.last(card.fired_at.astimezone(CHINA).date(), ANSWER_WITHIN, []))
        words = [
            f
            for f in self.known
            if f.type == "alert.answered" and f.data["level"] == card.level and f.at >= card.fired_at
        ]
        return None if any(word.occurred < over for word in words) else over

    def _published(self, ends_at: datetime, known: datetime) -> datetime:
        """Ten minutes for facts in flight, counted from the end, from when it was known, and anew after we were away."""
        waited = max(ends_at, known) + DELAY
        awake = self.road.awake_since(self.begin)
        return max(waited, awake + DELAY) if awake is not None and awake > ends_at else waited

    # -- to whom ---------------------------------------------------------------------------------------------------------

    def _custody(self) -> list[tuple[datetime, str]]:
        first = next(f.data["holder"] for f in self.known if f.type == "application.accepted")
        return [
            (self.accepted, first),
            *sorted((f.occurred, f.data["to"]) for f in self.known if f.type == "case.handed_over"),
        ]

    def _to_holder(self, on: date, when: datetime) -> tuple[str, ...]:
        held = [person for since, person in self._custody() if since <= when]
        return self._to_one(on, held[-1])

    def _to_red(self, on: date, ends_at: datetime) -> tuple[str, ...]:
        """The holder of the last day: a hand-over counts from the day after it."""
        day = ends_at.astimezone(CHINA).date()
        held = [person for since, person in self._custody() if since.astimezone(CHINA).date() < day]
        heads = self.road.posts.holders(self.unit, "section_head", on)
        return tuple(dict.fromkeys((*self._to_one(on, held[-1]), *heads)))

    def _to_one(self, on: date, person: str) -> tuple[str, ...]:
        return (person,) if self.road.posts.in_post(person, on) else self.road.posts.ladder(self.unit, on)[0][1]

    def _to_inspectors(self, on: date) -> tuple[str, ...]:
        return self.road.posts.inspectors(on) or ("office",)

    def _to_above(self, on: date, below: str, told: frozenset[str]) -> tuple[str, ...]:
        rung = self.road.posts.above(self.unit, on, below, told)
        assert rung is not None, "above everybody but the leading-group office there is somebody"
        return rung[1]
