"""Conditions that are only there when asked for, so that each query keeps its index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import psycopg
from psycopg.rows import class_row

Row = TypeVar("Row")


class Where:
    """`where.add("unit = %s", unit)`; text of conditions is ours, values are parameters."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        self._conditions.append(condition)
        self.values.extend(values)

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
