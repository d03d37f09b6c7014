"""Why this date: the clocks of a case derived from its facts again, day by day, as strips and as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import psycopg

from engine.console.day_strip import StripDay
from engine.console.strip_input import Ends, StripMaker
from engine.console.views import sql
from engine.console.visit import Visit
from rules.case import Case, Clock, Stop
from rules.derive import derive
from rules.errors import RuleError
from rules.limit import DayLine, Limit, Span
from rules.snapshot import decode
from rules.time_limits import explain


class Account(msgspec.Struct, frozen=True):
    """One clock of a case: its limit, its days, and the lines that explain them. `open_stop`: it stands still now."""

    name: str
    limit: Limit
    started_on: date
    due_on: date | None
    ends_at: datetime | None
    provisional: bool
    completed_at: datetime | None
    expired_at: datetime | None
    open_stop: bool
    lines: tuple[DayLine, ...]
    days: tuple[StripDay, ...]
    extensions: tuple[Limit, ...]


class Explained(msgspec.Struct, frozen=True):
    case: Case
    clocks: tuple[Account, ...]

    @property
    def main(self) -> Account | None:
        """The promise, else the law's limit."""
        return next((c for name in ("committed", "statutory") for c in self.clocks if c.name == name), None)


class _Snapshot(msgspec.Struct, frozen=True):
    stream_id: str
    snapshot: bytes


def explained(visit: Visit, case_ids: Sequence[str]) -> dict[str, Explained]:
    """Cases by id with their clocks; a case without a snapshot or a known item is left out."""
    cases = {id_: case for id_, case in _derived(visit, case_ids) if case.item is not None and case.clocks}
    return {id_: Explained(case, tuple(_accounts(visit, case))) for id_, case in cases.items()}


def _derived(visit: Visit, case_ids: Sequence[str]) -> Iterator[tuple[str, Case]]:
    for row in _snapshots(visit.db, [f"case:{id_}" for id_ in case_ids]):
        case_id = row.stream_id.removeprefix("case:")
        stream = decode(row.snapshot)
        yield case_id, derive(case_id, stream.facts, visit.world, visit.calendar)


def _snapshots(db: psycopg.Connection[Any], streams: list[str]) -> list[_Snapshot]:
    query = "SELECT stream_id, snapshot FROM stream WHERE stream_id = ANY(%s) AND snapshot IS NOT NULL"
    return sql.rows(db, _Snapshot, query, (streams,))


def _accounts(visit: Visit, case: Case) -> Iterator[Account]:
    for name in ("committed", "statutory"):
        if clock := case.clocks.get(name):
            lines = _lines(visit, case, clock)
            yield _account(visit, case, clock, lines)


def _account(visit: Visit, case: Case, clock: Clock, lines: tuple[DayLine, ...]) -> Account:
    maker = StripMaker(visit.t, visit.d, visit.calendar)
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
        open_stop=clock.due is None,
        lines=lines,
        days=tuple(maker.days(lines, ends)),
        extensions=clock.extensions,
    )


def _lines(visit: Visit, case: Case, clock: Clock) -> tuple[DayLine, ...]:
    """While the clock stands still, as if it ran on from today."""
    assert case.item is not None
    spans = tuple(_until_today(span, visit.today) for span in clock.spans)
    profile = visit.world.profile_of(case.item)
    try:
        return tuple(explain(clock.limit, clock.start.value, visit.calendar, profile, spans, clock.extensions))
    except RuleError:
        return ()


def _until_today(span: Span, today: date) -> Span:
    return span if span.stop is not None else msgspec.structs.replace(span, stop=today)


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
        stopped=dict(_stopped(visit, case, clock)),
    )


def _due_on(clock: Clock | None) -> date | None:
    return clock.due.due_on if clock and clock.due else None


def _warning_on(visit: Visit, case: Case) -> date | None:
    due = _due_on(case.clocks.get("committed")) or _due_on(case.clocks.get("statutory"))
    ahead = [w.before for w in (case.item.warnings if case.item else ()) if w.before.unit == "working_days"]
    if due is None or not ahead:
        return None
    return visit.calendar.add_working_days(due, -max(limit.amount for limit in ahead))


def _stopped(visit: Visit, case: Case, clock: Clock) -> Iterator[tuple[date, str]]:
    for stop in case.stops:
        if stop.touches(clock.name):
            yield from ((day, stop.reason) for day in _days_of(visit, stop))


def _days_of(visit: Visit, stop: Stop) -> Iterator[date]:
    first, last = _day(visit, stop.start_value), visit.today
    if stop.end_value is not None:
        last = _day(visit, stop.end_value)
    return (first + timedelta(days=place) for place in range((last - first).days + 1))


def _day(visit: Visit, value: date | datetime) -> date:
    return visit.d.local(value).date() if isinstance(value, datetime) else value
