"""By when somebody must answer an alert: as recorded, else by the ladder of their unit."""

from __future__ import annotations

from datetime import datetime

from engine.console.views.alerts import AlertRow
from engine.console.visit import Visit
from rules.time_limits import due

_MUST_ANSWER = frozenset({"red", "escalated"})


def respond_until(visit: Visit, alert: AlertRow) -> datetime | None:
    """The end of the clock to answer; None for alerts that need none, and for answered ones."""
    if alert.respond_until or alert.fired_at is None or alert.level not in _MUST_ANSWER or alert.answered_at:
        return alert.respond_until
    fired_on = visit.d.local(alert.fired_at).date()
    within = visit.world.accountability_of(alert.unit or "", fired_on).ladder.answer_within
    return due(within, fired_on, visit.calendar, visit.world.profile).expires_at if within else None
