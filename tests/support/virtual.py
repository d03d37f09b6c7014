"""A rehearsal file played on a database: the same facts at the same instants through the one door, ticks at the moments between."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from engine.intake.decide import advance, decide
from engine.intake.envelope import Envelope
from engine.provisioning.folder import CalendarVersion, Catalogue
from engine.provisioning.record import provision
from engine.storage.connect import Connection, Pool
from tests.support.worlds import TestClock

_NEVER = datetime.max.replace(tzinfo=UTC)


def catalogue(spec: dict[str, Any]) -> Catalogue:
    """The configuration of a rehearsal file."""
    calendars = [CalendarVersion(form["version"], form["known_from"], form) for form in spec["calendars"]]
    parts = {name: spec[name] for name in ("units", "people", "items", "sources", "leading_group_office", "inspectors")}
    return msgspec.structs.replace(msgspec.convert(parts, Catalogue), calendars=tuple(calendars))


def play(pool: Pool, spec: dict[str, Any]) -> None:
    """Facts before ticks where instants are equal, as in virtual time. Outages are not played: here nobody is away."""
    facts = sorted(spec["facts"], key=_taken_at)
    until = datetime.fromisoformat(spec["until"])
    clock = TestClock(datetime(2024, 12, 1, tzinfo=UTC))
    with pool.connection() as db:
        provision(db, catalogue(spec), clock.now())
        while True:
            fact_at = _taken_at(facts[0]) if facts else _NEVER
            tick_at = _next_tick(db)
            if min(fact_at, tick_at) > until:
                break
            clock.at = min(fact_at, tick_at)
            if fact_at <= tick_at:
                batch = [fact for fact in facts if _taken_at(fact) == fact_at]
                facts = facts[len(batch) :]
                decide(db, [_envelope(fact) for fact in batch], clock)
            else:
                due = db.execute("SELECT stream_id FROM wake WHERE NOT ended AND next_at <= %s", (clock.at,)).fetchall()
                advance(db, [row[0] for row in due], clock)
        clock.at = until


def _taken_at(fact: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(fact.get("recorded_at") or fact["occurred_at"])


def _next_tick(db: Connection) -> datetime:
    row = db.execute("SELECT min(next_at) FROM wake WHERE NOT ended").fetchone()
    return row[0] if row and row[0] else _NEVER


def _envelope(fact: dict[str, Any]) -> Envelope:
    return Envelope(
        source=fact["source"], message_id=fact["id"], type=fact["type"], case=fact["case"], item=fact.get("item"),
        occurred_at=datetime.fromisoformat(fact["occurred_at"]), actor=fact.get("actor"), data=fact["data"],
        raw=msgspec.json.encode({name: fact[name] for name in ("id", "type", "occurred_at", "data")}),
    )  # fmt: skip
