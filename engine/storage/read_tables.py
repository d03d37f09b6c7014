"""Read tables: rows made of records, cases and moments. Live intake and rebuild write them through here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from engine.storage.connect import Connection
from engine.storage.rows import upsert
from rules.no_case import names_no_case
from rules.stream import Record
from rules.summary import CaseSummary

Row = dict[str, Any]

# Of each kind of record: its table's own columns, with the value where the record has none.
COLUMNS: dict[str, dict[str, Any]] = {
    "alert": {
        "cause": "", "level": "warning", "rung": 0, "scheduled_at": None, "fired_at": None, "late_by_system": False,
        "acknowledged_at": None, "answered_at": None, "respond_until": None, "unit": None,
    },
    "finding": {
        "kind": "", "unit": None, "person": None, "clock": None, "source": None, "code": None, "trial": False, "indication": False,
    },
    "breach": {"kind": "", "clock": None, "unit": None, "grade": None, "supervision_flag": True, "confirmed_at": None},
    "certificate": {"number": "", "for": "case", "due_by": None, "issued_at": None, "status_since": None},
    "hold": {"reason": "", "owner": None, "closed_at": None},
    "notice": {"kind": ""},
    "voice": {
        "what": "", "number": "", "unit": None, "about": None, "subject": None, "score": None, "phase": "", "result": None,
        "owner": None, "phase_until": None, "opened_at": None,
    },
    "filing": {"code": "", "unit": None, "phase": "", "author": None, "version": None, "round": 0},
    "proceeding": {
        "person": None, "unit": None, "breach": None, "finding": None, "grade": None, "count_in_window": None,
        "proposed_level": None, "proposed_measure": None, "phase": "", "statement_until": None, "decided_level": None,
        "decided_by": None, "restoration_due": False, "opened_at": None, "phase_until": None, "owner": None,
    },
}  # fmt: skip
# The column that has another name than the record's field.
RENAMED: dict[str, tuple[str, str]] = {"notice": ("recipient", "to"), "proceeding": ("proceeding_id", "id")}


# What a record's row repeats of its case, so that lists need not join: by table the column, and that of the case.
_OF_CASE = {"alert": ("unit", "unit"), "finding": ("source", "source")}


class Standing(msgspec.Struct, frozen=True):
    """A record and the stream on whose ledger it stands. `case`: the stream's own, as it stands now, where it is a case."""

    stream_id: str
    record: Record
    case: CaseSummary | None = None

    @property
    def id(self) -> str:
        """Derived from stream and key: a rebuild gives the same one."""
        return hashlib.sha256(f"{self.stream_id}|{self.record.key}".encode()).hexdigest()[:24]


def write_records(connection: Connection, standing: Iterable[Standing]) -> None:
    """One statement for each kind of record that is there, and one each for the persons they name."""
    by_kind: dict[str, list[Standing]] = {}
    for one in standing:
        if one.record.kind in COLUMNS:
            by_kind.setdefault(one.record.kind, []).append(one)
    for kind, found in sorted(by_kind.items()):
        upsert(connection, kind, ["id"], [_row(one) for one in found])
    _write_addressees(connection, by_kind.get("alert", ()))
    _write_persons(connection, by_kind.get("breach", ()))


def _row(one: Standing) -> Row:
    record = one.record
    data = record.data
    kind, _, name = one.stream_id.partition(":")
    row = {
        "id": one.id,
        "stream_id": one.stream_id,
        "case_id": name if kind == "case" else one.stream_id if names_no_case(one.stream_id) else data.get("case"),
        "key": record.key,
        "status": record.status,
        "legal_at": record.legal_at,
        "recorded_at": record.recorded_at,
        "changed_at": record.changed_at,
        "data": data,
    }
    for column, default in COLUMNS[record.kind].items():
        value = data.get(column)
        row[column] = default if value is None else value
    if one.case is not None and record.kind in _OF_CASE:
        column, of_case = _OF_CASE[record.kind]
        row[column] = getattr(one.case, of_case) or row[column]
    if record.kind in RENAMED:
        column, field = RENAMED[record.kind]
        row[column] = data.get(field, "")
    return row


def _write_addressees(connection: Connection, alerts: Sequence[Standing]) -> None:
    """Addressees are only ever added: a rung that climbs is an alert of its own."""
    upsert(
        connection, "alert_addressee", ["alert_id", "addressee"], [row for one in alerts for row in _addressees(one)]
    )


def _addressees(one: Standing) -> Iterator[Row]:
    record = one.record
    for addressee in dict.fromkeys(record.data.get("to") or ()):
        yield {
            "alert_id": one.id,
            "addressee": addressee,
            "stream_id": one.stream_id,
            "status": record.status,
            "level": record.data.get("level", "warning"),
            "fired_at": record.data.get("fired_at"),
        }


def _write_persons(connection: Connection, breaches: Sequence[Standing]) -> None:
    """Shares may be derived anew: whoever no longer has one is taken out."""
    if not breaches:
        return
    connection.execute("DELETE FROM breach_person WHERE breach_id = ANY(%b::text[])", ([one.id for one in breaches],))
    upsert(connection, "breach_person", ["breach_id", "person"], [row for one in breaches for row in _persons(one)])


def _persons(one: Standing) -> Iterator[Row]:
    record = one.record
    proposed = record.data.get("proposed_against") or ()
    days = {share["person"]: share["working_days"] for share in record.data.get("shares") or ()}
    for person in dict.fromkeys((*days, *proposed)):
        yield {
            "breach_id": one.id,
            "person": person,
            "stream_id": one.stream_id,
            "working_days": days.get(person, 0),
            "proposed": person in proposed,
            "status": record.status,
            "legal_at": record.legal_at,
        }


class CaseRow(msgspec.Struct, frozen=True):
    """A case's summary (columns of the same names) with what storage knows of its stream."""

    summary: CaseSummary
    version: int
    head_hash: bytes
    next_at: datetime | None
    updated_at: datetime


# In the hot path: an array for each column costs the server half of what it needs to read the same rows from JSON.
_CASE_TYPES = {
    "case_id": "text", "item": "text", "item_version": "int4", "unit": "text", "status": "text", "holder": "text", "stage": "text",
    "accepted_at": "timestamptz", "clock": "text", "due_on": "date", "expires_at": "timestamptz", "statutory_due_on": "date",
    "provisional": "bool", "outcome_kind": "text", "outcome_status": "text", "legal_at": "timestamptz", "level": "text",
    "source": "text", "closed_at": "timestamptz", "backfilled": "bool", "view": "text", "version": "int4", "head_hash": "bytea",
    "next_at": "timestamptz", "updated_at": "timestamptz",
}  # fmt: skip
assert tuple(_CASE_TYPES)[: len(CaseSummary.__struct_fields__)] == CaseSummary.__struct_fields__
_CASES = (
    f"INSERT INTO case_file ({', '.join(_CASE_TYPES)})"  # noqa: S608 - names of our own, no values
    f" SELECT {', '.join('view::jsonb' if name == 'view' else name for name in _CASE_TYPES)}"
    f" FROM unnest({', '.join(f'%b::{type_}[]' for type_ in _CASE_TYPES.values())}) AS t({', '.join(_CASE_TYPES)})"
    f" ON CONFLICT (case_id) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in _CASE_TYPES if name != 'case_id')}"
)


def write_cases(connection: Connection, rows: Sequence[CaseRow]) -> None:
    if rows:
        connection.execute(_CASES, [list(column) for column in zip(*map(_case, rows), strict=True)])


def _case(row: CaseRow) -> tuple[object, ...]:
    *columns, view = msgspec.structs.astuple(row.summary)
    said = msgspec.json.encode(view).decode()
    return (*columns, said, row.version, row.head_hash, row.next_at, row.updated_at)


def write_next_moments(connection: Connection, next_at: Mapping[str, datetime | None]) -> None:
    """By case, of cases whose next moment is another though nothing was written."""
    if next_at:
        connection.execute(
            "UPDATE case_file SET next_at = t.n FROM unnest(%b::text[], %b::timestamptz[]) AS t(c, n)"
            " WHERE case_id = t.c AND next_at IS DISTINCT FROM t.n",
            (list(next_at), list(next_at.values())),
        )


def place_records(connection: Connection, case_ids: Sequence[str] | None = None, *, cases: str = "case_file") -> None:
    """Writes into alerts and findings what they repeat of their cases (None: of all); after the cases themselves.

    `cases` is the table they are looked up in, where it is not the one that the connection finds under that name.
    """
    for table, (column, of_case) in _OF_CASE.items():
        where = "" if case_ids is None else " AND t.case_id = ANY(%(cases)s::text[])"
        connection.execute(
            f"UPDATE {table} t SET {column} = c.{of_case} FROM {cases} c"  # noqa: S608 - names of our own
            f" WHERE c.case_id = t.case_id AND c.{of_case} IS NOT NULL AND t.{column} IS DISTINCT FROM c.{of_case}{where}".encode(),
            {"cases": case_ids} if case_ids is not None else None,
        )


class Moment(msgspec.Struct, frozen=True):
    """A stream's next moment. `told`: whoever asked knows it already (its workflow, which sleeps until then)."""

    stream_id: str
    next_at: datetime | None
    ended: bool
    told: bool = False


def write_moments(connection: Connection, moments: Sequence[Moment], at: datetime) -> dict[str, int]:
    """Writes the wake rows and returns each stream's `seq`, which grows when its workflow must be told.

    That is when it needs one and has none, when the moment moves earlier, and when nothing is pending any more, so that it ends. Of a
    later moment nobody is told (lazy timers); nor of the end a workflow whose own moment has come by `at`: it is waking and finds out.
    The proceedings of a docket end one by one, so they are always told.
    """
    if not moments:
        return {}
    rows = connection.execute(
        "INSERT INTO wake AS w (stream_id, next_at, armed_until, ended, seq, sent_seq)"
        " SELECT s, n, CASE WHEN s = ANY(%(told)b::text[]) THEN n END, e,"
        " CASE WHEN e OR s = ANY(%(told)b::text[]) THEN 0 ELSE 1 END, 0"
        " FROM unnest(%(ids)b::text[], %(next)b::timestamptz[], %(ended)b::bool[]) AS m(s, n, e) ORDER BY s"
        " ON CONFLICT (stream_id) DO UPDATE SET next_at = EXCLUDED.next_at, ended = EXCLUDED.ended,"
        " armed_until = CASE WHEN w.stream_id = ANY(%(told)b::text[]) THEN EXCLUDED.next_at ELSE w.armed_until END,"
        " seq = w.seq + CASE WHEN w.stream_id = ANY(%(told)b::text[]) THEN 0"
        " WHEN EXCLUDED.ended THEN (NOT w.ended AND (coalesce(w.armed_until, 'infinity') > %(at)b OR starts_with(w.stream_id, 'docket:')))::int"
        " ELSE (w.ended OR coalesce(EXCLUDED.next_at, 'infinity') < coalesce(w.next_at, 'infinity'))::int END"
        " RETURNING w.stream_id, w.seq",
        {
            "ids": [m.stream_id for m in moments],
            "next": [m.next_at for m in moments],
            "ended": [m.ended for m in moments],
            "told": [m.stream_id for m in moments if m.told],
            "at": at,
        },
        binary=True,
    )
    return dict(rows.fetchall())
