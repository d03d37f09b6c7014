"""Steps with their own limits, and the offices of joint approval, each with its own clock and its own silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from rules.case import Custody, OfficeState, Stop
from rules.case import StepState as State
from rules.chain import resolve
from rules.fold import CLOCKS, Fold
from rules.items import Office, Step
from rules.limit import Due, Limit
from rules.time_limits import due

Before = tuple[Step, Due | None]


def steps(fold: Fold) -> tuple[State, ...]:
    """Every step of the item with its end; fixed at acceptance (`milestone`) or counted from the end of the one before (`relative`)."""
    if fold.start is None:
        return ()
    told = [_ends(other) for other in fold.before(fold.known_since)]
    ends = zip(fold.item.steps, _ends(fold), *told, strict=True)
    return tuple(_state(fold, step, end, _effective(end, earlier)) for step, end, *earlier in ends)


def _effective(end: Due | None, earlier: Sequence[Due | None]) -> dt.datetime | None:
    """The instant of irreversible effect: never before an end that was known under another calendar (time-limits.md 2)."""
    if end is None:
        return None
    return max([end.expires_at, *(each.expires_at for each in earlier if each is not None)])


def _ends(fold: Fold) -> list[Due | None]:
    found: list[Due | None] = []
    total: Limit | None = None
    for place, step in enumerate(fold.item.steps):
        total = _sum(total, step.limit) if not found or total is not None else None
        found.append(_end(fold, step, (fold.item.steps[place - 1], found[-1]) if found else None, total))
    return found


def _sum(total: Limit | None, limit: Limit) -> Limit | None:
    """Limits of one unit add up; where the units differ the chain goes from end to end."""
    if total is None or "until_date" in {total.unit, limit.unit}:
        return limit if total is None else None
    return msgspec.structs.replace(total, amount=total.amount + limit.amount) if total.unit == limit.unit else None


def _end(fold: Fold, step: Step, before: Before | None, total: Limit | None) -> Due | None:
    assert fold.start is not None
    if before is None or (fold.profile.step_deadlines == "milestone" and total is not None):
        return _due(fold, step, total or step.limit, fold.start.value)
    done = fold.steps_done.get(before[0].id) if fold.profile.step_deadlines == "relative" else None
    start = done or _last(before[1], step)
    return _due(fold, step, step.limit, start) if start is not None else None


def _last(end: Due | None, step: Step) -> dt.date | dt.datetime | None:
    """Where the step before ended that is not done, or counts by its milestone: on its last day."""
    if end is None:
        return None
    return end.expires_at if step.limit.unit in {"working_hours", "working_minutes"} else end.due_on


def _due(fold: Fold, step: Step, limit: Limit, start: dt.date | dt.datetime) -> Due | None:
    """A suspension moves the steps that are not done yet, as it moves the clock."""
    clock = CLOCKS[0] if fold.item.committed_limit is not None else CLOCKS[1]
    done = fold.steps_done.get(step.id)
    stops: list[Stop] = [s for s in fold.stops if s.touches(clock) and (done is None or s.start < done)]
    return fold.end_of(limit, start, stops, (), fold.calendar)


def _state(fold: Fold, step: Step, end: Due | None, at: dt.datetime | None) -> State:
    started = fold.steps_started.get(step.id)
    done = fold.steps_done.get(step.id)
    late = at is not None and (done is None or done >= at)
    # A case that has ended has no step left to be late.
    moot = at is not None and fold.closed_at is not None and fold.closed_at < at
    named = started.data.holder if started and started.data.holder else step.holder
    on = fold.day(started.occurred_at if started else fold.start.at) if fold.start else None
    return State(
        id=step.id,
        holder=resolve(fold.world, fold.item.unit, named, on) if on else named,
        due=end,
        started_at=started.occurred_at if started else None,
        completed_at=done,
        expired_at=at if late and not moot else None,
    )


def passed_on(fold: Fold, states: tuple[State, ...]) -> list[Custody]:
    """Where silence means the next step (`next_step`), the case goes on at the silent step's end to whoever has the next one."""
    found = []
    for step, state, following in zip(fold.item.steps, states, states[1:], strict=False):
        effect = step.silence.effect if step.silence else fold.item.silence.effect
        sure = state.due is not None and not state.due.provisional
        if effect == "next_step" and state.expired_at and sure and following.holder and following.started_at is None:
            found.append(Custody(since=state.expired_at, holder=following.holder))
    return found


def missing(states: tuple[OfficeState, ...], decided_at: dt.datetime) -> list[str]:
    """Offices of a joint approval that had neither answered nor consented by their silence when the case was decided."""
    return [
        office.id
        for office in states
        if not (office.answered_at and office.answered_at <= decided_at)
        and not (office.consents and office.expired_at and office.expired_at <= decided_at)
    ]


def offices(fold: Fold) -> tuple[OfficeState, ...]:
    """Every office of a joint approval with its own clock, from its consultation or from the start of the case."""
    return tuple(_office(fold, office) for office in _all_offices(fold))


def _all_offices(fold: Fold) -> list[Office]:
    listed = list(fold.item.offices)
    known = {office.id for office in listed}
    return listed + [Office(id=name) for name in fold.offices if name not in known]


def _office(fold: Fold, office: Office) -> OfficeState:
    seen = fold.offices.get(office.id, {})
    end = _end_of_office(fold, office)
    at = _effective(end, [_end_of_office(other, office) for other in fold.before(seen.get("known", fold.known_since))])
    answered, absent = seen.get("answered"), seen.get("absent")
    effect = office.silence.effect if office.silence else fold.item.silence.effect
    late = at is not None and (answered is None or answered >= at)
    moot = at is not None and fold.closed_at is not None and fold.closed_at < at
    expired = at if late and not moot else None
    if absent is not None and answered is None and (expired is None or absent < expired):
        expired = absent
    return OfficeState(
        id=office.id,
        due=end,
        answered_at=answered,
        absent_at=absent,
        expired_at=expired,
        consents=effect == "consent_of_office",
    )


def _end_of_office(fold: Fold, office: Office) -> Due | None:
    seen = fold.offices.get(office.id, {})
    limit = seen.get("limit") or office.limit
    start = seen.get("consulted") or (fold.start.value if fold.start else None)
    return due(limit, start, fold.calendar, fold.profile) if limit is not None and start is not None else None
