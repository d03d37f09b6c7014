"""Rows of a list of cases: each with its strip in small and how far it is from its date, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec
from markupsafe import Markup

from engine.console.day_strip import compact_strip
from engine.console.explanation import Account, explained
from engine.console.views.cases import CaseRow
from engine.console.visit import Visit


class Listed(msgspec.Struct, frozen=True):
    case: CaseRow
    strip: Markup
    words: str
    stands: bool


def listed(visit: Visit, rows: Sequence[CaseRow]) -> Iterator[Listed]:
    accounts = explained(visit, [row.case_id for row in rows], only_main=True)
    for row in rows:
        found = accounts.get(row.case_id)
        main = found.main if found else None
        words = standing(visit, main) if main else ""
        strip = compact_strip(main.days, words) if main else ""
        yield Listed(row, Markup(strip), words, bool(main and main.open_stop))  # noqa: S704 - drawn by us, its words escaped


def standing(visit: Visit, clock: Account) -> str:
    """How a clock stands, in working days: done, late, standing still, or so many left."""
    t, today = visit.t, visit.today
    if clock.expired_at and clock.by_silence:
        return t("standing.by_silence")
    if clock.expired_at:
        late_from = visit.d.local(clock.expired_at).date()
        done = clock.completed_at
        until = visit.d.local(done - timedelta(microseconds=1)).date() if done else today
        n = visit.calendar.working_days_between(visit.calendar.add_working_days(late_from, -1), until)
        return t("standing.late_done" if done else "standing.late", n=n)
    if clock.completed_at and clock.completed_at <= visit.now:
        return t("standing.in_time")
    if clock.open_stop or clock.due_on is None:
        return t("standing.still")
    left = visit.calendar.working_days_between(today, clock.due_on)
    return t("standing.left", n=left) if clock.due_on > today else t("standing.today")
