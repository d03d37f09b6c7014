"""Brings the rows of one case together, on disk: a table may list its rows in any order, memory stays flat."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from engine.imports.records import Broken, CaseRecord, Row

_INSERT = "INSERT INTO spooled VALUES (?, ?, ?, ?)"
_BATCH = 2000


def by_case(rows: Iterable[Row | Broken], case_of: Callable[[Row], str | Broken]) -> Iterator[CaseRecord | Broken]:
    """One record per case: the first row's values as its attributes, all its rows as events. Broken rows come first."""
    with TemporaryDirectory(prefix="jiannuo-import-") as folder:
        table = sqlite3.connect(Path(folder) / "rows")
        try:
            table.execute("PRAGMA journal_mode = OFF")
            table.execute("PRAGMA synchronous = OFF")
            table.execute(
                "CREATE TABLE spooled (id TEXT, n INTEGER, place TEXT, row BLOB, PRIMARY KEY (id, n)) WITHOUT ROWID"
            )
            yield from _fill(table, rows, case_of)
            yield from _grouped(table)
        finally:
            table.close()


def _fill(
    table: sqlite3.Connection, rows: Iterable[Row | Broken], case_of: Callable[[Row], str | Broken]
) -> Iterator[Broken]:
    batch: list[tuple[str, int, str, bytes]] = []
    for number, row in enumerate(rows):
        case = row if isinstance(row, Broken) else case_of(row)
        if isinstance(case, Broken) or isinstance(row, Broken):
            yield case if isinstance(case, Broken) else Broken(row.place, "unreadable")
            continue
        batch.append((case, number, row.place, msgspec.msgpack.encode(row.values)))
        if len(batch) == _BATCH:
            table.executemany(_INSERT, batch)
            batch.clear()
    table.executemany(_INSERT, batch)


def _grouped(table: sqlite3.Connection) -> Iterator[CaseRecord]:
    found = table.execute("SELECT id, place, row FROM spooled ORDER BY id, n")
    for _, group in groupby(found, key=itemgetter(0)):
        events = tuple(Row(place, msgspec.msgpack.decode(row)) for _, place, row in group)
        yield CaseRecord(events[0].place, events[0].values, events)
