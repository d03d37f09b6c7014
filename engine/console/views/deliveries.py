"""The log of what was sent: every message with every attempt. What it said is the addressee's; here stand kind and case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql

STATUSES = ("due", "sending", "delivered", "undeliverable", "given_up")
FINAL = STATUSES[2:]


class DeliveryRow(msgspec.Struct, frozen=True):
    id: str
    channel: str
    recipient: str
    kind: str
    level: str
    status: str
    case_id: str | None
    notices: int
    attempts: list[dict[str, Any]]
    waits: bool
    not_before: datetime | None
    carried_by: str | None
    again_of: str | None
    created_at: datetime
    delivered_at: datetime | None

    @property
    def person(self) -> str | None:
        """None where a group or another system reads it."""
        return None if self.recipient.startswith("channel:") else self.recipient

    @property
    def ended(self) -> bool:
        return self.status in FINAL


_COLUMNS = (
    "id, channel, recipient, kind, level, status, case_id, cardinality(notices) AS notices, attempts, waits, not_before,"
    " carried_by, again_of, created_at, delivered_at"
)


def list_deliveries(
    db: psycopg.Connection[Any], channel: str = "", status: str = "", before: str = "", most: int = 50
) -> list[DeliveryRow]:
    """Newest first, one more than `most` if there are more; `before` is the cursor. The inbox only where it is asked for."""
    where = sql.Where()
    if channel:
        where.add("channel = %s", channel)
    else:
        where.add("channel <> 'inapp'")
    if status:
        where.add("status = %s", status)
    if before:
        where.add("(created_at, id) < (%s, %s)", *before.split("|", 1))
    query = f"SELECT {_COLUMNS} FROM delivery WHERE {where} ORDER BY created_at DESC, id DESC LIMIT {most + 1}"  # noqa: S608
    return sql.rows(db, DeliveryRow, query, where.values)
