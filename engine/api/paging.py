"""Keyset pages over one table: filters, a cursor, newest or smallest key first. No OFFSET, so page 10,000 costs what page 1 costs."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import sql
from psycopg.rows import dict_row

from engine.api.problems import ProblemError
from engine.storage.connect import Connection

LARGEST_PAGE = 500
_OPERATORS = {"_before": "<", "_from": ">="}


class Register(msgspec.Struct, frozen=True):
    """A list that can be asked for. `order`: columns of the cursor, the last one unique; `filters`: parameter → column.

    `few`: values of a filter that few rows have, all of them at one end of the order: found by it first, then put in order.
    """

    table: str
    columns: tuple[str, ...]
    order: tuple[str, ...]
    filters: Mapping[str, str]
    descending: bool = False
    few: Mapping[str, frozenset[str]] = {}


class Page(msgspec.Struct, frozen=True):
    """Rows and the cursor of the next page; None: this is the last one."""

    rows: list[dict[str, Any]]
    next: str | None


def page(connection: Connection, register: Register, wanted: Mapping[str, Any], cursor: str | None, size: int) -> Page:
    """One page. `wanted`: parameter → value; None is no filter. ProblemError for a cursor that is none of ours."""
    clauses, values = _filters(register, wanted)
    if cursor is not None:
        clauses.append(_after(register))
        values.extend(decoded(cursor, len(register.order)))
    # An offset, even of nought, keeps the planner from looking for a few rows in the order of the list.
    first = any(wanted.get(name) in values for name, values in register.few.items())
    form = "SELECT * FROM (SELECT {} FROM {} WHERE {} OFFSET 0) AS few" if first else "SELECT {} FROM {} WHERE {}"
    query = sql.SQL(f"{form} ORDER BY {{}} LIMIT {{}}").format(
        sql.SQL(", ").join(map(sql.Identifier, register.columns)),
        sql.Identifier(register.table),
        sql.SQL(" AND ").join(clauses) if clauses else sql.SQL("true"),
        sql.SQL(", ").join(_direction(register, name) for name in register.order),
        sql.Literal(size + 1),
    )
    with connection.cursor(row_factory=dict_row) as reading:
        found = reading.execute(query, values).fetchall()
    rows = found[:size]
    last = [rows[-1][name] for name in register.order] if len(found) > size else None
    return Page(rows, encoded(last) if last else None)


def _filters(register: Register, wanted: Mapping[str, Any]) -> tuple[list[sql.Composable], list[Any]]:
    clauses: list[sql.Composable] = []
    values: list[Any] = []
    for name, column in register.filters.items():
        if wanted.get(name) is not None:
            operator = next((sign for end, sign in _OPERATORS.items() if name.endswith(end)), "=")
            clauses.append(sql.SQL("{} {} %s").format(sql.Identifier(column), sql.SQL(operator)))
            values.append(wanted[name])
    return clauses, values


def _after(register: Register) -> sql.Composable:
    return sql.SQL("({}) {} ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, register.order)),
        sql.SQL("<" if register.descending else ">"),
        sql.SQL(", ").join([sql.Placeholder()] * len(register.order)),
    )


def _direction(register: Register, name: str) -> sql.Composable:
    return sql.Identifier(name) + sql.SQL(" DESC" if register.descending else "")


def encoded(last: Sequence[Any]) -> str:
    """The cursor that goes on after a row, named by the columns it is ordered by."""
    key = msgspec.json.encode([_text(value) for value in last])
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def decoded(cursor: str, length: int) -> Sequence[str]:
    """What a cursor names; ProblemError for one that is none of ours."""
    try:
        key = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[str])
    except (ValueError, msgspec.MsgspecError) as error:
        raise _strange(cursor) from error
    if len(key) != length or any("\x00" in part for part in key):
        raise _strange(cursor)
    return key


def _strange(cursor: str) -> ProblemError:
    return ProblemError(422, "malformed", f"cursor {cursor!r} is none of ours; use `next` of an answer", field="cursor")
