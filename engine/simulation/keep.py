"""Simulations as they are kept: asked for, under way, ended; the cases and measures behind each figure."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from psycopg.rows import class_row

from engine.simulation.copying import STATEMENT, copied
from engine.simulation.draft import Draft, Scope, digest
from engine.simulation.figures import Sums
from engine.simulation.looking import Measure, Row
from engine.simulation.reading import Position
from engine.storage.connect import Connection
from engine.storage.rows import insert

GIVEN_UP_AFTER = timedelta(minutes=2)  # a process that says nothing for so long has died
MOST_NAMED = 50
_COLUMNS = "id, title, requested_by, created_at, draft, draft_hash, items, units, scope, done, total, told_at, ended_at, position, figures, problem, cancelled_by"


Status = Literal["running", "done", "failed", "broken_off", "cancelled"]


class Kept(msgspec.Struct, frozen=True):
    """One simulation. `position`: what of the ledger it rests on, and under which versions."""

    id: str
    title: str
    requested_by: str
    created_at: datetime
    draft: dict[str, Any]
    draft_hash: str
    items: list[str]
    units: list[str]
    scope: dict[str, Any]
    done: int
    total: int
    told_at: datetime
    ended_at: datetime | None
    position: dict[str, Any] | None
    figures: dict[str, Any] | None
    problem: str | None
    cancelled_by: str | None

    @property
    def status(self) -> Status:
        if self.cancelled_by is not None and self.figures is None:
            return "cancelled"
        if self.ended_at is not None:
            return "failed" if self.problem else "done"
        return "running" if datetime.now(UTC) - self.told_at < GIVEN_UP_AFTER else "broken_off"


class Asked(msgspec.Struct, frozen=True):
    title: str
    requested_by: str
    draft: Draft
    scope: Scope
    units: tuple[str, ...] = ()


def ask(connection: Connection, asked: Asked, now: datetime) -> str:
    """Writes down what was asked for; its id."""
    row = {
        "id": secrets.token_hex(8), "title": asked.title, "requested_by": asked.requested_by, "created_at": now,
        "draft": asked.draft, "draft_hash": digest(asked.draft), "items": [form["code"] for form in asked.draft.items],
        "units": asked.units, "scope": asked.scope, "done": 0, "total": 0, "told_at": datetime.now(UTC),
    }  # fmt: skip
    insert(connection, "simulation", [row])
    return str(row["id"])


def find(connection: Connection, id_: str) -> Kept | None:
    with connection.cursor(row_factory=class_row(Kept)) as reading:
        return reading.execute(f"SELECT {_COLUMNS} FROM simulation WHERE id = %s", (id_,)).fetchone()  # noqa: S608 - names of our own


def latest(connection: Connection, item: str | None = None, most: int = 50) -> list[Kept]:
    """The newest first; those about one item for its reviewers."""
    with connection.cursor(row_factory=class_row(Kept)) as reading:
        where = "WHERE %(item)s::text IS NULL OR items @> ARRAY[%(item)s::text]"
        query = f"SELECT {_COLUMNS} FROM simulation {where} ORDER BY created_at DESC, id LIMIT %(most)s"  # noqa: S608 - as above
        return reading.execute(query, {"item": item, "most": most}).fetchall()


def tell(connection: Connection, id_: str, done: int, total: int) -> bool:
    """Whether it is still wanted."""
    row = connection.execute(
        "UPDATE simulation SET done = %s, total = %s, told_at = clock_timestamp() WHERE id = %s RETURNING cancelled_by",
        (done, total, id_),
    ).fetchone()
    return row is not None and row[0] is None


def cancel(connection: Connection, id_: str, by: str) -> None:
    """One that has ended stays as it is. Whoever carries it out hears of it at the next word he says of it."""
    connection.execute(
        "UPDATE simulation SET cancelled_by = %s WHERE id = %s AND ended_at IS NULL AND cancelled_by IS NULL", (by, id_)
    )


def clear(connection: Connection, id_: str) -> None:
    """Of one that was cancelled nothing is kept but that it was asked for."""
    _drop(connection, id_)
    _end(connection, id_, None, None, None)


def _drop(connection: Connection, id_: str) -> None:
    """What was found of a part of the cases says nothing."""
    for table in ("simulation_case", "simulation_measure"):
        connection.execute(f"DELETE FROM {table} WHERE simulation_id = %s", (id_,))  # noqa: S608 - names of our own


def keep_cases(connection: Connection, id_: str, rows: Sequence[Row]) -> None:
    with connection.cursor().copy(STATEMENT) as copy:
        copy.write(copied(id_, rows))


def keep_measures(connection: Connection, id_: str, found: Sequence[Measure]) -> None:
    """Those that would be others."""
    insert(
        connection,
        "simulation_measure",
        [
            {"simulation_id": id_, "docket": one.docket, "proceeding": one.proceeding, "case_id": one.case, "unit": one.unit,
             "before": one.before, "after": one.after, "threatens": one.threatens}
            for one in found
            if not one.before == one.after == one.threatens
        ],
    )  # fmt: skip


class Outcome(msgspec.Struct):
    """What a run found beside its rows."""

    cases: int = 0
    unlike: list[str] = []
    failed: list[str] = []


def end(connection: Connection, id_: str, seen: Position, sums: Sums, outcome: Outcome) -> None:
    figures = {
        "cases": outcome.cases,
        "unlike": {"number": len(outcome.unlike), "cases": outcome.unlike[:MOST_NAMED]},
        "failed": {"number": len(outcome.failed), "cases": outcome.failed[:MOST_NAMED]},
        "counts": [[*key, count] for *key, count in sorted(sums.listed(), key=lambda one: one[:3])],
    }
    _end(connection, id_, msgspec.to_builtins(figures), msgspec.to_builtins(seen), None)


def fail(connection: Connection, id_: str, problem: str) -> None:
    _drop(connection, id_)
    _end(connection, id_, None, None, problem)


def _end(connection: Connection, id_: str, figures: Any, position: Any, problem: str | None) -> None:
    documents = [msgspec.json.encode(one).decode() if one is not None else None for one in (figures, position)]
    connection.execute(
        "UPDATE simulation SET figures = %s::jsonb, position = %s::jsonb, problem = %s, ended_at = clock_timestamp() WHERE id = %s",
        (*documents, problem, id_),
    )


class CaseRow(msgspec.Struct, frozen=True):
    case_id: str
    item: str
    unit: str
    units: list[str]
    persons: list[str]
    gained: list[str]
    lost: list[str]
    before: dict[str, Any]
    after: dict[str, Any]


class Wanted(msgspec.Struct, frozen=True):
    """Which cases: those that a figure gained or lost, of an item, a unit or a person."""

    gained: str | None = None
    lost: str | None = None
    item: str | None = None
    unit: str | None = None
    person: str | None = None


def cases(connection: Connection, id_: str, wanted: Wanted, after: str = "", most: int = 100) -> list[CaseRow]:
    """In order of the case number, from the one after `after` on."""
    values = {"id": id_, "after": after, "most": most, **msgspec.structs.asdict(wanted)}
    with connection.cursor(row_factory=class_row(CaseRow)) as reading:
        return reading.execute(
            "SELECT case_id, item, unit, units, persons, gained, lost, before, after FROM simulation_case"
            " WHERE simulation_id = %(id)s AND case_id > %(after)s"
            " AND (%(gained)s::text IS NULL OR gained @> ARRAY[%(gained)s::text])"
            " AND (%(lost)s::text IS NULL OR lost @> ARRAY[%(lost)s::text])"
            " AND (%(item)s::text IS NULL OR item = %(item)s) AND (%(unit)s::text IS NULL OR units @> ARRAY[%(unit)s::text])"
            " AND (%(person)s::text IS NULL OR persons @> ARRAY[%(person)s::text]) ORDER BY case_id LIMIT %(most)s",
            values,
        ).fetchall()


class MeasureRow(msgspec.Struct, frozen=True):
    docket: str
    proceeding: str
    case_id: str
    unit: str
    before: int | None
    after: int | None
    threatens: int | None


def measures(
    connection: Connection, id_: str, docket: str | None = None, unit: str | None = None, most: int = 200
) -> list[MeasureRow]:
    """Proposals that would be others, the heaviest first."""
    with connection.cursor(row_factory=class_row(MeasureRow)) as reading:
        return reading.execute(
            "SELECT docket, proceeding, case_id, unit, before, after, threatens FROM simulation_measure"
            " WHERE simulation_id = %(id)s AND (%(docket)s::text IS NULL OR docket = %(docket)s)"
            " AND (%(unit)s::text IS NULL OR unit = %(unit)s)"
            " ORDER BY coalesce(threatens, after, before) DESC, docket, proceeding LIMIT %(most)s",
            {"id": id_, "docket": docket, "unit": unit, "most": most},
        ).fetchall()
