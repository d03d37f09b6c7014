"""What the database holds afterwards, asked in plain SQL: nothing of the engine's own reading is trusted here."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

_INSTANT = re.compile(r"[:@]\d{4}-\d\d-\d\dT.*$")


@dataclass(frozen=True)
class Line:
    """One line of a case's ledger. `key`: without the instant that some end with; of a fact, its message id."""

    version: int
    kind: str
    type: str
    key: str
    legal_at: datetime | None
    recorded_at: datetime


class Ledger:
    """Every line of the cases and dockets, read once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lines: dict[str, list[Line]] = defaultdict(list)
        rows = self.rows(
            "SELECT stream_id, version, kind, type, coalesce(key, message_id), legal_at, recorded_at FROM entry"
            " WHERE stream_kind IN ('case', 'docket') ORDER BY stream_id, version"
        )
        for stream_id, version, kind, type_, key, *times in rows:
            self.lines[stream_id].append(Line(version, kind, type_, _INSTANT.sub("", key), *times))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement, values or None).fetchall()

    def column(self, statement: str, *values: Any) -> list[Any]:
        return [row[0] for row in self.rows(statement, *values)]

    def of(self, case: str, kind: str = "entry") -> list[Line]:
        return [line for line in self.lines[f"case:{case}"] if line.kind == kind]

    def fact(self, case: str, message_id: str) -> Line:
        (line,) = [line for line in self.of(case, "fact") if line.key == message_id]
        return line

    def entries(self, streams: Iterable[str]) -> Iterable[tuple[str, Line]]:
        for stream in streams:
            yield from ((stream, line) for line in self.lines[stream] if line.kind == "entry")


# What is not settled yet, each with a name for the message when it never settles.
UNSETTLED = {
    "messages undecided or parked": "SELECT message_id FROM inbox WHERE pending IS NOT NULL",
    "streams that somebody waits for": "SELECT stream_id FROM stream WHERE waiting > 0",
    "moments that have passed": "SELECT stream_id FROM wake WHERE next_at <= now()",
    "workflows not told": "SELECT stream_id FROM wake WHERE seq > sent_seq",
    "notices in no message": "SELECT id FROM outbox WHERE collected_at IS NULL AND problem IS NULL",
}


def unsettled(url: str) -> dict[str, list[str]]:
    """Empty once all is quiet; else the first few of each kind."""
    found = {}
    with psycopg.connect(url) as connection:
        for name, statement in UNSETTLED.items():
            if rows := connection.execute(f"{statement} LIMIT 5").fetchall():
                found[name] = [row[0] for row in rows]
    return found
