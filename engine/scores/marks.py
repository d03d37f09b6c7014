"""Figures from the read tables in set statements, and the cases behind each: the same marks counted, or listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from engine.storage.connect import Connection
from rules.figures import FIGURES, SATISFIED_FROM, SUMS, Mark, Sum, Tally
from rules.marks import window_people
from rules.reporting_period import ReportingPeriod
from rules.world import World

Key = Literal["unit", "person", "category", "month", "measure"]
_KEYS: dict[Key, str] = {
    "unit": "unit",
    "person": "person",
    "category": "category",
    "month": "to_char(at AT TIME ZONE %(zone)s, 'YYYY-MM')",
    "measure": "amount::text",
}


_CARDS = frozenset({"warnings", "yellow", "red", "escalated"})
_VOICES = frozenset({"complaints", "complaints_upheld", "ratings", "satisfied"})


class Scope(msgspec.Struct, frozen=True):
    """Which marks: of a half-open time, of these units, a person, a category of power, an amount (None: of all)."""

    since: datetime
    till: datetime
    windows: tuple[str, ...]
    zone: str
    categories: dict[str, str]
    units: frozenset[str] | None = None
    person: str | None = None
    category: str | None = None
    amount: int | None = None

    def only(self, units: frozenset[str] | None, person: str | None = None) -> Scope:
        return msgspec.structs.replace(self, units=units, person=person)


def scope_of(period: ReportingPeriod, world: World) -> Scope:
    """A period from the beginning of its first day, at the office, to the end of its last."""
    calendar = world.calendars[-1][1]
    return Scope(
        calendar.start_of(period.first),
        calendar.end_of(period.last),
        tuple(sorted(window_people(world))),
        calendar.zone.key,
        {item.code: item.category for item in world.items() if item.category},
    )


def tallies(db: Connection, scope: Scope, key: Key, figure: str | None = None) -> dict[str, Tally]:
    """Figures by unit, person, category of power, month, or by the number of the measure."""
    people = ", unnest(persons) AS person" if key == "person" else ""
    where, values = _where(scope, figure)
    query = (
        f"SELECT {_KEYS[key]} AS key, figure, count(*), sum(amount) FROM ({statement()}) AS m"  # noqa: S608 - text of our own, values are parameters
        f" LEFT JOIN unnest(%(items)s::text[], %(kinds)s::text[]) AS k(item, category) USING (item)"
        f"{people} WHERE {where} GROUP BY 1, 2"
    )
    found: dict[str, dict[str, Sum]] = {}
    for name, about, count, total in db.execute(query.encode(), values):
        if name is not None:
            found.setdefault(name, {})[about] = Sum(count, int(total))
    return {name: Tally(dict(sorted(sums.items()))) for name, sums in sorted(found.items())}


def listed(db: Connection, scope: Scope, figure: str, after: Sequence[str] = (), size: int | None = None) -> list[Mark]:
    """The marks of a figure in order of time: what `tallies` counts, one by one. `after`: the last one's `place`."""
    where, values = _where(scope, figure)
    beyond = " AND (at, case_id, about, figure) > (%(at)s::timestamptz, %(case)s, %(about)s, %(last)s)" if after else ""
    values |= dict(zip(("at", "case", "about", "last"), after, strict=True)) if after else {}
    limit = f" LIMIT {size}" if size is not None else ""
    query = (
        f"SELECT figure, unit, persons, case_id, about, at, amount FROM ({statement(single=True)}) AS m WHERE {where}{beyond}"  # noqa: S608 - text of our own, values are parameters
        f" ORDER BY at, case_id, about, figure{limit}"
    )
    return [_mark(*row) for row in db.execute(query.encode(), values)]


def place(mark: Mark) -> tuple[str, str, str, str]:
    """Where a mark stands in its list."""
    return mark.at.isoformat(), mark.case, mark.about, mark.figure


def _mark(figure: str, unit: str, persons: list[str], case: str, about: str, at: datetime, amount: int) -> Mark:
    return Mark(figure, unit, tuple(persons), case, about, at, amount)


def parameters(scope: Scope, figure: str | None = None) -> dict[str, Any]:
    """What `statement` needs; for one figure the parts that have none of its marks are left out."""
    wanted = FIGURES if figure is None else SUMS.get(figure, (figure,))
    return {
        "since": scope.since, "till": scope.till, "windows": list(scope.windows), "satisfied": SATISFIED_FROM,
        "breaches": any(name.startswith("breaches_") for name in wanted), "cards": not _CARDS.isdisjoint(wanted),
        "voices": not _VOICES.isdisjoint(wanted),
    }  # fmt: skip


def _where(scope: Scope, figure: str | None) -> tuple[str, dict[str, Any]]:
    """The one predicate of figures and of their cases."""
    conditions = ["true"]
    values: dict[str, Any] = {
        **parameters(scope, figure), "zone": scope.zone, "items": list(scope.categories), "kinds": list(scope.categories.values()),
    }  # fmt: skip
    if figure is not None:
        conditions.append("figure = ANY(%(figures)s::text[])")
        values["figures"] = list(SUMS.get(figure, (figure,)))
    if scope.units is not None:
        conditions.append("unit = ANY(%(units)s::text[])")
        values["units"] = sorted(scope.units)
    if scope.category is not None:
        conditions.append("item = ANY(%(codes)s::text[])")
        values["codes"] = [code for code, category in scope.categories.items() if category == scope.category]
    if scope.amount is not None:
        conditions.append("amount = %(amount)s")
        values["amount"] = scope.amount
    if scope.person is not None:
        conditions.append("%(person)s = ANY(persons)")
        values["person"] = scope.person
    return " AND ".join(conditions), values


@cache
def statement(*, single: bool = False) -> str:
    """Every mark of a time. `single`: of one figure, so that what is asked of it reaches its index; else what several figures share is read once."""
    text = files("engine.scores").joinpath("sql", "marks.sql").read_text("utf-8")
    return text if single else text.replace(" NOT MATERIALIZED ", " MATERIALIZED ")
