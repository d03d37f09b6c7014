"""An alert that reached nobody: when every way to an addressee has failed, the case is told, and its ladder goes one up (accountability.md 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.clock import Clock
from engine.effects.addresses import APPLICANT
from engine.intake.check import ENGINE
from engine.intake.decide import decide
from engine.intake.envelope import Envelope
from engine.storage.connect import Connection

FAILED = frozenset({"undeliverable", "given_up"})
_ALERTS = """
SELECT a.id, a.case_id, a.level, a.cause, d.recipient FROM delivery d
JOIN alert a ON 'alert:' || a.id || ':' || d.recipient = ANY(d.notices)
WHERE d.id = %s AND d.recipient <> %s AND a.case_id IS NOT NULL AND a.status = 'open'
"""
# The inbox alone is no way out: nobody knows whether somebody looks into it.
_WAYS = """
SELECT bool_and(status = ANY(%s)), sum(jsonb_array_length(attempts))::int FROM delivery
WHERE recipient = %s AND channel <> 'inapp' AND %s = ANY(notices)
"""


def tell_case(connection: Connection, delivery_id: str, clock: Clock) -> int:
    """Says it once for each alert and addressee, however often it is asked. Returns how many were said."""
    alerts = connection.execute(_ALERTS, (delivery_id, APPLICANT)).fetchall()
    said = [one for row in alerts for one in _said(connection, row, clock)]
    answers = decide(connection, said, clock) if said else []
    return sum(answer.outcome == "recorded" for answer in answers)


def _said(connection: Connection, row: tuple[Any, ...], clock: Clock) -> Iterator[Envelope]:
    alert, case, level, cause, to = row
    ways = connection.execute(_WAYS, (sorted(FAILED), to, f"alert:{alert}:{to}")).fetchone()
    if ways is None or not ways[0]:
        return
    yield Envelope(
        source=ENGINE,
        message_id=f"undeliverable:{alert}:{to}",
        type="alert.undeliverable",
        case=case,
        occurred_at=clock.now(),
        data={"level": level, "cause": cause, "to": to, "attempts": ways[1] or 0},
    )
