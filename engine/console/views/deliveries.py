"""The log of what was sent: every message with every attempt. What it said is the addressee's; here stand kind and case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql

WAITING = ("due", "sending")
STATUSES = ("due", "sending", "delivered", "undeliverable", "given_up")
FINAL = STATUSES[2:]
ASKED = ("waiting", *STATUSES)


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
    db: psycopg.Connection[Any], channel: str = "", status: str = "", after: str = "", most: int = 50
) -> list[DeliveryRow]:
    """Newest first, one more than `most` if there are more; `after` is the cursor. The inbox only where it is asked for."""
    where = sql.Where()
    if status:
        where.add("status = ANY(%s)", list(WAITING) if status == "waiting" else [status])
    if after:
        where.add("(created_at, id) < (%s::timestamptz, %s)", *after.split("~", 1))
    shown = (channel,) if channel else [name for name in channels(db) if name != "inapp"]
    parts = sql.of(f"SELECT {_COLUMNS} FROM delivery", sql.each([where], "channel", shown))  # noqa: S608
    return sql.newest(db, DeliveryRow, parts, ("created_at", "id"), most + 1)


# A channel is found by stepping along the index, one probe each, however many messages went out on it; also one that is no more.
_CHANNELS = """
WITH RECURSIVE names AS (
    (SELECT channel FROM delivery ORDER BY channel LIMIT 1)
    UNION ALL
    SELECT (SELECT d.channel FROM delivery d WHERE d.channel > names.channel ORDER BY d.channel LIMIT 1)
    FROM names WHERE names.channel IS NOT NULL)
SELECT channel FROM names WHERE channel IS NOT NULL
"""


def channels(db: psycopg.Connection[Any]) -> list[str]:
    """On which something was ever sent."""
    return [row[0] for row in db.execute(_CHANNELS.encode()).fetchall()]
