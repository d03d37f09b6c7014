"""How fast a channel may send, kept in the database for all workers: so many messages in any minute, and pauses a service asks for."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.storage.connect import Connection

# A second more than the services' minute: a message may reach them sooner after the one before than it left us.
WINDOW = timedelta(seconds=61)


def take_turn(connection: Connection, channel: str, per_minute: int | None) -> float:
    """0 where the turn is taken and counted; else the seconds to wait for one."""
    connection.execute("INSERT INTO channel_state (channel) VALUES (%s) ON CONFLICT DO NOTHING", (channel,))
    row = connection.execute(
        "SELECT sent, quiet_until, clock_timestamp() FROM channel_state WHERE channel = %s FOR UPDATE", (channel,)
    ).fetchone()
    assert row is not None, "written by the statement before"
    sent, quiet_until, now = row
    recent = [at for at in sent if at > now - WINDOW]
    if (free_at := _free_at(recent, quiet_until, now, per_minute)) > now:
        return float((free_at - now).total_seconds())
    if per_minute is not None:
        connection.execute("UPDATE channel_state SET sent = %s WHERE channel = %s", ([*recent, now], channel))
    return 0.0


def hush(connection: Connection, channel: str, seconds: float) -> None:
    """The service wants no more for so long: nobody asks it before."""
    connection.execute(
        "UPDATE channel_state SET quiet_until = greatest(quiet_until, clock_timestamp() + make_interval(secs => %s))"
        " WHERE channel = %s",
        (seconds, channel),
    )


def _free_at(recent: list[datetime], quiet_until: datetime | None, now: datetime, per_minute: int | None) -> datetime:
    free_at = quiet_until or now
    if per_minute is not None and len(recent) >= per_minute:
        free_at = max(free_at, recent[-per_minute] + WINDOW)
    return free_at
