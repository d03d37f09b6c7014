"""A rehearsal file (interfaces.md section 2) as typed values: every error says where and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from engine.conditions import conditions_of
from engine.procedures.charts import charts_of
from rules.accountability import Accountability
from rules.calendar import Calendar, shipped
from rules.errors import RuleError, refusal
from rules.facts import Evidence, Fact
from rules.formula import Formula, checked
from rules.instants import moment
from rules.items import Item, Struct
from rules.payloads import INTERNAL_TYPES, PAYLOADS, WORLD_TYPES, Watermark, payload_of
from rules.profile import profile_from
from rules.rehearsal import Outage
from rules.rehearsal_report import Question
from rules.world import Person, Source, Unit, World

LAST_ADDRESS = "leading_group_office"  # where a file names none: the last address always exists (accountability.md 4)

T = TypeVar("T")


class GivenFact(Struct, frozen=True):
    id: str
    type: str
    occurred_at: str
    case: str | None = None
    item: str | None = None
    source: str = "default"
    recorded_at: str | None = None
    reported_at: str | None = None
    sequence: int | None = None
    actor: str | None = None
    basis: str | None = None
    evidence: tuple[Evidence, ...] = ()
    data: dict[str, Any] = msgspec.field(default_factory=dict)


class GivenOutage(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    what: str
    start: str
    end: str


class GivenQuestion(Struct, frozen=True):
    case: str
    as_known_on: str
    question: str = "due"
    clock: str | None = None


class Given(Struct, frozen=True):
    jiannuo: str
    items: tuple[Item, ...]
    facts: tuple[GivenFact, ...]
    until: str
    profile: str | dict[str, Any] = "cn-mainland"
    calendars: tuple[dict[str, Any], ...] = ()
    units: tuple[Unit, ...] = ()
    people: tuple[Person, ...] = ()
    leading_group_office: str | None = None
    inspectors: tuple[str, ...] = ()
    accountability: Accountability | tuple[Accountability, ...] = ()
    evaluation: tuple[Formula, ...] = ()
    sources: tuple[Source, ...] = ()
    outages: tuple[GivenOutage, ...] = ()
    ask: tuple[GivenQuestion, ...] = ()


class Loaded(msgspec.Struct, frozen=True):
    world: World
    facts: tuple[Fact, ...]
    until: datetime
    outages: tuple[Outage, ...]
    questions: tuple[Question, ...]


def load(text: bytes) -> Loaded:
    """Raises RuleError (code, message, field) for anything the file gets wrong."""
    try:
        raw = msgspec.json.decode(text)
        given = msgspec.convert(raw, Given)
    except msgspec.ValidationError as error:
        raise refusal(error) from error
    except msgspec.DecodeError as error:
        raise RuleError("malformed", f"the file is not JSON: {error}") from error
    if given.jiannuo != "rehearsal/1":
        raise RuleError("wrong_value", "only rehearsal/1 is known", "jiannuo")
    if given.leading_group_office is None:
        given = msgspec.structs.replace(given, leading_group_office=LAST_ADDRESS)
    world = world_of(given)
    zone = world.calendars[-1][1]
    facts = tuple(_fact(fact, place, zone) for place, fact in enumerate(given.facts))
    return Loaded(world, facts, instant(given.until, zone, "until"), _outages(given, zone), _questions(given, zone))


def _outages(given: Given, zone: Calendar) -> tuple[Outage, ...]:
    return tuple(
        Outage(o.what, instant(o.start, zone, f"outages[{n}].from"), instant(o.end, zone, f"outages[{n}].to"))
        for n, o in enumerate(given.outages)
    )


def _questions(given: Given, zone: Calendar) -> tuple[Question, ...]:
    return tuple(
        Question(q.case, instant(q.as_known_on, zone, f"ask[{n}].as_known_on"), q.question, q.clock)
        for n, q in enumerate(given.ask)
    )


def world_of(given: Given) -> World:
    """The world that a file describes. Raises RuleError."""
    rules = (given.accountability,) if isinstance(given.accountability, Accountability) else given.accountability
    return World(
        profile=_named("profile", lambda: profile_from(given.profile)),
        calendars=_calendars(given),
        units=given.units,
        people=given.people,
        items=given.items,
        sources=given.sources,
        accountability=rules,
        formulas=tuple(checked(formula) for formula in given.evaluation),
        leading_group_office=given.leading_group_office,
        inspectors=given.inspectors,
        conditions=conditions_of(given.items),
        charts=charts_of(given.items),
    )


def _named(field: str, made: Callable[[], T]) -> T:
    """What is made, or the error with the field named from further out."""
    try:
        return made()
    except RuleError as error:
        raise error.under(field) from error


def _version(spec: dict[str, Any], base: str | None, known: dict[str, Calendar]) -> Calendar:
    under = None if base is None else known.get(base) or shipped(base)
    return Calendar.from_dict(spec, base=under)


def _calendars(given: Given) -> tuple[tuple[datetime, Calendar], ...]:
    """Each version from the instant it is known; one without `known_from` from the import fact that names it."""
    found: list[tuple[datetime, Calendar]] = []
    known: dict[str, Calendar] = {}
    imported = {
        f.data.get("version"): f.recorded_at or f.occurred_at for f in given.facts if f.type == "calendar.imported"
    }
    for place, spec in enumerate(given.calendars):
        spec = dict(spec)  # noqa: PLW2901 - taken apart
        since = spec.pop("known_from", None) or imported.get(spec.get("version"))
        base = spec.pop("extends", None)
        calendar = _named(f"calendars[{place}]", lambda: _version(spec, base, known))  # noqa: B023 - called at once
        known[calendar.version] = calendar
        if since is None:
            raise RuleError(
                "missing_field", "needs `known_from`, or a fact calendar.imported that names it", f"calendars[{place}]"
            )
        found.append((instant(since, calendar, f"calendars[{place}].known_from"), calendar))
    first = given.calendars[0].get("extends") if given.calendars else "CN"
    if first is not None and not any("known_from" in spec for spec in given.calendars):
        # Until the first import the shipped one, which it changes, is in force.
        found.insert(0, (datetime.min.replace(tzinfo=UTC), shipped(first)))
    return tuple(found)


def _fact(given: GivenFact, place: int, zone: Calendar) -> Fact:
    where = f"facts[{place}]"
    if given.type not in PAYLOADS or given.type in INTERNAL_TYPES:
        raise RuleError("unknown_type", f"there is no fact type {given.type!r}", f"{where}.type")
    if given.case is None and given.type not in WORLD_TYPES:
        raise RuleError("missing_field", "the field 'case' is required", f"{where}.case")
    told = moment(given.occurred_at, zone.zone, f"{where}.occurred_at")
    on = None if isinstance(told, datetime) else told
    if on is not None and given.recorded_at is None:
        raise RuleError("missing_field", "a fact with a date needs `recorded_at`", f"{where}.recorded_at")
    occurred = told if isinstance(told, datetime) else zone.end_of(told) - timedelta(microseconds=1)
    recorded = instant(given.recorded_at, zone, f"{where}.recorded_at") if given.recorded_at else occurred
    reported = instant(given.reported_at, zone, f"{where}.reported_at") if given.reported_at else recorded
    try:
        data = payload_of(given.type, given.data)
    except msgspec.ValidationError as error:
        raise refusal(error, f"{where}.data") from error
    if isinstance(data, Watermark):
        moment(data.through, zone.zone, f"{where}.data.through")
    return Fact(
        id=given.id, type=given.type, case=given.case or "", source=given.source, occurred_at=occurred, recorded_at=recorded,
        reported_at=reported, data=data, occurred_on=on, item=given.item, sequence=given.sequence, actor=given.actor,
        basis=given.basis, evidence=given.evidence,
    )  # fmt: skip


def instant(text: str, zone: Calendar, field: str) -> datetime:
    """An instant as UTC; without an offset it is in the calendar's zone, a date is its beginning."""
    at = moment(text, zone.zone, field)
    return at if isinstance(at, datetime) else zone.start_of(at)
