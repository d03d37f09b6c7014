"""Fills the tables that pages read with a million cases: lives played by the rules, copied by set statements under other numbers, units and dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

from psycopg import sql

from bench.past import AGO, played
from bench.progress import Shown
from engine.storage.connect import Connection
from engine.storage.read_tables import CaseRow, Standing, place_records, write_cases, write_records
from engine.storage.rows import hexadecimal, insert
from rules.rehearsal import Rehearsal
from rules.snapshot import encode
from rules.stream import Stream
from rules.summary import summarise

# By which column a table's rows belong to a played case.
COPIED = {
    "case_file": "t.case_id", "stream": "substr(t.stream_id, 6)", "alert": "t.case_id", "alert_addressee": "substr(t.stream_id, 6)",
    "finding": "t.case_id", "breach": "t.case_id", "breach_person": "substr(t.stream_id, 6)", "certificate": "t.case_id", "notice": "t.case_id",
    "proceeding": "t.case_id",
}  # fmt: skip
FILLED = (*COPIED, "message", "delivery", "voice", "hold", "inbox", "filing", "entry")
_POST = (
    "CASE WHEN t.{0} LIKE 'officer%' THEN c.holder WHEN t.{0} LIKE 'head%' THEN 'head-' || c.u"
    " WHEN t.{0} LIKE 'deputy%' THEN 'deputy-' || c.u ELSE t.{0} END"
)
_NAMED = "md5(c.name || t.{0})"
# What is past is settled, as it would be.
_LONG_AGO = "CASE WHEN c.back > interval '20 days' THEN {1} ELSE t.{0} END"
_VALUES = {
    "case_id": "c.name", "id": _NAMED, "alert_id": _NAMED, "breach_id": _NAMED, "proceeding_id": _NAMED, "unit": "c.unit", "holder": _POST, "person": _POST,
    "owner": _POST, "addressee": _POST, "decided_by": _POST, "recipient": _POST, "item": "t.{0} || '-' || c.u", "number": "t.{0} || '/' || c.n",
}  # fmt: skip
# A quarter of the cards nobody ever answered.
_ANSWERED = "CASE WHEN c.n % 4 = 0 THEN t.status ELSE 'answered' END"
_SETTLED = {
    "alert": _ANSWERED, "alert_addressee": _ANSWERED, "finding": "(ARRAY['confirmed', 'confirmed', 'dismissed', 'excused'])[1 + c.n % 4]",
}  # fmt: skip


def fill(connection: Connection, cases: int, shown: Shown) -> None:
    """Everything in the owner's connection; indexes are made at the end, as after a restore."""
    with shown.doing("playing lives"):
        _write(connection, played(datetime.now(UTC) - AGO))
    connection.execute("SELECT set_config('bench.cases', %s, false)", (str(cases),))
    _script(connection, "copies.sql")
    indexes = _without_indexes(connection)
    for table, key in COPIED.items():
        with shown.doing(f"filling {table}"):
            connection.execute(_copying(connection, table, key))
            connection.commit()
    with shown.doing("filling messages, inbox, voices, holds, filings"):
        _script(connection, "fill.sql")
    with shown.doing("indexes and statistics"):
        connection.execute("SET maintenance_work_mem = '256MB'")
        for statement in indexes:
            connection.execute(statement.encode())
        _triggers(connection, "ENABLE")
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _write(connection: Connection, rehearsal: Rehearsal) -> None:
    """The played lives themselves, as the one door would have written them."""
    streams = list(rehearsal.streams.values())
    _triggers(connection, "DISABLE")  # nobody is told of these, nothing is to be worked out again
    write_records(connection, [Standing(one.id, record) for one in streams for record in one.records.values()])
    cases = [one for one in streams if one.id.startswith("case:")]
    write_cases(connection, [_case(one, rehearsal) for one in cases])
    place_records(connection)
    insert(connection, "stream", [_head(one, rehearsal) for one in streams])
    connection.commit()


def _triggers(connection: Connection, word: str) -> None:
    for table in FILLED:
        connection.execute(f"ALTER TABLE {table} {word} TRIGGER USER".encode())


def _case(stream: Stream, rehearsal: Rehearsal) -> CaseRow:
    at = max((record.changed_at for record in stream.records.values()), default=rehearsal.until)
    return CaseRow(summarise(stream, rehearsal.world, at), stream.version, b"\0" * 32, None, at)


def _head(stream: Stream, rehearsal: Rehearsal) -> dict[str, object]:
    return {
        "stream_id": stream.id, "kind": stream.id.partition(":")[0], "version": stream.version, "head_hash": hexadecimal(b"\0" * 32),
        "recorded_at": rehearsal.until, "waiting": 0, "backfilled": False, "snapshot": hexadecimal(encode(stream)),
    }  # fmt: skip


def _script(connection: Connection, name: str) -> None:
    """A file of statements, one after the other."""
    for statement in files("bench.pages").joinpath(name).read_text("utf-8").split(";\n"):
        connection.execute(statement.encode())
    connection.commit()


def _without_indexes(connection: Connection) -> list[str]:
    """Drops what is no constraint; returns how to make it again."""
    rows = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        (list(FILLED),),
    ).fetchall()
    for name, _ in rows:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [definition for _, definition in rows]


def _copying(connection: Connection, table: str, key: str) -> bytes:
    """Every column as it is, dates earlier, names other ones."""
    found = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s",
        (table,),
    ).fetchall()
    columns: dict[str, str] = dict(found)
    values = ", ".join(_value(table, name, type_) for name, type_ in columns.items())
    named = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({named}) SELECT {values} FROM copy AS c JOIN {table} AS t ON {key} = c.of ORDER BY c.n".encode()


def _value(table: str, name: str, type_: str) -> str:
    quoted = f't."{name}"'
    if name == "stream_id":
        return "'docket:' || c.holder" if table == "proceeding" else "'case:' || c.name"
    if name == "status" and table in _SETTLED:
        return _LONG_AGO.format(name, _SETTLED[table])
    if name in _VALUES:
        return _VALUES[name].format(name)
    if type_ == "timestamp with time zone":
        return f"{quoted} - c.back"
    return f"({quoted} - c.back)::date" if type_ == "date" else quoted


def sizes(connection: Connection) -> Iterator[tuple[str, int]]:
    """The rows of the filled tables, as the planner knows them."""
    yield from connection.execute(
        "SELECT relname, sum(reltuples)::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace GROUP BY 1 HAVING sum(reltuples) > 0 ORDER BY 2 DESC"
    ).fetchall()
