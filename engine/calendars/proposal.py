"""A calendar that could come into force: checked, put right where an omission would make dates firmer than they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.calendars.written import shipped_form, written_out
from engine.storage.connect import Connection
from engine.storage.world import build, load_world
from rules.calendar import Calendar
from rules.calendar_form import CalendarForm, Pattern, read
from rules.errors import RuleError
from rules.world import World

SHIPPED = "CN"  # in force where no calendar was ever recorded


class Remark(msgspec.Struct, frozen=True):
    """What was put right, or deserves a look. `value`: the year, zone or region it is about."""

    code: str
    value: str = ""


class Proposal(msgspec.Struct, frozen=True):
    """`body` is what would be recorded. `digest` names this calendar over the one in force: who confirms it has seen its impact."""

    body: dict[str, Any]
    calendar: Calendar
    before: Calendar
    remarks: tuple[Remark, ...]
    digest: str


def propose(connection: Connection, form: dict[str, Any], now: datetime) -> Proposal:
    """Raises RuleError for a form that cannot come into force (unreadable, without working time, known already, saying nothing new)."""
    world = load_world(connection)
    recorded = _recorded(connection)
    asked = read(form)
    _check_name(asked, recorded)
    body = form if asked.extends in {None, *recorded} else written_out(form)
    before = world.calendar(now)
    body, remarks = _put_right(body, _made(recorded, body, now))
    calendar = _made(recorded, body, now)
    if calendar.pattern == before.pattern:
        raise RuleError(
            "nothing_new", f"the calendar in force, {before.version}, says the same; there is nothing to import"
        )
    remarks = (*remarks, *_changes(before.pattern, calendar.pattern))
    return Proposal(body, calendar, before, remarks, _digest(body, before.version))


def with_calendar(world: World, calendar: Calendar, at: datetime) -> World:
    """The same world, with this calendar in force from `at` on."""
    return world.but(calendars=(*world.calendars, (at, calendar)), version=f"{world.version}+{calendar.version}")


def shipped_body() -> dict[str, Any]:
    return dict(shipped_form(SHIPPED))


def _recorded(connection: Connection) -> dict[str, dict[str, Any]]:
    """The bodies of all versions, those that are not in force yet too."""
    rows = connection.execute(
        "SELECT DISTINCT ON (id) id, body FROM config_entry WHERE kind = 'calendar' ORDER BY id, version DESC"
    )
    return dict(rows.fetchall())


def _check_name(asked: CalendarForm, recorded: Mapping[str, dict[str, Any]]) -> None:
    if not asked.version:
        raise RuleError("missing_field", "a calendar needs a name of its own, such as CN-2027", "version")
    if asked.known_from is not None:
        raise RuleError("known_from_given", "a version is known from its confirmation on; leave this out", "known_from")
    if recorded.get(asked.version, {}).get("known_from") or asked.version == shipped_form(SHIPPED)["version"]:
        raise RuleError(
            "version_exists", f"{asked.version} is in use and kept for ever; give the new one another name", "version"
        )


def _made(recorded: Mapping[str, dict[str, Any]], body: dict[str, Any], now: datetime) -> Calendar:
    """Built as the world will build it, so that what is recorded can be loaded."""
    known = [each for each in recorded.values() if each.get("known_from") and _known(each) < now]
    calendars = [*known, body | {"known_from": now.isoformat()}]
    return build({"calendar": calendars}, "").calendar_versions[body["version"]]


def _known(body: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(body["known_from"])


def _put_right(body: dict[str, Any], calendar: Calendar) -> tuple[dict[str, Any], tuple[Remark, ...]]:
    """An empty year is a missing year: nobody has arranged it, whatever the file calls it."""
    pattern = calendar.pattern
    arranged = {datetime.fromordinal(day).year for day in pattern.days}
    years = dict(body.get("years", {}))
    empty = sorted(year for year, status in years.items() if status == "official" and int(year) not in arranged)
    years |= dict.fromkeys(empty, "missing")
    remarks = [Remark("empty_year", year) for year in empty]
    if pattern.other_years == "official":
        years = {str(year): "official" for year in sorted(arranged) if year not in pattern.years} | years
        body = body | {"other_years": "missing", "earlier_years": pattern.earlier_years or "estimated"}
        remarks.append(Remark("open_years"))
    return (body | {"years": years} if years else body), tuple(remarks)


def _changes(before: Pattern, after: Pattern) -> Iterator[Remark]:
    if before.zone != after.zone:
        yield Remark("zone_changed", after.zone)
    if before.region != after.region:
        yield Remark("region_changed", after.region)
    if before.hours is not None and after.hours is None:
        yield Remark("hours_lost")
    lost = sorted(set(before.days) - set(after.days))
    if lost:
        yield Remark("days_lost", str(len(lost)))


def _digest(body: dict[str, Any], before: str) -> str:
    return hashlib.sha256(msgspec.json.encode([body, before], order="sorted")).hexdigest()
