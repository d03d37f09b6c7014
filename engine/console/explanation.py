"""Why this date: the clocks of a case as strips and as words. The account itself is `engine.explanation`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from engine.console.day_strip import StripDay
from engine.console.strip_input import Ends, StripMaker
from engine.console.visit import Visit
from engine.explanation.account import Account as Clockwork
from engine.explanation.reading import explained as explained_case
from engine.explanation.reading import facts_of
from engine.explanation.telling import Line, Teller, Told
from rules.case import Case, Clock
from rules.limit import Limit


class Account(msgspec.Struct, frozen=True):
    """One clock of a case: its limit, its days, and the words that explain them. `open_stop`: it stands still now."""

    name: str
    limit: Limit
    started_on: date
    due_on: date | None
    ends_at: datetime | None
    provisional: bool
    completed_at: datetime | None
    expired_at: datetime | None
    by_silence: bool
    open_stop: bool
    told: Told
    days: tuple[StripDay, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.told.days


class Explained(msgspec.Struct, frozen=True):
    case: Case
    clocks: tuple[Account, ...]

    @property
    def main(self) -> Account | None:
        """The promise, else the law's limit."""
        return next((c for name in ("committed", "statutory") for c in self.clocks if c.name == name), None)


def explained(visit: Visit, case_ids: Sequence[str], *, only_main: bool = False) -> dict[str, Explained]:
    """Cases by id with their clocks (or the main one alone); a case without a snapshot or a known item is left out."""
    return {id_: found for id_, found in _explained(visit, case_ids, only_main=only_main) if found.clocks}


def _explained(visit: Visit, case_ids: Sequence[str], *, only_main: bool) -> Iterator[tuple[str, Explained]]:
    teller = Teller(visit.t.locale, visit.calendar)
    for case_id, facts in facts_of(visit.db, case_ids):
        found = explained_case(case_id, facts, visit.world, visit.now, 1 if only_main else None)
        if found.case is not None:
            yield case_id, told(visit, found.case, found.clocks, teller)


def told(visit: Visit, case: Case, clocks: Sequence[Clockwork], teller: Teller | None = None) -> Explained:
    """A case with its clocks as pages show them."""
    teller = teller or Teller(visit.t.locale, visit.calendar)
    return Explained(case, tuple(_account(visit, case, clock, teller) for clock in clocks))


def _account(visit: Visit, case: Case, explained: Clockwork, teller: Teller) -> Account:
    clock, words = case.clocks[explained.clock], teller.told(explained)
    ends = _ends(visit, case, clock)
    return Account(
        name=clock.name,
        limit=clock.limit,
        started_on=ends.zero,
        due_on=clock.due.due_on if clock.due else None,
        ends_at=clock.ends_at,
        provisional=bool(clock.due and clock.due.provisional),
        completed_at=clock.completed_at,
        expired_at=_late_from(visit, clock),
        by_silence=_by_silence(case, clock),
        open_stop=explained.stands,
        told=words,
        days=tuple(StripMaker(visit.t, visit.d, visit.calendar, teller).days(words.days, ends)),
    )


def _by_silence(case: Case, clock: Clock) -> bool:
    """Whether the end of this clock was the end of the case, by the rule of silence: nothing grows later after it."""
    outcome = case.outcome
    return outcome is not None and outcome.by is None and outcome.legal_at == clock.expired_at


def _late_from(visit: Visit, clock: Clock) -> datetime | None:
    return clock.expired_at if clock.expired_at and clock.expired_at <= visit.now else None


def _ends(visit: Visit, case: Case, clock: Clock) -> Ends:
    late = _late_from(visit, clock)
    done = clock.completed_at if clock.completed_at and clock.completed_at <= visit.now else case.closed_at
    return Ends(
        zero=_day(visit, clock.start.value),
        today=visit.today,
        committed_on=_due_on(case.clocks.get("committed")),
        statutory_on=_due_on(case.clocks.get("statutory")),
        warning_on=_warning_on(visit, case),
        # What ended at 00:00 ended with the day before, as limits do.
        ended_on=visit.d.local(done - timedelta(microseconds=1)).date() if done else None,
        late_from=visit.d.local(late).date() if late else None,
        stands=clock.due is None,
    )


def _due_on(clock: Clock | None) -> date | None:
    return clock.due.due_on if clock and clock.due else None


def _warning_on(visit: Visit, case: Case) -> date | None:
    due = _due_on(case.clocks.get("committed")) or _due_on(case.clocks.get("statutory"))
    ahead = [w.before for w in (case.item.warnings if case.item else ()) if w.before.unit == "working_days"]
    if due is None or not ahead:
        return None
    return visit.calendar.add_working_days(due, -max(limit.amount for limit in ahead))


def _day(visit: Visit, value: date | datetime) -> date:
    return visit.d.local(value).date() if isinstance(value, datetime) else value
