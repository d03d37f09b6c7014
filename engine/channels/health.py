"""Whether a channel works. One that fails again and again is a matter for the operators, once for each spell."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.effects.system_notices import tell_operators
from engine.storage.connect import Connection

FAILURES = 5


def worked(connection: Connection, channel: str, now: datetime) -> None:
    connection.execute(
        "UPDATE channel_state SET failures = 0, failing_since = NULL, last_ok_at = %s WHERE channel = %s",
        (now, channel),
    )


def did_not_work(connection: Connection, channel: str, answer: str, zone: ZoneInfo, now: datetime) -> None:
    row = connection.execute(
        "UPDATE channel_state SET failures = failures + 1, failing_since = coalesce(failing_since, %s),"
        " last_failed_at = %s, last_answer = %s WHERE channel = %s RETURNING failures, failing_since",
        (now, now, answer, channel),
    ).fetchone()
    if row is not None and row[0] >= FAILURES:
        _tell(connection, channel, answer, row[0], row[1], zone, now)


def _tell(
    connection: Connection, channel: str, answer: str, failures: int, since: datetime, zone: ZoneInfo, now: datetime
) -> None:
    row = connection.execute(
        "SELECT count(*) FROM delivery WHERE channel = %s AND status IN ('due', 'sending')", (channel,)
    ).fetchone()
    waiting = row[0] if row else 0
    values = {
        "channel": channel, "failures": failures, "since": since, "last_answer": answer or "—", "waiting": waiting,
    }  # fmt: skip
    tell_operators(connection, "channel_failing", f"{channel}|{since.isoformat()}", values, zone, now)
