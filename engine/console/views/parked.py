"""Facts that wait or are in quarantine, oldest first, and those that people settled, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql

PAGE = 100


class WaitingRow(msgspec.Struct, frozen=True):
    """`item` is given for what is in quarantine; `why` is the reason it waits."""

    source: str
    message_id: str
    case_id: str
    item: str | None
    type: str
    why: str
    detail: str | None
    since: datetime


class SettledRow(msgspec.Struct, frozen=True):
    """`what`: source and id of the fact. `actor` None: nobody in particular, it was released."""

    case_id: str
    what: str
    how: str
    actor: str | None
    at: datetime


_PARKED = "SELECT source, message_id, case_id, NULL AS item, type, why, detail, since FROM parked"
_QUARANTINED = "SELECT source, message_id, case_id, item, type, why, NULL AS detail, since FROM quarantine WHERE released_at IS NULL"


def parked(db: psycopg.Connection[Any], source: str = "", after: str = "") -> list[WaitingRow]:
    """The oldest first; one row more than a page when there is a next one."""
    return _listed(db, _PARKED, source, after)


def quarantined(db: psycopg.Connection[Any], source: str = "", after: str = "") -> list[WaitingRow]:
    return _listed(db, _QUARANTINED, source, after)


def _listed(db: psycopg.Connection[Any], select: str, source: str, after: str) -> list[WaitingRow]:
    where = sql.Where()
    if source:
        where.add("source = %s", source)
    if after:
        where.add("(since, message_id) > (%s::timestamptz, %s)", *after.split("~", 1))
    query = f"SELECT * FROM ({select}) AS w WHERE {where} ORDER BY since, message_id LIMIT {PAGE + 1}"  # noqa: S608
    return sql.rows(db, WaitingRow, query, where.values)


def counts(db: psycopg.Connection[Any]) -> dict[str, int]:
    waiting = sql.number(db, "SELECT count(*) FROM parked")
    return {
        "parked": waiting,
        "quarantined": sql.number(db, "SELECT count(*) FROM quarantine WHERE released_at IS NULL"),
    }


def waiting(db: psycopg.Connection[Any], source: str, message_id: str) -> WaitingRow | None:
    """One fact, wherever it waits."""
    query = f"SELECT * FROM ({_PARKED} UNION ALL {_QUARANTINED}) AS w WHERE source = %s AND message_id = %s"  # noqa: S608 - our own words
    return sql.row(db, WaitingRow, query, (source, message_id))


_SETTLED = """
(SELECT i.case_id, i.message AS what, 'discarded' AS how, e.actor, i.received_at AS at FROM inbox i
LEFT JOIN entry e ON e.stream_id = i.stream_id AND e.source = i.source AND e.message_id = i.message_id
WHERE i.source = 'console' AND i.type = 'fact.retracted' AND (i.stream_id LIKE 'source:%%' OR i.stream_id LIKE 'catalogue:%%')
ORDER BY i.received_at DESC LIMIT 100)
UNION ALL
(SELECT case_id, source || ' ' || message_id, 'released', NULL, released_at FROM quarantine
WHERE released_at IS NOT NULL AND why <> 'discarded' ORDER BY released_at DESC LIMIT 100)
ORDER BY at DESC LIMIT 100
"""


def settled(db: psycopg.Connection[Any]) -> list[SettledRow]:
    """What people did with facts that waited."""
    return sql.rows(db, SettledRow, _SETTLED)
