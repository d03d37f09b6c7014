"""What stands about filings: lists, one with its lint, its log (who did what when) and what changed from version to version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from engine.filings.desk import with_entry
from engine.ledger.read import read_stream
from engine.storage.connect import Connection
from rules.filing import Filing, changes
from rules.filing_decider import found_in
from rules.lint import Lint
from rules.world import World

_LIST = "SELECT data->>'id' AS id, code, coalesce(data->'item'->>'name', '') AS name, unit, phase, author, version, round, recorded_at, changed_at FROM filing"
IN_HAND = ("draft", "reviewing", "approving", "approved", "returned")
MOST = 500


class Change(msgspec.Struct, frozen=True):
    field: str
    before: Any
    after: Any


class Deed(msgspec.Struct, frozen=True):
    """One line of the log: what became of the filing, by whom (nobody: by the passing of time), and what it changed in the entry.

    Of a refused wish: its name as `remarks`, why as `code`, and the phase as it was and stayed.
    """

    type: str
    by: str | None
    at: datetime
    phase: str
    changed: tuple[Change, ...] = ()
    remarks: str | None = None
    code: str | None = None


def listed(
    connection: Connection, *, phase: str | None = None, code: str | None = None, units: list[str] | None = None
) -> list[dict[str, Any]]:
    """Filings, the last changed first. `units` None: of all units."""
    with connection.cursor(row_factory=dict_row) as reading:
        asked = {"phase = %s": phase, "code = %s": code, "unit = ANY(%s)": units}
        wanted = {condition: value for condition, value in asked.items() if value is not None}
        where = " AND ".join(wanted) or "true"
        query = f"{_LIST} WHERE {where} ORDER BY changed_at DESC, stream_id LIMIT {MOST}"  # conditions of our own
        return reading.execute(query.encode(), tuple(wanted.values())).fetchall()


def pending(connection: Connection) -> list[Filing]:
    """Every filing that somebody has in hand, the longest waiting first."""
    rows = connection.execute(
        "SELECT data FROM filing WHERE phase = ANY(%s) ORDER BY changed_at LIMIT %s",
        (list(IN_HAND), MOST),
    )
    return [_filing(row[0]) for row in rows]


def find(connection: Connection, id_: str) -> Filing | None:
    row = connection.execute("SELECT data FROM filing WHERE stream_id = %s", (f"filing:{id_}",)).fetchone()
    return _filing(row[0]) if row else None


def _filing(data: dict[str, Any]) -> Filing:
    return msgspec.convert({name: data[name] for name in Filing.__struct_fields__ if name in data}, Filing)


def lint_of(filing: Filing, world: World, at: datetime) -> tuple[Lint, ...]:
    return found_in(filing, at, with_entry(world, filing.item))


def log(connection: Connection, id_: str) -> list[Deed]:
    return list(_deeds(connection, id_))


def _deeds(connection: Connection, id_: str) -> Iterator[Deed]:
    before: dict[str, Any] = {}
    phase = ""
    for line, _, _ in read_stream(connection, f"filing:{id_}"):
        if not line.type.startswith("filing_"):
            continue
        body = msgspec.json.decode(bytes(line.body))
        if line.type == "filing_refused":
            yield Deed(line.type, line.actor, line.recorded_at, phase, (), body["wish"], body["code"])
            continue
        phase = body["phase"]
        changed = tuple(Change(*one) for one in changes(before, body["item"])) if before else ()
        before = body["item"]
        yield Deed(line.type, line.actor, line.recorded_at, phase, changed, _remarks(body))


def _remarks(body: dict[str, Any]) -> str | None:
    """What was said with it: the last review's words, or those of the one who decided."""
    said = [one for one in body["reviews"] if one["at"] is not None]
    last = max(said, key=lambda one: one["at"], default=None)
    return body["remarks"] or (
        last["remarks"] if last and body["phase"] in {"reviewing", "returned", "approving"} else None
    )


def against_published(filing: Filing, world: World) -> tuple[Change, ...]:
    """What publication of this filing would change in the item's latest version; everything, where there is none."""
    versions = world.versions(filing.code)
    known = msgspec.to_builtins(versions[-1]) if versions else {}
    ours = {"version", "effective_from", "published_on"}
    return tuple(Change(*one) for one in changes(known, filing.item) if one[0].partition(".")[0] not in ours)
