"""What a certificate says, derived from the ledger as it stood when the certificate was issued: the same whenever it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import msgspec

from engine.certificates.document import (
    FORMAT,
    Applicant,
    CalendarShown,
    Certificate,
    ClockShown,
    Day,
    ItemShown,
    LedgerPlace,
    Named,
    Suspension,
)
from engine.errors import OperatorError
from engine.ledger.fact_body import fact_of
from engine.ledger.read import Chained
from engine.rebuild.streams import retell
from rules.calendar import Calendar
from rules.case import Case, Clock, OfficeState
from rules.derive import derive
from rules.errors import RuleError
from rules.items import Item
from rules.limit import DayLine
from rules.stream import Record
from rules.time_limits import explain
from rules.world import World

# Beyond this many days an account day by day is no longer something a person reads; the dates stand without it.
MOST_DAYS = 400


class IssueError(OperatorError):
    """A certificate that cannot be written, and why."""


class Issued(msgspec.Struct, frozen=True):
    """The ledger of a case up to the entry that issued a certificate."""

    chained: Sequence[Chained]
    data: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When the effect was concluded: the moment itself in live time, the virtual one in back-fill."""
        line = self.chained[-1][0]
        return line.reported_at or line.recorded_at


def issued(chained: Sequence[Chained], number: str) -> Issued | None:
    """The last entry that issued this number, with everything before it; None if none did."""
    for place in range(len(chained) - 1, -1, -1):
        line = chained[place][0]
        if line.type == "certificate_issued":
            data = msgspec.json.decode(line.body, type=dict[str, Any])
            if data["number"] == number:
                return Issued(chained[: place + 1], data)
    return None


def certificate_of(found: Issued, world: World, applicant: Applicant | None, site: str) -> Certificate:
    """`site` is the installation's public address; without one the status address is a path."""
    line, _, own = found.chained[-1]
    calendar = world.calendar(found.at)
    case_id = line.stream_id.removeprefix("case:")
    facts = [fact_of(entry) for entry, _, _ in found.chained if entry.kind == "fact"]
    case = derive(case_id, facts, world, calendar)
    if case.item is None:
        raise IssueError(f"{found.data['number']}: the item of case {case_id!r} is not on record any more; restore it")
    records = retell(line.stream_id, found.chained).stream.records
    return Certificate(
        format=FORMAT,
        number=found.data["number"],
        case=case_id,
        about=found.data["for"],
        unit=_unit(world, _responsible(found.data["for"], case)),
        item=_item(case.item),
        applicant=applicant,
        granted=_granted(case.item, found.data["for"]),
        basis=_basis(case.item, found.data["for"]),
        legal_at=_iso(datetime.fromisoformat(found.data["legal_at"]), calendar),
        due_by=date.fromisoformat(found.data["due_by"]),
        issued_at=_iso(line.recorded_at, calendar),
        clocks=tuple(_clocks(case, found.data["for"], records, calendar, world)),
        calendar=CalendarShown(version=calendar.version, zone=calendar.zone.key),
        configuration=line.under,
        ledger=LedgerPlace(stream=line.stream_id, version=line.version, hash=own.hex(), alg=line.alg),
        status_url=f"{site}/certificates/{found.data['number']}",
    )


def _responsible(about: str, case: Case) -> str:
    return about.removeprefix("office:") if about.startswith("office:") else case.unit


def _unit(world: World, id_: str) -> Named:
    unit = world.units.get(id_)
    return Named(id=id_, name=(unit.name if unit else "") or id_, name_en=unit.name_en if unit else None)


def _item(item: Item) -> ItemShown:
    return ItemShown(code=item.code, version=item.version, name=item.name or item.code, name_en=item.name_en)


def _granted(item: Item, about: str) -> str:
    """An office's consent grants nothing by itself: it lets the lead office go on (time-limits.md 5)."""
    return (item.silence.grants if about == "case" else None) or item.name or item.code


def _basis(item: Item, about: str) -> str | None:
    office = next((o for o in item.offices if f"office:{o.id}" == about), None)
    own = office.silence.basis if office and office.silence else None
    return own or item.silence.basis


def _clocks(case: Case, about: str, records: dict[str, Record], calendar: Calendar, world: World) -> list[ClockShown]:
    decisive = (case.silence_clock or "committed") if about == "case" else about
    shown = [
        _clock(case, clock, records.get(f"limit:{name}"), calendar, world, decisive=name == decisive)
        for name in ("committed", "statutory")
        if (clock := case.clocks.get(name))
    ]
    office = next((o for o in case.offices if f"office:{o.id}" == about), None)
    return [*shown, _office(office, case, calendar)] if office else shown


def _clock(
    case: Case, clock: Clock, record: Record | None, calendar: Calendar, world: World, *, decisive: bool
) -> ClockShown:
    """The dates are those on record: an end that was told stands even where a later calendar counts shorter."""
    due_on = date.fromisoformat(record.data["due_on"]) if record else None
    ends_at = datetime.fromisoformat(record.data["ends_at"]) if record else None
    return ClockShown(
        name=clock.name,
        decisive=decisive,
        limit=clock.limit,
        started=_value(clock.start.value, calendar),
        due_on=due_on if clock.due else None,
        expires_at=_iso(ends_at, calendar) if clock.due and ends_at else None,
        provisional=bool(clock.due and clock.due.provisional),
        extensions=clock.extensions,
        suspensions=tuple(_suspensions(case, clock.name, calendar)),
        days=tuple(_days(case, clock, calendar, world)),
    )


def _office(office: OfficeState, case: Case, calendar: Calendar) -> ClockShown:
    rule = next((o for o in (case.item.offices if case.item else ()) if o.id == office.id), None)
    return ClockShown(
        name=f"office:{office.id}",
        decisive=True,
        limit=rule.limit if rule else None,
        started=None,
        due_on=office.due.due_on if office.due else None,
        expires_at=_iso(office.due.expires_at, calendar) if office.due else None,
        provisional=bool(office.due and office.due.provisional),
    )


def _suspensions(case: Case, clock: str, calendar: Calendar) -> list[Suspension]:
    return [
        Suspension(
            reason=stop.reason,
            kind=stop.kind,
            start=_value(stop.start_value, calendar),
            end=_value(stop.end_value, calendar) if stop.end_value is not None else None,
        )
        for stop in case.stops
        if stop.touches(clock)
    ]


def _days(case: Case, clock: Clock, calendar: Calendar, world: World) -> list[Day]:
    """Every day of the limit with its reason; none where the clock stands still or the limit is too long to be read."""
    assert case.item is not None
    try:
        lines: Sequence[DayLine] = list(
            islice(
                explain(
                    clock.limit,
                    clock.start.value,
                    calendar,
                    world.profile_of(case.item),
                    clock.spans,
                    clock.extensions,
                ),
                MOST_DAYS + 1,
            )
        )
    except RuleError:
        return []
    if len(lines) > MOST_DAYS:
        return []
    return [Day(on=line.on, why=line.why, n=line.n if line.counted else None, basis=line.basis) for line in lines]


def _value(value: date | datetime, calendar: Calendar) -> str:
    return _iso(value, calendar) if isinstance(value, datetime) else value.isoformat()


def _iso(at: datetime, calendar: Calendar) -> str:
    return at.astimezone(calendar.zone).isoformat()
