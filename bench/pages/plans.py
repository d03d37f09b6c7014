"""Every statement behind a page, and its plan: none may read a large table from end to end, nor throw away most of what it read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import msgspec
import psycopg
from psycopg.rows import TupleRow

from engine.storage.connect import Connection, Pool

LARGE, THROWN_AWAY = 5_000, 100  # rows; times what is kept
WHOLE, FOR_NOTHING = "is read from end to end", "throws away what it read"


class Statement(msgspec.Struct, frozen=True):
    query: str
    values: Any


class Fault(msgspec.Struct, frozen=True, order=True):
    """`rows`: how many were read, or read and thrown away. `table` is the relation, where there is one."""

    page: str
    what: str
    table: str
    rows: int
    query: str

    def __str__(self) -> str:
        return f"{self.page}: {self.what} ({self.rows} rows): {' '.join(self.query.split())[:200]}"


class Recording(psycopg.Cursor[TupleRow]):
    """A cursor that remembers what was asked."""

    heard: ClassVar[list[Statement]] = []

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        text = (
            query.decode() if isinstance(query, bytes) else query if isinstance(query, str) else query.as_string(self)
        )
        Recording.heard.append(Statement(text, params))
        return super().execute(query, params, **how)


@contextmanager
def recording(pool: Pool, size: int) -> Iterator[list[Statement]]:
    """All connections of the pool remember what they are asked."""
    held = [pool.getconn() for _ in range(size)]
    for connection in held:
        connection.cursor_factory = Recording
        pool.putconn(connection)
    Recording.heard.clear()
    yield Recording.heard


def faults(connection: Connection, page: str, statements: list[Statement], large: int = LARGE) -> Iterator[Fault]:
    """What is wrong with the plans of a page's statements; reading only, and as they really ran. `large`: from how many rows on it matters."""
    for one in statements:
        if one.query.lstrip(" \n(").upper().startswith(("SELECT", "WITH")) and "pg_advisory" not in one.query:
            row = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {one.query}".encode(), one.values).fetchone()
            connection.rollback()
            assert row is not None
            yield from _faults(row[0][0]["Plan"], page, one.query, large)


def _faults(node: dict[str, Any], page: str, query: str, large: int) -> Iterator[Fault]:
    times = node["Actual Loops"]
    gone = times * (node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0))
    kept = max(times * node["Actual Rows"], 1)
    where = node.get("Relation Name", "")
    if node["Node Type"] == "Seq Scan" and gone + kept > large:
        yield Fault(page, f"{where} {WHOLE}", where, int(gone + kept), query)
    elif gone > large and gone > THROWN_AWAY * kept:
        yield Fault(page, f"{node['Node Type']} on {where} {FOR_NOTHING}", where, int(gone), query)
    for below in node.get("Plans", ()):
        yield from _faults(below, page, query, large)
