"""Fills read tables from the ledger: in place of the live ones, or beside them to be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec

from engine.ledger.read import read_streams
from engine.rebuild.streams import Retold, retell, with_view
from engine.scores.kept import forget
from engine.storage.connect import Connection
from engine.storage.read_tables import CaseRow, Standing, place_records, write_cases, write_records
from engine.storage.world import load_world
from rules.summary import summarise
from rules.world import World

TABLES = (
    "case_file", "alert", "alert_addressee", "finding", "breach", "breach_person", "certificate", "hold", "notice", "proceeding", "filing",
    "voice",
)  # fmt: skip
KINDS = ["case", "complaint", "report", "docket", "catalogue", "filing", "carriers"]
_BATCH = 500
_SHOWN = 5
Told = Callable[[int], None]


class Difference(msgspec.Struct, frozen=True):
    """Rows that stand only in the live table, or only in the one rebuilt (a changed row in both); the first of them."""

    table: str
    live: tuple[str, ...]
    rebuilt: tuple[str, ...]


def count(connection: Connection) -> int:
    """All entries of the ledger, of streams of every kind."""
    row = connection.execute("SELECT count(*) FROM entry").fetchone()
    return int(row[0]) if row else 0


def rebuild(connection: Connection, told: Told) -> int:
    """Empties and refills the read tables in the present transaction; returns the number of ledger entries read.

    Needs the owner's rights. Live intake waits meanwhile. `told` hears the number of entries done.
    """
    connection.execute(f"TRUNCATE {', '.join(TABLES)}")
    forget(connection)
    with _untouched(connection):
        return _fill(connection, told)


@contextmanager
def _untouched(connection: Connection) -> Iterator[None]:
    """Nothing is noted for the evaluation: all its figures were forgotten."""
    for word in ("DISABLE", "ENABLE"):
        for table in ("case_file", "breach", "alert", "finding", "voice", "proceeding"):
            for event in ("insert", "update", "delete"):
                connection.execute(f"ALTER TABLE {table} {word} TRIGGER {table}_touched_{event}".encode())
        if word == "DISABLE":
            yield


def compare(connection: Connection, told: Told) -> list[Difference]:
    """Rebuilds beside the live tables and says where they differ; nothing is changed."""
    for table in TABLES:
        connection.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP")
    _fill(connection, told)
    return [found for table in TABLES if (found := _difference(connection, table))]


def _fill(connection: Connection, told: Told) -> int:
    world = load_world(connection)
    entries, batch = 0, []
    for stream_id, chained in read_streams(connection, KINDS):
        batch.append(retell(stream_id, chained))
        entries += len(chained)
        if len(batch) == _BATCH:
            write_batch(connection, batch, world)
            told(entries)
            batch = []
    write_batch(connection, batch, world)
    place_records(connection)
    told(entries)
    return entries


def write_batch(connection: Connection, batch: list[Retold], world: World) -> None:
    """The rows of some streams, written to the tables that the connection finds under their names."""
    ids = [one.stream.id for one in batch]
    marks = {id_: (backfilled, next_at) for id_, backfilled, next_at in _marks(connection, ids)}
    cases = {
        one.stream.id: _case(one, world, *marks[one.stream.id])
        for one in batch
        if one.stream.id.startswith("case:") and one.stream.facts
    }
    summaries = {id_: case.summary for id_, case in cases.items()}
    records = [(one.stream.id, record) for one in batch for record in one.stream.records.values()]
    write_records(connection, [Standing(id_, record, summaries.get(id_)) for id_, record in records])
    write_cases(connection, list(cases.values()))


def _marks(connection: Connection, ids: list[str]) -> Iterator[tuple[str, bool, datetime | None]]:
    """What storage itself knows of a case: heads and wake rows are no read tables and stay as they are."""
    yield from connection.execute(
        "SELECT s.stream_id, s.backfilled, CASE WHEN c.case_id IS NULL THEN w.next_at ELSE c.next_at END"
        " FROM public.stream s LEFT JOIN public.wake w USING (stream_id)"
        " LEFT JOIN public.case_file c ON s.stream_id = 'case:' || c.case_id WHERE s.stream_id = ANY(%s)",
        (ids,),
    )


def _case(one: Retold, world: World, backfilled: bool, next_at: datetime | None) -> CaseRow:
    return CaseRow(
        summary=summarise(with_view(one, world), world, one.at, backfilled),
        version=one.stream.version,
        head_hash=one.head_hash,
        next_at=next_at,
        updated_at=one.at,
    )


def _difference(connection: Connection, table: str) -> Difference | None:
    """Rows compared as wholes, by what a person would read of them."""
    live, rebuilt = f"public.{table}", f"pg_temp.{table}"
    only_live, only_rebuilt = (
        connection.execute(f"SELECT t::text FROM (TABLE {a} EXCEPT TABLE {b}) AS t LIMIT {_SHOWN}").fetchall()  # noqa: S608 - names of our own, no values
        for a, b in ((live, rebuilt), (rebuilt, live))
    )
    if not only_live and not only_rebuilt:
        return None
    return Difference(table, tuple(row[0] for row in only_live), tuple(row[0] for row in only_rebuilt))
