"""The explanation of a case's dates as the API and the command line give it (JSON): values and, in one language, the words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from engine.console.i18n import Locale
from engine.explanation.account import Account, Day
from engine.explanation.reading import Explained
from engine.explanation.telling import Teller, Told
from rules.calendar import Calendar
from rules.limit import Limit


class DayGiven(msgspec.Struct, frozen=True, omit_defaults=True):
    """A day of the count; `n` is the count reached, `seconds` the office time of the day, `text` the line as people read it."""

    on: date
    counted: bool
    n: int | None
    why: str
    basis: str
    text: str
    seconds: int | None = None
    reasons: tuple[str, ...] = ()
    uncertain: bool = False


class SuspensionGiven(msgspec.Struct, frozen=True):
    reason: str
    kind: Literal["pause", "restart"]
    since: str
    until: str | None
    planned: date | None
    basis: str


class ClockGiven(msgspec.Struct, frozen=True):
    """One clock. While it stands still it has no `due_on`; `lines` is all of its text, as printed and shown."""

    limit: Limit
    extensions: tuple[Limit, ...]
    started: str
    start: str
    due_on: date | None
    expires_at: str | None
    ends_at: str | None
    provisional: bool
    stands: bool
    clause: str
    profile: str
    calendar: str
    item: str
    item_version: int
    suspensions: tuple[SuspensionGiven, ...]
    days: tuple[DayGiven, ...]
    lines: tuple[str, ...]


class CaseExplanation(msgspec.Struct, frozen=True):
    """`as_known` is the instant asked about; `known` is false where nothing of the case was registered by then."""

    case: str
    lang: Locale
    known: bool
    as_known: datetime | None
    clocks: dict[str, ClockGiven]


def answer(case_id: str, found: Explained, locale: Locale, as_known: datetime | None = None) -> CaseExplanation:
    teller = Teller(locale, found.calendar)
    clocks = {one.clock: _clock(one, teller.told(one, as_known), found.calendar) for one in found.clocks}
    return CaseExplanation(case_id, locale, found.case is not None, as_known, clocks)


def _clock(account: Account, told: Told, calendar: Calendar) -> ClockGiven:
    due = account.due
    return ClockGiven(
        limit=account.limit,
        extensions=account.extensions,
        started=_value(account.started, calendar),
        start=account.start_kind,
        due_on=due.due_on if due else None,
        expires_at=_value(due.expires_at, calendar) if due else None,
        ends_at=_value(account.ends_at, calendar) if account.ends_at else None,
        provisional=due is not None and due.provisional,
        stands=account.stands,
        clause=account.clause,
        profile=account.profile,
        calendar=account.calendar,
        item=account.item,
        item_version=account.item_version,
        suspensions=tuple(_suspensions(account, calendar)),
        days=tuple(_day(line.day, line.text) for line in told.days),
        lines=told.lines,
    )


def _suspensions(account: Account, calendar: Calendar) -> list[SuspensionGiven]:
    return [
        SuspensionGiven(
            reason=stop.reason,
            kind="restart" if stop.restarts else "pause",
            since=_value(stop.since, calendar),
            until=_value(stop.until, calendar) if stop.until else None,
            planned=stop.planned,
            basis=stop.basis,
        )
        for stop in account.suspensions
    ]


def _day(day: Day, text: str) -> DayGiven:
    return DayGiven(**msgspec.structs.asdict(day), text=text)


def _value(value: date | datetime, calendar: Calendar) -> str:
    return value.astimezone(calendar.zone).isoformat() if isinstance(value, datetime) else value.isoformat()
