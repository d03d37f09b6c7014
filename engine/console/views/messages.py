"""The in-app inbox of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql

PAGE = 50


class MessageRow(msgspec.Struct, frozen=True):
    id: str
    subject: str
    body: str
    kind: str
    level: str
    case_id: str | None
    created_at: datetime
    read_at: datetime | None


_COLUMNS = ", ".join(MessageRow.__struct_fields__)


def list_messages(db: psycopg.Connection[Any], person: str, after: str = "") -> list[MessageRow]:
    """Newest first; one row more than a page when there is a next one."""
    where = sql.Where()
    where.add("person = %s", person)
    if after:
        where.add("(created_at, id) < (%s::timestamptz, %s)", *after.split("~", 1))
    query = f"SELECT {_COLUMNS} FROM message WHERE {where} ORDER BY created_at DESC, id DESC LIMIT {PAGE + 1}"  # noqa: S608
    return sql.rows(db, MessageRow, query, where.values)


def mark_read(db: psycopg.Connection[Any], person: str, now: datetime, id_: str | None = None) -> None:
    """One message as read, or all of a person's."""
    where = sql.Where()
    where.add("person = %s AND read_at IS NULL", person)
    if id_:
        where.add("id = %s", id_)
    db.execute(f"UPDATE message SET read_at = %s WHERE {where}".encode(), (now, *where.values))  # noqa: S608
