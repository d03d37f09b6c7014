"""How long intake has been reachable without interruption: nothing irreversible is published before a whole delay of that."""

from __future__ import annotations

from datetime import datetime

from engine.clock import Clock
from engine.storage.connect import Connection
from rules.stream import Health

BEAT_SECONDS = 1.0
# Silence of the door longer than this, in real seconds by the database's own clock, is an outage.
OUTAGE_SECONDS = 5.0

_DOOR = "intake"


def beat(connection: Connection, clock: Clock) -> None:
    """Says that the door is open. The first beat after an outage starts the reachable time anew."""
    connection.execute(
        "INSERT INTO health AS h (what, reachable_since, beat_at) VALUES (%s, %s, clock_timestamp())"
        " ON CONFLICT (what) DO UPDATE SET beat_at = EXCLUDED.beat_at, reachable_since ="
        " CASE WHEN EXCLUDED.beat_at - h.beat_at > make_interval(secs => %s) THEN EXCLUDED.reachable_since ELSE h.reachable_since END",
        (_DOOR, clock.now(), OUTAGE_SECONDS),
    )


def load_health(connection: Connection, at: datetime) -> Health:
    """What the rules may know of intake at `at`.

    While the door is silent it has been reachable since just now, so that nothing irreversible is published; where no door
    was ever opened (a database that only tools work on) there is nothing to wait for.
    """
    row = connection.execute(
        "SELECT (SELECT CASE WHEN clock_timestamp() - beat_at > make_interval(secs => %s) THEN %s ELSE reachable_since END"
        " FROM health WHERE what = %s), (SELECT jsonb_object_agg(source, through) FROM source_watermark)",
        (OUTAGE_SECONDS, at, _DOOR),
    ).fetchone()
    since, watermarks = row or (None, None)
    told = {source: datetime.fromisoformat(through) for source, through in (watermarks or {}).items()}
    return Health(reachable_since=since, watermarks=told)
