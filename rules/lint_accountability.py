"""Lint of accountability rules: a matrix that rises, complete rules with their clauses, a competent body for every measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

import msgspec

from rules.accountability import GRADES, MEASURES, UNIT_MEASURES, Accountability
from rules.competence import HEAD, deciders
from rules.lint import Lint
from rules.world import World

# What these hold is no value of the rules themselves, so no clause stands behind them.
WITHOUT_CLAUSE = frozenset({"unit", "version", "effective_from", "clauses", "detectors", "ladder"})


def lint_accountability(sets: Sequence[Accountability], world: World) -> tuple[Lint, ...]:
    """Everything found in these sets, in their order; `world` tells whether the bodies they name exist."""
    return tuple(one for rules in sets for one in _of_one(rules, world))


def _of_one(rules: Accountability, world: World) -> Iterator[Lint]:
    yield from _matrix(rules, "matrix", rules.matrix, len(MEASURES))
    yield from _matrix(rules, "unit_matrix", rules.unit_matrix, len(UNIT_MEASURES))
    yield from _grid(rules)
    yield from _bands(rules)
    yield from _names(rules)
    yield from _competence(rules, world)
    yield from _clauses(rules)


def _found(rules: Accountability, code: str, field: str, because: str = "", **values: str | int) -> Lint:
    item = f"accountability:{rules.unit or ''}"
    return Lint(code=code, severity="error", item=item, field=field, because=because, values={**values})


def _warned(rules: Accountability, code: str, field: str, because: str = "", **values: str | int) -> Lint:
    return msgspec.structs.replace(_found(rules, code, field, because, **values), severity="warning")


# -- the matrix ---------------------------------------------------------------------------------------------------------


def _matrix(rules: Accountability, field: str, given: Mapping[str, Sequence[int]] | None, most: int) -> Iterator[Lint]:
    """accountability.md 3, rule 4: more breaches, or a graver one, never give a lighter proposal."""
    if given is None:
        return
    for grade in sorted(set(given) - set(GRADES)):
        yield _found(rules, "matrix_incomplete", f"{field}.{grade}", "unknown_grade", grade=grade)
    rows = [(grade, tuple(given.get(grade, ()))) for grade in GRADES]
    whole = True
    for grade, row in rows:
        if not row:
            whole = False
            yield _found(rules, "matrix_incomplete", f"{field}.{grade}", "missing", grade=grade)
        elif not all(1 <= level <= most for level in row):
            whole = False
            yield _found(rules, "matrix_incomplete", f"{field}.{grade}", "level", row=_written(row), most=most)
        elif list(row) != sorted(row):
            yield _found(rules, "matrix_not_monotone", f"{field}.{grade}", row=_written(row))
    if whole:
        yield from _across(rules, field, rows)


def _across(rules: Accountability, field: str, rows: Sequence[tuple[str, tuple[int, ...]]]) -> Iterator[Lint]:
    longest = max(len(row) for _, row in rows)
    filled = [(grade, [row[min(n, len(row) - 1)] for n in range(longest)]) for grade, row in rows]
    for (lighter, before), (graver, after) in pairwise(filled):
        if any(a > b for a, b in zip(before, after, strict=True)):
            yield _found(
                rules, "matrix_not_monotone", f"{field}.{graver}", "grades",
                lighter=lighter, graver=graver, before=_written(before), after=_written(after),
            )  # fmt: skip


def _written(row: Sequence[int]) -> str:
    return " ".join(str(level) for level in row)


# -- severity -----------------------------------------------------------------------------------------------------------


def _grid(rules: Accountability) -> Iterator[Lint]:
    least = [rules.severity_grid.least.get(grade, 0) for grade in GRADES]
    if least != sorted(least):
        yield _found(rules, "matrix_not_monotone", "severity_grid.least", row=_written(least))


def _bands(rules: Accountability) -> Iterator[Lint]:
    """A later day must not suggest a lighter grade."""
    for name in ("working_days", "share_of_limit"):
        ends = [(GRADES.index(b.grade), getattr(b, name)) for b in rules.bands if getattr(b, name) is not None]
        starts = [start for _, start in sorted(ends)]
        if starts != sorted(starts):
            yield _found(rules, "matrix_not_monotone", f"bands.{name}", row=_written(starts))
    for place, band in enumerate(rules.bands):
        if band.working_days is None and band.share_of_limit is None:
            yield _found(rules, "matrix_incomplete", f"bands[{place}]", "band", grade=band.grade)


def _names(rules: Accountability) -> Iterator[Lint]:
    for name in sorted(set(rules.terms) - {*MEASURES, *UNIT_MEASURES}):
        yield _found(rules, "unknown_measure", f"terms.{name}", measure=name)


# -- competence ---------------------------------------------------------------------------------------------------------


def _competence(rules: Accountability, world: World) -> Iterator[Lint]:
    if rules.unit is not None and rules.unit not in world.units:
        yield _found(rules, "competence_gap", "unit", "unit", unit=rules.unit)
        return
    authority = rules.appointing_authority
    if authority is not None and authority not in world.units and not world.known(authority):
        yield _found(rules, "competence_gap", "appointing_authority", "authority", authority=authority)
    handling = {item.unit for item in world.items()}  # whose people can come before the rules at all
    for unit in [rules.unit] if rules.unit is not None else sorted(handling):
        yield from _of_unit(rules, world, unit)


def _of_unit(rules: Accountability, world: World, unit: str) -> Iterator[Lint]:
    """Nobody for a measure at all is an error; no head of its own passes every decision to what is above."""
    on = max(rules.effective_from, _today(world))
    somebody = next((p.id for p in world.people if p.unit == unit and p.in_post(on)), None)
    if somebody is None:
        return
    gaps = [level for level in range(1, len(MEASURES) + 1) if not _bodies(rules, world, unit, somebody, level, on)]
    if gaps:
        yield _found(rules, "competence_gap", "competence", "measures", levels=_written(gaps), unit=unit)
    elif not world.holders(unit, HEAD, on):
        yield _warned(rules, "competence_gap", "competence", "head", unit=unit)


def _bodies(rules: Accountability, world: World, unit: str, person: str, level: int, on: date) -> tuple[str, ...]:
    return deciders(world, rules, unit, person, level, on, frozenset())


def _today(world: World) -> date:
    """Rules that began long ago are looked at with the people of the latest set and calendar, not with those of 1900."""
    begun = [p.since for p in world.people]
    return max(begun, default=date(1900, 1, 1))


# -- clauses ------------------------------------------------------------------------------------------------------------


def _clauses(rules: Accountability) -> Iterator[Lint]:
    """Every value with its clause: what a unit sets otherwise than shipped says by which article."""
    shipped = Accountability()
    for name in Accountability.__struct_fields__:
        own = getattr(rules, name) != getattr(shipped, name)
        if own and name not in WITHOUT_CLAUSE and name not in rules.clauses:
            yield _warned(rules, "clause_missing", name, parameter=name)
