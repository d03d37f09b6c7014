"""Conditions that are only there when asked for, so that each query keeps its index; and lists whose every part is one scan of an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.rows import class_row

Row = TypeVar("Row")


class Where:
    """`where.add("unit = %s", unit)`; text of conditions is ours, values are parameters."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.values: list[Any] = []
        self.spread: list[str] = []  # one scan for each of these, called `of_unit.name` in the conditions
        self.few = False  # found by these conditions alone, before anything is put in order

    def add(self, condition: str, *values: Any) -> None:
        self._conditions.append(condition)
        self.values.extend(values)

    def but(self, condition: str, *values: Any) -> Where:
        """These conditions and one more."""
        more = Where()
        more._conditions, more.values = list(self._conditions), list(self.values)
        more.spread, more.few = self.spread, self.few
        more.add(condition, *values)
        return more

    def spread_over(self, query: str) -> str:
        """A query in brackets with these conditions, as one scan for each of what they are spread over."""
        if not self.spread:
            return query
        return f"(SELECT found.* FROM unnest(%s::text[]) AS of_unit(name), LATERAL {query} AS found)"  # noqa: S608

    @property
    def all_values(self) -> list[Any]:
        """What `spread_over` needs."""
        return [self.spread, *self.values] if self.spread else self.values

    def within(self, units: frozenset[str] | None, *, own: str | None = None, person: str | None = None) -> None:
        """Only things of these units (None: of all), or things of one's own: `own` is the condition with one %s for the person."""
        if units is None:
            return
        if own is None:
            self.add("unit = ANY(%s)", sorted(units))
        elif not units:
            self.add(own, person)
        else:
            self.add(f"(unit = ANY(%s) OR {own})", sorted(units), person)

    def __str__(self) -> str:
        return " AND ".join(self._conditions) or "true"


def reach(
    where: Where, column: str, units: frozenset[str] | None, own: Sequence[str] = (), person: str = ""
) -> Iterator[Where]:
    """What somebody may see, each part on its own: things of each unit (None: all things), and one's own outside these units.

    `own` are columns that hold a person. An OR of them would be one scan without an index.
    """
    if units is None:
        yield where
        return
    if len(units) == 1:
        yield where.but(f"{column} = %s", *units)
    elif units:
        inside = where.but(f"{column} = of_unit.name")
        inside.spread = sorted(units)
        yield inside
    for place, name in enumerate(own):
        mine = where.but(f"{name} = %s", person).but(f"({column} IS NULL OR {column} <> ALL(%s))", sorted(units))
        for before in own[:place]:
            mine.add(f"{before} IS DISTINCT FROM %s", person)
        mine.few = True
        yield mine


def each(where: Iterable[Where], column: str, values: Iterable[Any]) -> Iterator[Where]:
    """The same for every value of a column that leads an index."""
    values = tuple(values)
    return (one.but(f"{column} = %s", value) for one in where for value in values)


def of(select: str, parts: Iterable[Where]) -> Iterator[tuple[str, Where]]:
    """The parts of a list that all read the same."""
    return ((select, part) for part in parts)


def newest(
    db: psycopg.Connection[Any], shape: type[Row], parts: Iterable[tuple[str, Where]], order: tuple[str, str], size: int
) -> list[Row]:
    """The first rows of all parts in an order (its columns, descending): up to `size` of each part, and the heads merged.

    A part is a query up to its conditions, and these.
    """
    (column, id_), values = order, []
    short = f"{column.rpartition('.')[2]} DESC, {id_.rpartition('.')[2]} DESC"
    queries = []
    for select, part in parts:
        if part.few:  # an offset, even of nought, keeps the planner from looking for these in the order of the list
            query = f"(SELECT * FROM ({select} WHERE {part} OFFSET 0) AS few ORDER BY {short} LIMIT {size})"  # noqa: S608
        else:
            query = f"({select} WHERE {part} ORDER BY {column} DESC, {id_} DESC LIMIT {size})"
        queries.append(part.spread_over(query))
        values += part.all_values
    if not queries:
        return []
    merged = " UNION ALL ".join(queries)
    return rows(db, shape, f"SELECT * FROM ({merged}) AS page ORDER BY {short} LIMIT {size}", values)  # noqa: S608


def rows(db: psycopg.Connection[Any], shape: type[Row], query: str, values: Iterable[Any] = ()) -> list[Row]:
    """The rows of a query as structs of `shape`; its columns are the fields."""
    with db.cursor(row_factory=class_row(shape)) as cursor:
        return cursor.execute(query.encode(), tuple(values)).fetchall()


def row(db: psycopg.Connection[Any], shape: type[Row], query: str, values: Iterable[Any] = ()) -> Row | None:
    with db.cursor(row_factory=class_row(shape)) as cursor:
        return cursor.execute(query.encode(), tuple(values)).fetchone()


def number(db: psycopg.Connection[Any], query: str, values: Iterable[Any] = ()) -> int:
    found = db.execute(query.encode(), tuple(values)).fetchone()
    return int(found[0]) if found else 0
