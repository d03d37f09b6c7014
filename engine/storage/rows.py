"""Rows in bulk: one statement for any number, the values as one JSON document that PostgreSQL reads by the table's own types.

Reading a document costs the server less than a driver needs to prepare thousands of parameters one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from psycopg import sql

from engine.storage.connect import Connection

Rows = Sequence[Mapping[str, Any]]

_encoder = msgspec.json.Encoder()


def insert(connection: Connection, table: str, rows: Rows) -> None:
    """Inserts rows that all have the same columns. Bytes are given as `hexadecimal(value)`."""
    if rows:
        connection.execute(_statement(table, rows), (_encode(rows),))


def insert_new(connection: Connection, table: str, rows: Rows) -> int:
    """Inserts the rows whose key is not there yet; returns how many."""
    if not rows:
        return 0
    statement = _statement(table, rows) + sql.SQL(" ON CONFLICT DO NOTHING")
    return connection.execute(statement, (_encode(rows),)).rowcount


def upsert(connection: Connection, table: str, key: Sequence[str], rows: Rows) -> None:
    """Inserts rows, or replaces those with the same key. A key may occur once only."""
    if rows:
        connection.execute(_statement(table, rows) + _replacing(key, rows), (_encode(rows),))


def _encode(rows: Rows) -> str:
    return _encoder.encode(rows).decode()


def hexadecimal(value: bytes | None) -> str | None:
    return None if value is None else "\\x" + value.hex()


def _statement(table: str, rows: Rows) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"
    ).format(table=sql.Identifier(table), columns=columns)


def _replacing(key: Sequence[str], rows: Rows) -> sql.Composed:
    changes = (sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column)) for column in rows[0] if column not in key)
    return sql.SQL(" ON CONFLICT ({}) DO UPDATE SET {}").format(
        sql.SQL(", ").join(map(sql.Identifier, key)), sql.SQL(", ").join(changes)
    )
