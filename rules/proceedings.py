"""Proceedings of one person (or unit), derived from the confirmed breaches and from what was said and decided.

The engine proposes, people decide (accountability.md 3). Everything that counts breaches is worked out again from all facts, so that a
withdrawal or a reversal changes every later proposal by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from rules.accountability import GRADES, MEASURES, UNIT_MEASURES, Accountability
from rules.calendar import Calendar
from rules.facts import Fact, order
from rules.limit import Limit
from rules.severity import grade_of, proposal, proposal_for_unit
from rules.supervision import BreachConfirmed
from rules.tally import Tally
from rules.time_limits import due, shift
from rules.world import World

UNIT = "unit:"


class Refused(msgspec.Struct, frozen=True):
    fact: str
    code: str
    message: str
    at: datetime


class Counted(msgspec.Struct, frozen=True):
    """A confirmed breach as a unit's docket keeps it; one delay that broke two clocks is one matter."""

    matter: str
    on: date
    grade: str


class Proceeding(msgspec.Struct):
    """One breach of one person (or the breaches of one unit) on its way through the phases; mutable only while it is derived.

    `chosen_over`: what was proposed when it was decided. `recused`: who declared themselves concerned, beside those the case names.
    """

    id: str
    person: str | None
    unit: str
    case: str
    breach: str
    finding: str
    legal_at: datetime
    opened_at: datetime
    grade: str
    said: BreachConfirmed
    rules: Accountability
    statement_until: date
    window_ends_at: datetime
    breaches: dict[str, bool] = {}
    matters: dict[str, str] = {}
    needed: int = 1
    withdrawn_at: datetime | None = None
    reversed: bool = False
    recused: frozenset[str] = frozenset()
    statement_at: datetime | None = None
    heard_at: datetime | None = None
    decided_at: datetime | None = None
    decided_level: int | None = None
    decided_by: str | None = None
    served_at: datetime | None = None
    review_at: datetime | None = None
    review_result: str | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    executed_at: datetime | None = None
    restored_at: datetime | None = None
    closed_at: datetime | None = None
    frozen_at: datetime | None = None
    chosen_over: int | None = None
    count: int = 0
    proposed: int | None = None

    @property
    def standing(self) -> bool:
        """Whether what it is about still counts. One delay that broke both the promise and the law is one matter."""
        standing = {self.matters.get(breach, breach) for breach, stands in self.breaches.items() if stands}
        return not self.reversed and len(standing) >= self.needed

    @property
    def concerned(self) -> frozenset[str]:
        """Who may neither confirm nor decide nor review in it (回避)."""
        return self.recused | {*self.said.concerned, *([self.person] if self.person else [])}

    @property
    def highest(self) -> int:
        return len(MEASURES if self.person else UNIT_MEASURES)

    @property
    def too_heavy(self) -> bool:
        """Whether what was decided no longer has its ground: the breach fell, or the proposal has become lighter since."""
        if self.decided_level is None:
            return False
        if not self.standing:
            return True
        lighter = self.proposed is not None and self.chosen_over is not None and self.proposed < self.chosen_over
        return lighter and self.decided_level > (self.proposed or 0)

    @property
    def measure(self) -> str | None:
        return self.name_of(self.proposed)

    def name_of(self, level: int | None) -> str | None:
        names = MEASURES if self.person else UNIT_MEASURES
        return names[level - 1] if level else None


class Docket(msgspec.Struct, frozen=True):
    proceedings: tuple[Proceeding, ...]
    refusals: tuple[Refused, ...]
    parked: tuple[tuple[str, str], ...]
    reversed: tuple[tuple[str, str, datetime], ...]


class Folding:
    """Facts go in one by one; `rules.acts` holds what people may do in a proceeding.

    `touched` by the fact in hand; `turned` are those that differ since somebody last looked; `ranks` are in the order of opening.
    """

    def __init__(self, name: str, world: World, calendar: Calendar) -> None:
        self.of_unit = name.startswith(UNIT)
        self.person = None if self.of_unit else name
        self.world = world
        self.calendar = calendar
        self.proceedings: dict[str, Proceeding] = {}
        self.of_case: dict[str, list[Proceeding]] = {}
        self._of_breach: dict[str, Proceeding] = {}
        self._of_matter: dict[str, list[Proceeding]] = {}
        self._tally = Tally()
        self.touched: dict[str, Proceeding] = {}
        self.turned: dict[str, Proceeding] = {}
        self.ranks: dict[str, tuple[datetime, int, int, str]] = {}
        self.counted: dict[str, Counted] = {}
        self.refusals: list[Refused] = []
        self.parked: list[tuple[str, str]] = []
        self.reversed: list[tuple[str, str, datetime]] = []
        self.referred: dict[str, datetime] = {}
        self._loose: dict[str, Counted] | None = None  # counted, and no proceeding against the unit rests on it
        self._latest = date.min
        self._stood: set[str] = set()

    def refuse(self, fact: Fact, code: str, message: str) -> None:
        self.refusals.append(Refused(fact.id, code, message, fact.occurred_at))

    # -- breaches -----------------------------------------------------------------------------------------------------------

    def confirmed(self, fact: Fact) -> None:
        """Breaches before the date from which a unit answers open nothing and count for nothing."""
        data = fact.data
        legal_at = datetime.fromisoformat(data.legal_at).astimezone(fact.occurred_at.tzinfo)
        on = self.calendar.local_date(legal_at)
        rules = self.world.accountability_of(data.unit, on)
        if rules.accountable_from and on < rules.accountable_from:
            return
        known = self._known(fact)
        if known is not None:
            self.touch(known)
            self._of_breach.setdefault(data.breach, known)
            known.breaches[data.breach] = True
            known.withdrawn_at, known.said, known.grade = None, data, grade_of(data, rules)
        elif self.of_unit:
            self._of_unit(fact, legal_at, rules)
        else:
            self._open(fact, legal_at, rules, {data.breach: True})

    def _known(self, fact: Fact) -> Proceeding | None:
        """The proceeding a confirmed breach belongs to: its own, or that of the same delay by the case's other clock."""
        own = self._of_breach.get(fact.data.breach)
        if own is not None or self.of_unit:
            return own
        whole = fact.data.finding == "limit_expired"
        same = (p for p in self.of_case.get(fact.case, ()) if p.finding == "limit_expired")
        return next(same, None) if whole else None

    def _open(self, fact: Fact, legal_at: datetime, rules: Accountability, breaches: dict[str, bool]) -> Proceeding:
        data, on = fact.data, self.calendar.local_date(fact.occurred_at)
        window = due(rules.statement_window, on, self.calendar, self.world.profile)
        who = self.person or data.unit
        self.proceedings[data.breach] = opened = Proceeding(
            id=f"{data.breach.replace('/breach:', '/')}/{who}", person=self.person, unit=data.unit, case=fact.case,
            breach=data.breach, finding=data.finding, legal_at=legal_at, opened_at=fact.occurred_at, grade=grade_of(data, rules),
            said=data, rules=rules, statement_until=window.due_on, window_ends_at=window.expires_at,
            frozen_at=self.referred.get(fact.case), breaches=breaches,
        )  # fmt: skip
        self._list(opened, breaches)
        self.ranks[data.breach] = order(fact)
        last = self.calendar.local_date(legal_at)
        self._tally.open(data.breach, back(last, rules.window, self.calendar, self.world), last)
        return opened

    def _list(self, opened: Proceeding, breaches: Iterable[str]) -> None:
        self.of_case.setdefault(opened.case, []).append(opened)
        for breach in breaches:
            self._of_breach.setdefault(breach, opened)
        self.touch(opened)

    def _of_unit(self, fact: Fact, legal_at: datetime, rules: Accountability) -> None:
        """Rule 8: over the threshold, and for what a unit answers for by itself. A matter is counted for one proceeding only."""
        data = fact.data
        if data.finding.split(":")[0] in rules.unit_kinds:
            self._open(fact, legal_at, rules, {data.breach: True})
            return
        matter = f"{fact.case}/{data.finding}" if data.finding == "limit_expired" else data.breach
        counting = next((p for p in self._of_matter.get(matter, ()) if p.standing), None)
        if counting is not None:
            counting.breaches[data.breach], counting.matters[data.breach] = True, matter
            self._of_breach.setdefault(data.breach, counting)
            self.touch(counting)
            return
        self._uncount(data.breach)
        self.counted[data.breach] = counted = Counted(matter, self.calendar.local_date(legal_at), grade_of(data, rules))
        if self._loose is not None:
            self._loose[data.breach] = counted
        free = self._free(rules)
        matters = {name: c.matter for name, c in free.items()}
        needed = len(set(matters.values()))
        if rules.unit_threshold is not None and needed >= rules.unit_threshold:
            opened = self._open(fact, legal_at, rules, dict.fromkeys(free, True))
            opened.matters, opened.needed = matters, needed
            opened.grade = max((c.grade for c in free.values()), key=GRADES.index)
            for taken in set(matters.values()):
                self._of_matter.setdefault(taken, []).append(opened)
            self._loose = {name: c for name, c in (self._loose or {}).items() if c.matter not in matters.values()}

    def _free(self, rules: Accountability) -> dict[str, Counted]:
        """Confirmed breaches in the window that no standing proceeding against the unit rests on."""
        if self._loose is None:
            self._loose = {
                name: c
                for name, c in self.counted.items()
                if not any(p.standing for p in self._of_matter.get(c.matter, ()))
            }
        self._latest = max([self._latest, *(c.on for c in self._loose.values())])
        first = back(self._latest, rules.window, self.calendar, self.world)
        return {name: c for name, c in self._loose.items() if first < c.on <= self._latest}

    def withdrawn(self, breach: str, at: datetime) -> None:
        self._uncount(breach)
        found = self._of_breach.get(breach)
        if found is not None:
            self.touch(found)
            found.breaches[breach] = False
            found.withdrawn_at = at if not found.standing else None

    def _uncount(self, breach: str) -> None:
        if self.counted.pop(breach, None) is not None:
            self._latest = max((c.on for c in self.counted.values()), default=date.min)
            self._loose = None

    def referral(self, fact: Fact) -> None:
        """R15: the ladder freezes, for the proceedings of the case that are open and for those that are opened later."""
        self.referred.setdefault(fact.case, fact.occurred_at)
        for proceeding in self.of_case.get(fact.case, ()):
            proceeding.frozen_at = proceeding.frozen_at or fact.occurred_at
            self.touch(proceeding)

    def given_back(self, fact: Fact) -> None:
        """The competent body gives the matter back: the ladder goes on where it stood."""
        if fact.data.result == "returned":
            self.referred.pop(fact.case, None)
            for proceeding in self.of_case.get(fact.case, ()):
                proceeding.frozen_at = None
                self.touch(proceeding)

    # -- counting -----------------------------------------------------------------------------------------------------------

    def touch(self, proceeding: Proceeding) -> None:
        self.touched[proceeding.breach] = proceeding

    def count(self) -> None:
        """Counts confirmed, standing breaches by the local date of their legal instant, in (same day a year before, today]."""
        concerned, days = dict(self.touched), []
        for name, proceeding in self.touched.items():
            day = self._tally.turn(name, stands=proceeding.standing)
            if day is not None:
                days.append(day)
                if name in self._stood:
                    self._loose = None  # what it counted counts anew, or no more
            self._stood.add(name)
        concerned |= {other: self.proceedings[other] for other in self._tally.bearing(days)}
        for name, proceeding in concerned.items():
            proceeding.count = self._tally.count(name)
            proceeding.proposed = self._proposal(proceeding)
        self.turned |= concerned
        self.touched.clear()

    def _proposal(self, proceeding: Proceeding) -> int:
        if self.of_unit:
            return proposal_for_unit(proceeding.rules, proceeding.grade, proceeding.count)
        return proposal(proceeding.rules, proceeding.said, proceeding.grade, proceeding.count)


def back(day: date, window: Limit, calendar: Calendar, world: World) -> date:
    """The same date a window earlier; 29 February less a year is 28 February."""
    found = shift(day, msgspec.structs.replace(window, amount=-window.amount), calendar, world.profile)
    assert not isinstance(found, datetime)
    return found


def in_order(facts: Sequence[Fact]) -> list[Fact]:
    return sorted(facts, key=order)
