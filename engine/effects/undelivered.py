"""An alert that reached nobody: when every way to an addressee has failed, the case is told, and its ladder goes one up (accountability.md 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.channels.book import book, serves
from engine.clock import Clock
from engine.effects.addresses import APPLICANT, accounts
from engine.effects.outbox import Told
from engine.intake.check import ENGINE
from engine.intake.decide import decide
from engine.intake.envelope import Envelope
from engine.storage.connect import Connection
from notifications.channels.forms import ChannelForm
from rules.world import World

FAILED = frozenset({"undeliverable", "given_up"})
_ALERTS = """
SELECT a.id, a.case_id, a.level, a.cause, d.recipient FROM delivery d
JOIN alert a ON 'alert:' || a.id || ':' || d.recipient = ANY(d.notices)
WHERE d.id = %s AND d.recipient <> %s AND a.case_id IS NOT NULL AND a.status = 'open'
"""
_ANYBODY = "SELECT FROM app_user WHERE active AND person IS NOT NULL LIMIT 1"
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
    yield _word(alert, case, {"level": level, "cause": cause, "to": to, "attempts": ways[1] or 0}, clock)


def tell_of_no_channel(connection: Connection, alerts: Sequence[Told], clock: Clock) -> int:
    """The same of alerts that no way leads from: none of those asked has an account, and no group serves their unit."""
    said = [_word(one.row_id, one.case, _no_way(one), clock) for one in alerts]
    answers = decide(connection, said, clock) if said else []
    return sum(answer.outcome == "recorded" for answer in answers)


def unheard(connection: Connection, waiting: Sequence[Told], world: World) -> list[Told]:
    """Of the alerts that somebody has to answer those that reach nobody. Where nobody at all has an account the engine is not who tells."""
    asking = [one for one in waiting if one.cause and one.case and not one.backfilled and _must_be_answered(one)]
    if not asking or connection.execute(_ANYBODY).fetchone() is None:
        return []
    groups = [form for form in book(connection).values() if not form.personal]
    alone = [one for one in asking if not any(_tells(form, one, world) for form in groups)]
    known = accounts(connection, sorted({person for one in alone for person in one.data["to"]}))
    return [one for one in alone if known.keys().isdisjoint(one.data["to"])]


def _must_be_answered(one: Told) -> bool:
    return one.level in {"red", "escalated"} or bool(one.data.get("asked"))


def _tells(form: ChannelForm, one: Told, world: World) -> bool:
    return one.level in form.levels and serves(form, one.unit, world)


def _no_way(one: Told) -> dict[str, Any]:
    return {"level": one.level, "cause": one.cause, "to": one.addressee, "attempts": 0}


def _word(alert: str, case: str, said: dict[str, Any], clock: Clock) -> Envelope:
    return Envelope(
        source=ENGINE,
        message_id=f"undeliverable:{alert}:{said['to']}",
        type="alert.undeliverable",
        case=case,
        occurred_at=clock.now(),
        data=said,
    )
