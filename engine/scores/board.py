"""The evaluation of a period: everybody's figures, score and grade, and the year-end list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from engine.rights import UnitTree
from engine.scores.kept import tallies
from engine.scores.marks import Scope, scope_of
from engine.storage.connect import Connection
from rules.evaluation import NO_CASES, Candidate, Score, commended, evaluate
from rules.figures import Mark, Tally, by_person, by_unit, within
from rules.formula import Formula, Subject, formula_for
from rules.reporting_period import ReportingPeriod
from rules.world import World

Units = frozenset[str] | None


class Row(msgspec.Struct, frozen=True):
    """One unit with all below it, or one person. `unit` of a person is that of the post."""

    id: str
    unit: str | None
    tally: Tally
    score: Score


class Board(msgspec.Struct, frozen=True):
    """`total`: the figures of everything that may be seen, each mark once."""

    period: ReportingPeriod
    formula: Formula
    rows: tuple[Row, ...]
    total: Tally


def tree_of(world: World) -> UnitTree:
    return UnitTree({unit.id: unit.parent for unit in world.units.values()})


def board(
    db: Connection,
    world: World,
    period: ReportingPeriod,
    subject: Subject,
    units: Units = None,
    today: date = date.max,
) -> Board:
    """Everybody in these units (None: all), from the read tables. `today`: what is recent, and kept day by day."""
    own = tallies(db, world, period, today, "unit", units)
    people = tallies(db, world, period, today, "person", units) if subject == "person" else {}
    return judged(world, period, subject, own, people, units)


def rehearsed(found: Iterable[Mark], world: World, period: ReportingPeriod, subject: Subject) -> Board:
    """The same from marks worked out in memory."""
    scope = scope_of(period, world)
    those = within(found, scope.since, scope.till)
    return judged(world, period, subject, by_unit(those), by_person(those))


def judged(
    world: World, period: ReportingPeriod, subject: Subject, own: Mapping[str, Tally], people: Mapping[str, Tally], units: Units = None
) -> Board:  # fmt: skip
    """By the formula in force on the period's last day; the best first, then who had no cases. `own`: each unit's figures without those below."""
    formula = formula_for(world.formulas, subject, period.last)
    found = _of_units(own, world, units) if subject == "unit" else people
    rows = [
        Row(id_, _unit(world, subject, id_, period), tally, evaluate(formula, tally)) for id_, tally in found.items()
    ]
    rows.sort(key=lambda row: (row.score.hundredths is None, -(row.score.hundredths or 0), row.id))
    return Board(period, formula, tuple(rows), _sum(own.values()))


def _of_units(own: Mapping[str, Tally], world: World, units: Units) -> dict[str, Tally]:
    """A unit answers for all below it. Units without a mark stand there too: they had no cases."""
    tree = tree_of(world)
    seen = [id_ for id_ in {**world.units, **own} if units is None or id_ in units]
    return {id_: _sum(tally for name, tally in own.items() if tree.within(name, id_)) for id_ in seen}


def _sum(found: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in found:
        total = total.plus(tally)
    return total


def _unit(world: World, subject: Subject, id_: str, period: ReportingPeriod) -> str | None:
    if subject == "unit":
        return id_
    post = world.post_of(id_, period.last)
    return post.unit if post else None


def scope_for(world: World, period: ReportingPeriod, units: Units, unit: str | None, person: str | None) -> Scope:
    """What the cases behind a figure of `board` are listed by: a unit with all below it, a person, and what may be seen."""
    below = tree_of(world).subtree(unit) if unit is not None else None
    if below is not None and units is not None:
        below &= units
    return scope_of(period, world).only(below if below is not None else units, person)


def commendation(
    db: Connection,
    world: World,
    year: ReportingPeriod,
    subject: Subject,
    units: Units = None,
    today: date = date.max,
) -> list[Candidate]:
    """The year-end list (年终表彰): by the year's figures and the grades of its quarters. A unit above others is none of them."""
    whole = board(db, world, year, subject, units, today)
    quarters = [board(db, world, quarter, subject, units, today) for quarter in year.quarters]
    grades = [{row.id: row.score.grade for row in quarter.rows} for quarter in quarters]
    above = {
        unit.parent
        for unit in world.units.values()
        if unit.parent and world.units.get(unit.parent, unit).parent is None
    }
    candidates = [
        Candidate(row.id, row.tally, row.score, tuple(quarter.get(row.id, NO_CASES) for quarter in grades))
        for row in whole.rows
        if row.id not in above
    ]
    return commended(whole.formula, candidates)
