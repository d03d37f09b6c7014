"""A simulation in the shapes of the API and the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from engine.simulation.draft import Draft, Scope
from engine.simulation.keep import CaseRow, Kept, MeasureRow
from engine.simulation.reading import Position

DIMENSIONS = {"item": "by_item", "unit": "by_unit", "person": "by_person"}


class Figure(msgspec.Struct, frozen=True):
    """`after` = `before` + `gained` - `lost`; dates that move (`earlier`, `later`) are only gained."""

    before: int
    after: int
    gained: int
    lost: int


class Line(msgspec.Struct, frozen=True):
    """One item, unit or person with its figures by name: cases, warning, yellow, red, deemed, held, breaches, earlier, later, measure:N, unit_measure:N, measure_threatens:N."""

    name: str
    figures: dict[str, Figure]


class Named(msgspec.Struct, frozen=True):
    """How many cases, and the first of them."""

    number: int
    cases: list[str]


class Figures(msgspec.Struct, frozen=True):
    """`unlike`: cases whose record says otherwise than the rules in force today, draft or not; `failed`: those the rules could not derive."""

    cases: int
    totals: dict[str, Figure]
    by_item: list[Line]
    by_unit: list[Line]
    by_person: list[Line]
    unlike: Named
    failed: Named


class Simulation(msgspec.Struct, frozen=True):
    """`draft_hash` names the draft; `position` what of the ledger was read, and under which versions."""

    id: str
    title: str
    status: str
    done: int
    total: int
    requested_by: str
    created_at: datetime
    draft: Draft
    draft_hash: str
    scope: Scope
    position: Position | None
    figures: Figures | None
    problem: str | None
    cancelled_by: str | None


def simulation(kept: Kept) -> Simulation:
    return Simulation(
        id=kept.id,
        title=kept.title,
        status=kept.status,
        done=kept.done,
        total=kept.total,
        requested_by=kept.requested_by,
        created_at=kept.created_at,
        draft=msgspec.convert(kept.draft, Draft),
        draft_hash=kept.draft_hash,
        scope=msgspec.convert(kept.scope, Scope),
        position=msgspec.convert(kept.position, Position) if kept.position else None,
        figures=figures(kept.figures) if kept.figures else None,
        problem=kept.problem,
        cancelled_by=kept.cancelled_by,
    )


def figures(stored: dict[str, Any]) -> Figures:
    tables: dict[str, dict[str, dict[str, Figure]]] = {name: {} for name in ("all", *DIMENSIONS)}
    for dimension, name, figure, count in stored["counts"]:
        tables[dimension].setdefault(name, {})[figure] = Figure(*count)
    lines = {key: [Line(*one) for one in sorted(tables[dimension].items())] for dimension, key in DIMENSIONS.items()}
    unlike, failed = (msgspec.convert(stored[name], Named) for name in ("unlike", "failed"))
    return Figures(stored["cases"], tables["all"].get("", {}), **lines, unlike=unlike, failed=failed)


class Change(msgspec.Struct, frozen=True):
    """One case: what it counts in only after and only before, and how it stands in both."""

    case: str
    item: str
    unit: str
    persons: list[str]
    gained: list[str]
    lost: list[str]
    before: dict[str, Any]
    after: dict[str, Any]


def change(row: CaseRow) -> Change:
    return Change(row.case_id, row.item, row.unit, row.persons, row.gained, row.lost, row.before, row.after)


class MeasureChange(msgspec.Struct, frozen=True):
    """A proposal for a person, or for a unit (`unit:ID`). `threatens`: if the breaches that the draft brings were confirmed too."""

    concerns: str
    proceeding: str
    case: str
    unit: str
    before: int | None
    after: int | None
    threatens: int | None


def measure(row: MeasureRow) -> MeasureChange:
    return MeasureChange(row.docket, row.proceeding, row.case_id, row.unit, row.before, row.after, row.threatens)
