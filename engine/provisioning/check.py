"""What the records of a catalogue say about each other: no name may lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

import msgspec

from engine.documents.check import TemplateError
from engine.documents.check import check as try_template
from engine.intake.check import CONSOLE, ENGINE
from engine.procedures.charts import chart_of
from engine.provisioning.folder import Catalogue, ProvisionError
from notifications.channels.forms import problems
from rules.errors import RuleError
from rules.formula import flaws
from rules.items import Item
from rules.world import PostName, Unit

_POSTS_OF_UNIT = ("first_responsible", "deputy_in_charge", "section_head", "discipline_group")


class Remark(msgspec.Struct, frozen=True):
    """What is wrong with one record: its list, its place there (None: of no single record), and the field."""

    message: str
    kind: str = ""
    place: int | None = None
    field: str = ""
    twice: bool = False


def check(catalogue: Catalogue) -> None:
    """Raises ProvisionError with every name that leads nowhere and every id given twice."""
    if wrong := [remark.message for remark in found_in(catalogue)]:
        raise ProvisionError("\n".join(wrong))


def found_in(catalogue: Catalogue) -> Iterator[Remark]:
    """The same, each with the record it is about."""
    yield from _twice(catalogue)
    yield from _units(catalogue)
    yield from _people(catalogue)
    yield from _items(catalogue)
    for parts in (_sources, _channels, _documents, _last_address, _formulas):
        yield from (Remark(message) for message in parts(catalogue))


def _twice(catalogue: Catalogue) -> Iterator[Remark]:
    named = {
        "units": [u.id for u in catalogue.units],
        "people": [f"{p.id} as {p.post} of {p.unit} from {p.since}" for p in catalogue.people],
        "items": [f"{i.code} version {i.version}" for i in catalogue.items],
        "sources": [s.id for s in catalogue.sources],
        "accountability": [f"{a.unit} version {a.version}" for a in catalogue.accountability],
        "evaluation": [f"{f.subject} version {f.version}" for f in catalogue.evaluation],
        "calendars": [c.version for c in catalogue.calendars],
        "channels": [c.id for c in catalogue.channels],
        "documents": [f"{d.id} version {d.version}" for d in catalogue.documents],
    }
    for key, names in named.items():
        for name, times in Counter(names).items():
            if times > 1:
                last = len(names) - 1 - names[::-1].index(name)
                yield Remark(f"{key}: {name} is given {times} times; keep one", key, last, twice=True)


def _units(catalogue: Catalogue) -> Iterator[Remark]:
    units, people = _ids(catalogue)
    by_id = {u.id: u for u in catalogue.units}
    for place, unit in enumerate(catalogue.units):
        if unit.parent is not None and unit.parent not in units:
            text = f"unit {unit.id}: parent {unit.parent!r} is no unit of this folder"
            yield Remark(text, "units", place, "parent")
        if _runs_in_a_circle(unit, by_id):
            yield Remark(f"unit {unit.id}: its parents lead back to itself", "units", place, "parent")
        for post in _POSTS_OF_UNIT:
            named = getattr(unit, post)
            if named is not None and named not in people:
                text = f"unit {unit.id}: {post} {named!r} is no person of this folder"
                yield Remark(text, "units", place, post)


def _runs_in_a_circle(unit: Unit, units: dict[str, Unit]) -> bool:
    seen: set[str] = set()
    place: Unit | None = unit
    while place is not None and place.id not in seen:
        seen.add(place.id)
        place = units.get(place.parent or "")
    return place is not None


def _people(catalogue: Catalogue) -> Iterator[Remark]:
    units, _ = _ids(catalogue)
    for place, person in enumerate(catalogue.people):
        if person.unit not in units:
            text = f"person {person.id}: unit {person.unit!r} is no unit of this folder"
            yield Remark(text, "people", place, "unit")


def _items(catalogue: Catalogue) -> Iterator[Remark]:
    units, people = _ids(catalogue)
    holders = people | {f"post:{post}" for post in get_args(PostName)}
    for place, item in enumerate(catalogue.items):
        if item.unit not in units:
            text = f"item {item.code}: unit {item.unit!r} is no unit of this folder"
            yield Remark(text, "items", place, "unit")
        if item.committed_limit is None and item.statutory_limit is None:
            text = f"item {item.code}: one of committed_limit and statutory_limit is required"
            yield Remark(text, "items", place, "committed_limit")
        if item.flow_chart is not None and (wrong := _wrong_chart(item)):
            yield Remark(f"item {item.code}: flow_chart: {wrong}", "items", place, "flow_chart")
        for field, where, holder in _holders(item):
            if holder not in holders:
                text = f"item {item.code}: {where} {holder!r} is neither a person of this folder nor post:NAME"
                yield Remark(text, "items", place, field)


def _wrong_chart(item: Item) -> str | None:
    try:
        chart_of(item)
    except RuleError as error:
        return str(error)
    return None


def _holders(item: Item) -> Iterator[tuple[str, str, str]]:
    """Field, how it is said, and the holder named."""
    if item.holder is not None:
        yield "holder", "holder", item.holder
    for place, step in enumerate(item.steps):
        if step.holder is not None:
            yield f"steps[{place}].holder", f"step {step.id}: holder", step.holder


def _sources(catalogue: Catalogue) -> Iterator[str]:
    for source in catalogue.sources:
        if source.id in {CONSOLE, ENGINE}:
            yield f"source {source.id!r}: the engine speaks for itself under this name; choose another"


def _channels(catalogue: Catalogue) -> Iterator[str]:
    units, _ = _ids(catalogue)
    for channel in catalogue.channels:
        for problem in problems(channel):
            yield f"channel {channel.id}: {problem}"
        for unit in channel.units:
            if unit not in units:
                yield f"channel {channel.id}: unit {unit!r} is no unit of this folder"


def _documents(catalogue: Catalogue) -> Iterator[str]:
    """A template is tried with made-up values here, not when a paper is due."""
    units, _ = _ids(catalogue)
    for template in catalogue.documents:
        if template.unit is not None and template.unit not in units:
            yield f"document {template.id}: unit {template.unit!r} is no unit of this folder"
        if template.version < 1:
            yield f"document {template.id}: version {template.version}; 0 is the shipped one, begin with 1"
        try:
            try_template(template)
        except TemplateError as error:
            yield f"document {error}"


def _last_address(catalogue: Catalogue) -> Iterator[str]:
    """By accountability.md 4 the last address of every alert exists, or the engine does not start."""
    units, people = _ids(catalogue)
    if catalogue.leading_group_office is None:
        yield "leading_group_office is missing; name the unit or person that every alert may reach at last"
    elif catalogue.leading_group_office not in units | people:
        yield f"leading_group_office: {catalogue.leading_group_office!r} is no unit or person of this folder"
    for inspector in catalogue.inspectors:
        if inspector not in people:
            yield f"inspectors: {inspector!r} is no person of this folder"


def _formulas(catalogue: Catalogue) -> Iterator[str]:
    for formula in catalogue.evaluation:
        for flaw in flaws(formula):
            yield f"evaluation of {formula.subject} version {formula.version}: {flaw.field}: {flaw.message}"


def _ids(catalogue: Catalogue) -> tuple[set[str], set[str]]:
    return {u.id for u in catalogue.units}, {p.id for p in catalogue.people}
