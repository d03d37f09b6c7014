"""How each detector does, by source: how often what it found was confirmed, and how often it proved empty. The console and the API tell the same."""

from __future__ import annotations

from datetime import datetime

import msgspec
from psycopg.rows import class_row

from engine.storage.connect import Connection

# An exemption told as a dismissal (with its code) is no empty suspicion.
_EMPTY = "status = 'dismissed' AND code IS NULL"
_QUERY = f"""
SELECT kind, source, trial, indication,
       count(*) FILTER (WHERE status = 'open') AS open,
       count(*) FILTER (WHERE status = 'confirmed') AS confirmed,
       count(*) FILTER (WHERE {_EMPTY}) AS dismissed,
       count(*) FILTER (WHERE status = 'excused' OR (status = 'dismissed' AND code IS NOT NULL)) AS excused,
       count(*) FILTER (WHERE status = 'withdrawn') AS withdrawn
FROM finding
WHERE recorded_at >= %(since)s AND (%(units)s::text[] IS NULL OR unit = ANY(%(units)s))
GROUP BY 1, 2, 3, 4 ORDER BY count(*) DESC, 1, 2 LIMIT %(most)s"""  # noqa: S608 - no value of anybody's


class Detector(msgspec.Struct, frozen=True):
    """Findings of one kind in cases of one source since a moment, by what became of them. `source` is null where no case is known."""

    kind: str
    source: str | None
    trial: bool
    indication: bool
    open: int
    confirmed: int
    dismissed: int
    excused: int
    withdrawn: int

    @property
    def dismissed_share(self) -> int | None:
        """Per cent of the decided ones that proved empty; an excused one was true."""
        decided = self.confirmed + self.excused + self.dismissed
        return round(100 * self.dismissed / decided) if decided else None


def detectors(db: Connection, since: datetime, units: frozenset[str] | None, most: int = 500) -> list[Detector]:
    """The most frequent first. `units` None: all."""
    values = {"since": since, "units": None if units is None else sorted(units), "most": most}
    with db.cursor(row_factory=class_row(Detector)) as reading:
        return reading.execute(_QUERY, values).fetchall()
