"""The versions of the calendar with their instruments: what was in force when, and what each year is worth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from engine.calendars.proposal import shipped_body
from engine.calendars.written import shipped_form
from engine.storage.connect import Connection
from rules.calendar import Calendar
from rules.calendar_form import InstrumentForm, read
from rules.errors import RuleError
from rules.world import World


class Paper(msgspec.Struct, frozen=True):
    """An instrument; `inherited` from the version it names."""

    form: InstrumentForm
    inherited: str | None = None


class Version(msgspec.Struct, frozen=True):
    """`known_from` None: recorded, but not in force until it is imported. `calendar` None: then it cannot be counted by."""

    version: str
    body: dict[str, Any]
    known_from: datetime | None
    recorded_at: datetime | None
    actor: str | None
    calendar: Calendar | None
    papers: tuple[Paper, ...]
    in_force: bool


_ALL = (
    "SELECT DISTINCT ON (id) id, body, recorded_at, actor FROM config_entry"
    " WHERE kind = 'calendar' AND NOT retired ORDER BY id, version DESC"
)


def versions(connection: Connection, world: World, now: datetime) -> list[Version]:
    """Newest first; those not in force yet before all others."""
    rows = connection.execute(_ALL).fetchall() or [(shipped_body()["version"], shipped_body(), None, None)]
    bodies = {id_: body for id_, body, _, _ in rows}
    present = world.calendar(now).version
    known = {calendar.version: since for since, calendar in world.calendars}
    found = [
        Version(
            version=id_,
            body=body,
            known_from=known.get(id_),
            recorded_at=recorded_at,
            actor=actor,
            calendar=world.calendar_versions.get(id_),
            papers=tuple(_papers(body, bodies)),
            in_force=id_ == present,
        )
        for id_, body, recorded_at, actor in rows
    ]
    return sorted(found, key=lambda v: (v.known_from is None, v.known_from or now), reverse=True)


def as_known_on(world: World, on: date) -> Calendar:
    """The calendar in force at the end of a day at the office."""
    _, latest = world.calendars[-1]
    return world.calendar(latest.end_of(on) - timedelta(microseconds=1))


def year_status(calendar: Calendar, year: int) -> str:
    """`official`, `estimated` or `missing`."""
    pattern = calendar.pattern
    if year in pattern.years:
        return pattern.years[year]
    early = pattern.earlier_years is not None and pattern.years and year < min(pattern.years)
    return str(pattern.earlier_years) if early else pattern.other_years


def _papers(body: dict[str, Any], bodies: dict[str, dict[str, Any]]) -> Iterator[Paper]:
    """Its own instruments, then those of the versions it extends, newest first."""
    name: str | None = None
    while True:
        form = read(body)
        yield from (Paper(paper, name) for paper in sorted(form.instruments, key=_published, reverse=True))
        name = form.extends
        if name is None:
            return
        try:
            body = bodies[name] if name in bodies else shipped_form(name)
        except RuleError:
            return


def _published(paper: InstrumentForm) -> str:
    return paper.published_on.isoformat() if paper.published_on else ""
