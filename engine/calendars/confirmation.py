"""The confirmation: one configuration row brings a calendar into force at that instant, and every case it can concern comes up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.calendars import candidates
from engine.calendars.proposal import Proposal, propose, shipped_body
from engine.clock import Clock
from engine.storage.config import Configuration, record_all
from engine.storage.connect import Connection
from rules.errors import RuleError


class Confirmed(msgspec.Struct, frozen=True):
    """`concluded`: cases that were at rest and are looked at again, besides all open ones."""

    version: str
    known_from: datetime
    concluded: int


def confirm(connection: Connection, form: dict[str, Any], digest: str, actor: str, clock: Clock) -> Confirmed:
    """In one transaction. RuleError `impact_outdated` if another calendar came into force since `digest` was shown."""
    with connection.transaction():
        connection.execute("SELECT version FROM config_head FOR UPDATE")
        at = clock.now()
        proposal = propose(connection, form, at)
        if proposal.digest != digest:
            raise RuleError(
                "impact_outdated", "this is not the calendar whose impact was shown; look at its impact again"
            )
        span = candidates.window(connection, proposal.before, proposal.calendar, at)
        record_all(connection, _pieces(connection, proposal, at), actor, at)
        concluded = candidates.wake_concluded(connection, span, at) if span else 0
    return Confirmed(proposal.calendar.version, at, concluded)


def _pieces(connection: Connection, proposal: Proposal, at: datetime) -> list[Configuration]:
    """Where the shipped calendar was in force until now it is recorded too: dates told under it must stay explainable."""
    body = proposal.body | {"known_from": at.isoformat()}
    pieces = [Configuration(kind="calendar", id=proposal.calendar.version, body=body)]
    if _none_in_force(connection):
        before = shipped_body() | {"known_from": (at - timedelta(microseconds=1)).isoformat()}
        pieces.insert(0, Configuration(kind="calendar", id=before["version"], body=before))
    return pieces


def _none_in_force(connection: Connection) -> bool:
    row = connection.execute(
        "SELECT NOT EXISTS (SELECT FROM config_entry WHERE kind = 'calendar' AND body->>'known_from' IS NOT NULL)"
    ).fetchone()
    return bool(row and row[0])
