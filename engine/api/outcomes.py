"""How many cases ended in time, ended late, are open past their limit, are open."""

from __future__ import annotations

from datetime import datetime

from engine.storage.connect import Connection

# Half-open: the limit's end itself is late. A case that ended before any limit ran ended in time.
_COUNT = """
SELECT CASE
    WHEN closed_at <= %(at)s AND (expires_at IS NULL OR closed_at < expires_at) THEN 'closed_in_time'
    WHEN closed_at <= %(at)s THEN 'closed_late'
    WHEN expires_at <= %(at)s THEN 'open_past_limit'
    ELSE 'open' END AS outcome, count(*)
FROM case_file
WHERE (%(source)s::text IS NULL OR source = %(source)s) AND (%(item)s::text IS NULL OR item = %(item)s)
GROUP BY 1
"""
OUTCOMES = ("closed_in_time", "closed_late", "open_past_limit", "open")


def outcome_counts(
    connection: Connection, at: datetime, *, source: str | None = None, item: str | None = None
) -> dict[str, int]:
    """The four counts as of an instant, from the dates as they stand now."""
    rows = connection.execute(_COUNT, {"at": at, "source": source, "item": item}).fetchall()
    return dict.fromkeys(OUTCOMES, 0) | {str(name): int(number) for name, number in rows}
