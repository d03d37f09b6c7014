"""Calendars that come by a fact or by provisioning bear on concluded cases too: those they can concern are looked at again."""

from __future__ import annotations

from datetime import datetime

from engine.calendars import candidates
from engine.storage.connect import Connection
from engine.storage.world import bodies_of, build
from rules.world import World


def wake_concluded(connection: Connection, before: World, at: datetime) -> int:
    """After calendars were recorded in this transaction; `before` is the world without them. Returns how many cases come up."""
    calendars = build(bodies_of(connection), "").calendars
    woken = 0
    for moment, calendar in calendars:
        if (moment, calendar) not in before.calendars:
            span = candidates.window(connection, before.calendar(moment), calendar, at)
            woken += candidates.wake_concluded(connection, span, max(moment, at)) if span else 0
    return woken
