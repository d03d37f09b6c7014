"""Proceedings of one person (or unit), derived from the confirmed breaches and from what was said and decided.

The engine proposes, people decide (accountability.md 3). Everything that counts breaches is worked out again from all facts, so that a
withdrawal or a reversal changes every later proposal by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from rules.accountability import MEASURES, Accountability
from rules.calendar import Calendar
from rules.facts import Fact, order
from rules.limit import Limit
from rules.time_limits import due, shift
from rules.world import World


class Refused(msgspec.Struct, frozen=True):
    fact: str
    code: str
    message: str
    at: datetime


class Proceeding(msgspec.Struct):
    """One breach of one person on its way through the phases; mutable only while it is derived."""

    id: str
    person: str
    unit: str
    case: str
    breach: str
    finding: str
    legal_at: datetime
    opened_at: datetime
    grade: str
    rules: Accountability
    statement_until: date
    window_ends_at: datetime
    breaches: dict[str, bool] = {}
    withdrawn_at: datetime | None = None
    reversed: bool = False
    statement_at: datetime | None = None
    decided_at: datetime | None = None
    decided_level: int | None = None
    decided_by: str | None = None
    review_at: datetime | None = None
    review_result: str | None = None
    reviewed_at: datetime | None = None
    frozen_at: datetime | None = None
    chosen_over: int | None = None
    count: int = 0
    proposed: int | None = None

    @property
    def standing(self) -> bool:
        """Whether a breach it is about still counts. One delay that broke both the promise and the law is one matter."""
        return not self.reversed and any(self.breaches.values())


class Docket(msgspec.Struct, frozen=True):
    proceedings: tuple[Proceeding, ...]
    refusals: tuple[Refused, ...]
    parked: tuple[tuple[str, str], ...]
    reversed: tuple[tuple[str, str, datetime], ...]


def derive_docket(person: str, facts: Sequence[Fact], world: World, calendar: Calendar) -> Docket:
    """All proceedings of a person as these facts make them."""
    folding = _Folding(person, world, calendar)
    for fact in sorted(facts, key=order):
        folding.take(fact)
    folding.count()
    return Docket(
        tuple(folding.proceedings.values()), tuple(folding.refusals), tuple(folding.parked), tuple(folding.reversed)
    )


class _Folding:
    def __init__(self, person: str, world: World, calendar: Calendar) -> None:
        self.person = person
        self.world = world
        self.calendar = calendar
        self.proceedings: dict[str, Proceeding] = {}
        self.refusals: list[Refused] = []
        self.parked: list[tuple[str, str]] = []
        self.reversed: list[tuple[str, str, datetime]] = []
        self.referred: dict[str, datetime] = {}

    def take(self, fact: Fact) -> None:
        match fact.type:
            case "breach.confirmed":
                self._open(fact)
            case "breach.withdrawn":
                self._withdraw(fact.data.breach, fact.occurred_at)
            case "case.referred":
                self._referral(fact)
            case _:
                self._said(fact)

    def _open(self, fact: Fact) -> None:
        data = fact.data
        legal_at = datetime.fromisoformat(data.legal_at).astimezone(fact.occurred_at.tzinfo)
        before = self._known(fact)
        if before is not None:
            before.breaches[data.breach] = True
            before.withdrawn_at, before.grade = None, data.grade or before.grade
            return
        rules = self.world.accountability_of(data.unit, self.calendar.local_date(legal_at))
        if rules.accountable_from and self.calendar.local_date(legal_at) < rules.accountable_from:
            return
        window = due(
            rules.statement_window, self.calendar.local_date(fact.occurred_at), self.calendar, self.world.profile
        )
        self.proceedings[data.breach] = Proceeding(
            id=f"{data.breach.replace('/breach:', '/')}/{self.person}", person=self.person, unit=data.unit, case=fact.case,
            breach=data.breach, finding=data.finding, legal_at=legal_at, opened_at=fact.occurred_at,
            grade=data.grade or "ordinary", rules=rules, statement_until=window.due_on, window_ends_at=window.expires_at,
            frozen_at=self.referred.get(fact.case), breaches={data.breach: True},
        )  # fmt: skip

    def _known(self, fact: Fact) -> Proceeding | None:
        """The proceeding a confirmed breach belongs to: its own, or that of the same delay by the case's other clock."""
        own = self.proceedings.get(fact.data.breach)
        whole = fact.data.finding == "limit_expired"
        return own or next(
            (p for p in self.proceedings.values() if whole and p.case == fact.case and p.finding == "limit_expired"),
            None,
        )

    def _withdraw(self, breach: str, at: datetime) -> None:
        found = next((p for p in self.proceedings.values() if breach in p.breaches), None)
        if found is not None:
            found.breaches[breach] = False
            found.withdrawn_at = at if not found.standing else None

    def _said(self, fact: Fact) -> None:
        found = [p for p in self.proceedings.values() if p.case == fact.case]
        if not found:
            self.parked.append((fact.id, "no proceeding is known that this concerns"))
            return
        getattr(self, _ACTS[fact.type])(found[-1], fact)

    def _refuse(self, fact: Fact, code: str, message: str) -> None:
        self.refusals.append(Refused(fact.id, code, message, fact.occurred_at))

    def _statement(self, proceeding: Proceeding, fact: Fact) -> None:
        if fact.occurred_at < proceeding.window_ends_at:
            proceeding.statement_at = proceeding.statement_at or fact.occurred_at

    def _decision(self, proceeding: Proceeding, fact: Fact) -> None:
        refusal = self._why_not(proceeding, fact)
        if refusal is not None:
            self._refuse(fact, *refusal)
            return
        proceeding.decided_at, proceeding.decided_level = fact.occurred_at, fact.data.level
        proceeding.decided_by, proceeding.chosen_over = fact.actor, proceeding.proposed

    def _why_not(self, proceeding: Proceeding, fact: Fact) -> tuple[str, str] | None:
        if proceeding.frozen_at is not None:
            return (
                "proceeding_frozen",
                "the matter was referred; the ladder is frozen until the competent body has answered",
            )
        if proceeding.statement_at is None and fact.occurred_at < proceeding.window_ends_at:
            return (
                "no_statement_window_yet",
                f"the person concerned may answer until {proceeding.statement_until}; decide afterwards",
            )
        if not 1 <= fact.data.level <= len(MEASURES):
            return "not_allowed_for_item", "a measure is a number from 1 to 7"
        if not self._competent(proceeding, fact):
            return "not_competent", "the decider is concerned in the case, or may not decide a measure of this weight"
        self.count()
        if fact.data.level != proceeding.proposed and not fact.data.reason:
            return "reason_missing", "a decision other than proposed needs a written reason"
        return None

    def _competent(self, proceeding: Proceeding, fact: Fact) -> bool:
        """Recusal (回避), and measures above the head's competence, which belong to the authority that appoints."""
        actor = fact.actor
        if actor is None:
            return True
        if actor == proceeding.person:
            return False
        heads = self.world.holders(proceeding.unit, "first_responsible", self.calendar.local_date(fact.occurred_at))
        return not (actor in heads and fact.data.level > proceeding.rules.head_decides_up_to)

    def _review(self, proceeding: Proceeding, fact: Fact) -> None:
        proceeding.review_at = proceeding.review_at or fact.occurred_at

    def _reviewed(self, proceeding: Proceeding, fact: Fact) -> None:
        if fact.actor is not None and fact.actor in {proceeding.person, proceeding.decided_by}:
            self._refuse(
                fact, "not_competent", "nobody reviews his own decision or his own case; ask the next competent person"
            )
            return
        proceeding.review_result, proceeding.reviewed_at = fact.data.result, fact.occurred_at
        if fact.data.result == "reversed":
            proceeding.reversed = True
            self.reversed += [(proceeding.case, breach, fact.occurred_at) for breach in proceeding.breaches]

    def _referral(self, fact: Fact) -> None:
        """R15: the ladder freezes, for the proceedings of the case that are open and for those that are opened later."""
        self.referred.setdefault(fact.case, fact.occurred_at)
        for proceeding in self.proceedings.values():
            if proceeding.case == fact.case:
                proceeding.frozen_at = proceeding.frozen_at or fact.occurred_at

    def count(self) -> None:
        """Counts confirmed, standing breaches by the local date of their legal instant, in (same day a year before, today]."""
        for proceeding in self.proceedings.values():
            last = self.calendar.local_date(proceeding.legal_at)
            first = _back(last, proceeding.rules.window, self.calendar, self.world)
            days = [
                self.calendar.local_date(p.legal_at) for p in self.proceedings.values() if p.standing or p is proceeding
            ]
            proceeding.count = sum(1 for day in days if first < day <= last)
            once = proceeding.finding.split(":")[0] in proceeding.rules.once_verified
            proceeding.proposed = 6 if once else proceeding.rules.proposed_level(proceeding.grade, proceeding.count)


_ACTS = {
    "statement.filed": "_statement",
    "measure.decided": "_decision",
    "review.requested": "_review",
    "review.decided": "_reviewed",
}


def _back(day: date, window: Limit, calendar: Calendar, world: World) -> date:
    """The same date a window earlier; 29 February less a year is 28 February."""
    found = shift(day, msgspec.structs.replace(window, amount=-window.amount), calendar, world.profile)
    assert not isinstance(found, datetime)
    return found
