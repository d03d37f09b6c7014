"""The outbox: what was concluded for somebody's eyes and is in no message yet, with all a message may say about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from engine.storage.connect import Connection


class Told(msgspec.Struct, frozen=True):
    """One notice, or one alert for one addressee. `row_id` is that of either; `kind` is a notice's, `level` and `cause` an alert's.

    `first`: of the addressees of one alert this one stands for all where a group is told once.
    """

    id: str
    row_id: str
    addressee: str
    kind: str | None
    level: str | None
    cause: str | None
    stream_id: str
    legal_at: datetime | None
    recorded_at: datetime
    data: dict[str, Any]
    case: str
    item: str | None
    unit: str | None
    holder: str | None
    due_on: date | None
    statutory_due_on: date | None
    clock: str | None
    backfilled: bool
    view: dict[str, Any] | None
    first: bool


# The oldest first, each locked, so that two collectors never take the same one.
_WAITING = """
SELECT o.id, o.row_id, o.addressee, n.kind, a.level, a.cause, coalesce(n.stream_id, a.stream_id), coalesce(n.legal_at, a.legal_at),
  coalesce(n.recorded_at, a.recorded_at), coalesce(n.data, a.data), coalesce(n.case_id, n.data->'fields'->>'case', a.case_id, ''),
  coalesce(c.item, n.data->>'item'), coalesce(c.unit, n.data->>'unit', a.data->>'unit'), c.holder, c.due_on, c.statutory_due_on, c.clock, coalesce(c.backfilled, false), c.view,
  NOT EXISTS (SELECT FROM alert_addressee b WHERE b.alert_id = o.row_id AND b.addressee < o.addressee)
FROM outbox o
LEFT JOIN notice n ON o.kind = 'notice' AND n.id = o.row_id
LEFT JOIN alert a ON o.kind = 'alert' AND a.id = o.row_id
LEFT JOIN case_file c ON c.case_id = coalesce(n.case_id, n.data->'fields'->>'case', a.case_id)
WHERE o.collected_at IS NULL AND o.problem IS NULL AND coalesce(n.id, a.id) IS NOT NULL
ORDER BY o.queued_at LIMIT %s FOR UPDATE OF o SKIP LOCKED
"""


def waiting(connection: Connection, limit: int) -> list[Told]:
    return [Told(*row) for row in connection.execute(_WAITING, (limit,))]


def collected(connection: Connection, ids: Sequence[str], at: datetime) -> None:
    """They are in a message now, or are not to be sent."""
    connection.execute("UPDATE outbox SET collected_at = %s WHERE id = ANY(%s::text[])", (at, list(ids)))


def troubled(connection: Connection, problems: Mapping[str, str]) -> None:
    """They could not be written; each stays with its reason until somebody has looked at it."""
    connection.execute(
        "UPDATE outbox SET problem = t.why FROM unnest(%s::text[], %s::text[]) AS t(name, why) WHERE id = t.name",
        (list(problems), list(problems.values())),
    )
