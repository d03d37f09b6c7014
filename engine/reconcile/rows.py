"""Rows of the read tables beside the same rows derived from the ledger, of a few streams at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from psycopg import sql

from engine.rebuild.streams import Retold
from engine.rebuild.tables import TABLES, write_batch
from engine.reconcile.findings import Finding
from engine.storage.connect import APPLICATION_ROLE, Connection, Pool, open_owner
from engine.storage.read_tables import place_records
from rules.world import World

KEYS = {
    "case_file": ("case_id",),
    "alert_addressee": ("alert_id", "addressee"),
    "breach_person": ("breach_id", "person"),
}
_BY_STREAM = "stream_id = ANY(%(ids)s)"
_BY_CASE = "case_id = ANY(SELECT substr(id, 6) FROM unnest(%(ids)s::text[]) AS u(id) WHERE starts_with(id, 'case:'))"


class Unequal(msgspec.Struct, frozen=True):
    """A row of a table that differs, stands only there, or is missing there."""

    table: str
    key: tuple[str, ...]
    stream_id: str
    live: dict[str, Any] | None
    derived: dict[str, Any] | None

    @property
    def finding(self) -> Finding:
        expected, found = differing(self.derived, self.live)
        return Finding("read_table", f"{self.table} {'/'.join(self.key)}", self.stream_id, expected, found)


@contextmanager
def own_connection(pool: Pool) -> Iterator[Connection]:
    """A session for the tables beside, with the application's rights. Never one of the pool, and nothing prepared in it.

    A statement that was prepared before these tables hid the live ones would go on writing to the live ones.
    """
    assert isinstance(pool.conninfo, str)
    with open_owner(pool.conninfo) as connection:
        connection.prepare_threshold = None
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APPLICATION_ROLE)))
        connection.commit()
        yield connection


def lay_beside(connection: Connection) -> None:
    """Tables of this session alone that hide the live ones by their names; empty again after each transaction."""
    for table in TABLES:
        query = "CREATE TEMPORARY TABLE {t} (LIKE public.{t} INCLUDING ALL) ON COMMIT DELETE ROWS"
        connection.execute(sql.SQL(query).format(t=sql.Identifier(table)))
    connection.commit()


def unequal(connection: Connection, retold: Sequence[Retold], world: World) -> list[Unequal]:
    """Derives the streams' rows into the tables beside and returns where the live ones differ."""
    write_batch(connection, list(retold), world)
    for cases in ("public.case_file", "case_file"):  # a docket's alerts are of cases that may not be among these
        place_records(connection, cases=cases)
    ids = [one.stream.id for one in retold]
    return [row for table in TABLES for row in _compared(connection, table, ids)]


def put_right(connection: Connection, rows: Sequence[Unequal]) -> None:
    """The derived rows in place of the live ones. The streams are locked, and `unequal` has just derived them."""
    for row in rows:
        columns = (sql.SQL("{} = %s").format(sql.Identifier(column)) for column in _key(row.table))
        parts = {"t": sql.Identifier(row.table), "this": sql.SQL(" AND ").join(columns)}
        connection.execute(sql.SQL("DELETE FROM public.{t} WHERE {this}").format(**parts), row.key)
        query = "INSERT INTO public.{t} SELECT * FROM pg_temp.{t} WHERE {this}"
        connection.execute(sql.SQL(query).format(**parts), row.key)


def strays(connection: Connection, table: str) -> Iterator[Unequal]:
    """Rows that belong to no stream with anything on its ledger."""
    query = sql.SQL(
        "SELECT ARRAY[{key}]::text[], {own}, to_jsonb(t) FROM public.{table} t"
        " WHERE NOT EXISTS (SELECT FROM stream s WHERE s.stream_id = {own} AND s.version > 0)"
    )
    own = sql.SQL("'case:' || t.case_id" if table == "case_file" else "t.stream_id")
    for values, stream_id, live in connection.execute(
        query.format(key=_columns(table), own=own, table=sql.Identifier(table))
    ):
        yield Unequal(table, tuple(values), stream_id, live, None)


def _key(table: str) -> tuple[str, ...]:
    return KEYS.get(table, ("id",))


def _columns(table: str) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, _key(table)))


def _compared(connection: Connection, table: str, ids: Sequence[str]) -> Iterator[Unequal]:
    """The rows of these streams, joined by the table's key and compared as wholes."""
    of_cases = table == "case_file"
    query = sql.SQL(
        "WITH l AS (SELECT * FROM public.{table} WHERE {mine}), d AS (SELECT * FROM pg_temp.{table} WHERE {mine})"
        " SELECT ARRAY[{key}]::text[], {stream}, to_jsonb(l), to_jsonb(d) FROM l FULL JOIN d USING ({key})"
        " WHERE l IS DISTINCT FROM d ORDER BY 1"
    ).format(
        table=sql.Identifier(table),
        mine=sql.SQL(_BY_CASE if of_cases else _BY_STREAM),
        key=_columns(table),
        stream=sql.SQL("'case:' || case_id" if of_cases else "coalesce(l.stream_id, d.stream_id)"),
    )
    for values, stream_id, live, derived in connection.execute(query, {"ids": list(ids)}):
        yield Unequal(table, tuple(values), stream_id, live, derived)


def differing(expected: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> tuple[str, str]:
    """Both sides as text, only what differs of two rows; "—" for a row that is not there."""
    if expected is None or found is None:
        return _text(expected), _text(found)
    pairs = list(_leaves(expected, found, ""))
    return _text({name: one for name, one, _ in pairs}), _text({name: other for name, _, other in pairs})


def _leaves(expected: Any, found: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            yield from _leaves(expected.get(key), found.get(key), f"{name}.{key}" if name else key)
    elif expected != found:
        yield name, expected, found


def _text(value: Mapping[str, Any] | None) -> str:
    return "—" if value is None else msgspec.json.encode(value).decode()
