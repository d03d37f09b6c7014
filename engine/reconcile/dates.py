"""Due dates by another road: SQL over a table of days and the facts of the ledger, against the limits that were told."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from importlib.resources import files

import msgspec
import psycopg

from engine.reconcile.conventions import conventions
from engine.reconcile.findings import Finding
from engine.storage.connect import Connection

_STATEMENTS = ("1_calendars", "2_facts", "3_cases", "4_pauses", "5_due", "6_compare")


class Dates(msgspec.Struct, frozen=True):
    """`compared`: clocks whose date this road gives too; `not_covered`: clocks by the reason why it does not judge them."""

    compared: int
    not_covered: dict[str, int]
    findings: tuple[Finding, ...]


def compare_dates(connection: Connection, now: datetime) -> Dates:
    """All cases in one snapshot, the two clocks of each. Reads only; its tables are gone with the transaction."""
    cursor = psycopg.ClientCursor(connection)
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    values = {**conventions(connection), "now": now}
    for name in _STATEMENTS:
        cursor.execute(files("engine.reconcile").joinpath("sql", f"{name}.sql").read_text("utf-8").encode(), values)
    not_covered = cursor.execute(
        "SELECT why, count(*) FROM road_compared WHERE why IS NOT NULL GROUP BY why"
    ).fetchall()
    compared = cursor.execute("SELECT count(*) FROM road_compared WHERE why IS NULL").fetchall()
    return Dates(compared[0][0], dict(sorted(Counter(dict(not_covered)).items())), tuple(_differences(connection)))


def _differences(connection: Connection) -> list[Finding]:
    rows = connection.execute(
        "SELECT stream, clock, due_on, expires_at, told_on, told_at FROM road_compared WHERE why IS NULL"
        " AND (due_on IS DISTINCT FROM told_on OR expires_at IS DISTINCT FROM told_at) ORDER BY stream, clock"
    )
    return [
        Finding("due_date", f"limit:{clock}", stream, _end(due_on, expires_at), _end(told_on, told_at))
        for stream, clock, due_on, expires_at, told_on, told_at in rows
    ]


def _end(day: object, at: object) -> str:
    return "—" if day is None else f"{day} ({at})"
