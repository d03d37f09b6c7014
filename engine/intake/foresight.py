"""What somebody would be told and by when, before an act is done: decided for real, the clock put on to the end of the term, and all undone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from engine.clock import Clock
from engine.intake.decide import advance, decide
from engine.intake.envelope import Answer, Envelope
from engine.storage.connect import Connection

_WRITTEN = "SELECT version, type, key, body FROM entry WHERE stream_id = %s AND kind = 'entry' AND version > %s ORDER BY version"
_VERSION = "SELECT version FROM stream WHERE stream_id = %s"
_FROZEN = "SELECT coalesce(person, unit) FROM proceeding WHERE case_id = %s AND phase = 'referred' ORDER BY 1"


class Card(msgspec.Struct, frozen=True):
    """An alert that would follow."""

    level: str
    to: tuple[str, ...]
    at: datetime


class Foreseen(msgspec.Struct, frozen=True):
    """`told`: who hears of it at once; `found`: findings it opens; `frozen`: whose proceedings stop; `cards`: who is asked if nobody answers."""

    answer: Answer
    told: tuple[str, ...] = ()
    until: date | None = None
    found: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()


class At:
    """A clock that stands."""

    def __init__(self, shows: datetime) -> None:
        self._shows = shows

    def now(self) -> datetime:
        return self._shows

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self._shows).total_seconds()


def foreseen(connection: Connection, act: Envelope, cause: str, ends: datetime, clock: Clock) -> Foreseen:
    """`cause`: of the alerts that the act brings about while nobody answers it before `ends`."""
    stream = f"case:{act.case}"
    with connection.transaction(force_rollback=True):
        before, frozen = _version(connection, stream), _frozen(connection, act.case)
        answer = decide(connection, [act], clock)[0]
        written = _written(connection, stream, before)
        notices = [one for one in written if one["type"] == "notice_due" and cause in one["key"]]
        days = [one["data"]["fields"]["due_on"] for one in notices]
        return Foreseen(
            answer=answer,
            told=tuple(one["data"]["to"] for one in notices),
            until=date.fromisoformat(days[0]) if days else None,
            found=tuple(one["data"]["kind"] for one in written if one["type"] == "finding_opened"),
            frozen=tuple(one for one in _frozen(connection, act.case) if one not in frozen),
            cards=_unanswered(connection, stream, cause, ends) if answer.code is None else (),
        )


def unanswered(connection: Connection, case: str, cause: str, ends: datetime) -> tuple[Card, ...]:
    """The cards that follow an alert of a case if nobody says anything until `ends`."""
    with connection.transaction(force_rollback=True):
        return _unanswered(connection, f"case:{case}", cause, ends)


def _unanswered(connection: Connection, stream: str, cause: str, ends: datetime) -> tuple[Card, ...]:
    before = _version(connection, stream)
    advance(connection, [stream], At(ends))
    starts = (f"alert:{cause}:", f"alert:alert_unanswered:{cause}:")
    mine = [one for one in _written(connection, stream, before) if one["key"].startswith(starts)]
    return tuple(
        Card(one["data"]["level"], tuple(one["data"]["to"]), datetime.fromisoformat(one["data"]["fired_at"]))
        for one in mine
        if "to" in one["data"]
    )


def _version(connection: Connection, stream: str) -> int:
    row = connection.execute(_VERSION, (stream,)).fetchone()
    return row[0] if row else 0


def _frozen(connection: Connection, case: str) -> list[str]:
    return [row[0] for row in connection.execute(_FROZEN, (case,)).fetchall()]


def _written(connection: Connection, stream: str, after: int) -> list[dict[str, Any]]:
    """What was concluded after a version."""
    rows = connection.execute(_WRITTEN, (stream, after)).fetchall()
    return [{"type": type_, "key": key, "data": msgspec.json.decode(body)} for _, type_, key, body in rows]
