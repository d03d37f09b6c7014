"""Configuration is recorded like facts: a stream per unit, person's post, item, calendar …, and one table of all versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from engine.ledger.canonical import canonical
from engine.ledger.heads import Head, lock, save
from engine.ledger.line import Line, chain
from engine.ledger.write import append
from engine.storage.connect import Connection
from engine.storage.rows import insert
from engine.storage.wakes import wake_all, wake_asked
from engine.storage.world import check_body
from rules.world import Person

Kind = Literal[
    "unit", "person", "item", "calendar", "source", "accountability", "evaluation", "channel", "document", "setting"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Kinds whose pieces carry a version of their own: several stand beside each other, each from its day on.
VERSIONED: tuple[Kind, ...] = ("item", "accountability", "evaluation")
Place = tuple[str, str | None]
SETTINGS = ("profile", "practice", "leading_group_office", "inspectors", "filing", "categories")


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of configuration in the shape of a rehearsal (interfaces.md 2). A setting's body is {"value": …}.

    `id`: of a unit, source or setting its own id; of a calendar its version; of an item its code; of a person's post see `post_id`.
    """

    kind: Kind
    id: str
    body: dict[str, Any]
    effective_from: datetime | None = None
    retired: bool = False


def post_id(person: str, unit: str, post: str, since: str) -> str:
    """Somebody may hold several posts, one after the other or at once; each is a piece of configuration."""
    return f"{person}/{unit}/{post}/{since}"


def record(
    connection: Connection,
    kind: Kind,
    id_: str,
    body: dict[str, Any],
    effective_from: datetime | None = None,
    actor: str | None = None,
    *,
    at: datetime,
) -> bool:
    """Records one version at the instant `at`; whether it differs from the last one (otherwise nothing is written)."""
    piece = Configuration(kind=kind, id=id_, body=body, effective_from=effective_from)
    return record_all(connection, [piece], actor, at) == 1


def record_all(connection: Connection, pieces: Iterable[Configuration], actor: str | None, at: datetime) -> int:
    """Records many at once, in order, in the present transaction; returns how many were new or changed.

    A body that no world could be built from raises (msgspec.ValidationError, RuleError) before anything is written.
    """
    wanted = list(pieces)
    for piece in wanted:
        check_body(piece.kind, piece.id, piece.body)
    version = _next_version(connection)
    heads = lock(connection, {_stream(piece) for piece in wanted})
    last = _latest(connection, sorted(heads))
    posts = {_stream(piece): _post(piece) for piece in last.values()}
    moved, lines, rows, people = dict(heads), [], [], []
    for piece in wanted:
        stream = _stream(piece)
        if last.get(_place(piece)) == piece:
            continue
        if (post := _post(piece)) and posts.get(stream) != post:
            people.append(piece.body["id"])
        last[_place(piece)] = piece
        line = _line(moved[stream], piece, actor, at, str(version))
        chained = chain([line], moved[stream].head_hash)
        lines += chained
        moved[stream] = msgspec.structs.replace(
            moved[stream], version=line.version, head_hash=chained[0][2], recorded_at=line.recorded_at
        )
        rows.append(
            {**msgspec.to_builtins(piece), "version": line.version, "recorded_at": line.recorded_at, "actor": actor}
        )
    if rows:
        append(connection, lines)
        save(connection, list(moved.values()))
        insert(connection, "config_entry", rows)
        connection.execute("UPDATE config_head SET version = %s", (version,))
        _wake_for_calendars(connection, wanted)
        if people:
            wake_asked(connection, people, at)
    return len(rows)


def _post(piece: Configuration) -> tuple[object, ...] | None:
    """Who holds which post from when to when: what decides who is asked."""
    if piece.kind != "person":
        return None
    person = msgspec.convert(piece.body, Person)
    return (person.id, person.unit, person.post, person.since, person.to)


def bring_into_force(connection: Connection, version: str, actor: str | None, at: datetime) -> bool:
    """A calendar recorded without `known_from` is known from `at` on; False if there is none such."""
    stream = f"config:calendar:{version}"
    waiting = _latest(connection, [stream]).get((stream, None))
    if waiting is None or waiting.body.get("known_from"):
        return False
    body = waiting.body | {"known_from": at.isoformat()}
    return record_all(connection, [msgspec.structs.replace(waiting, body=body)], actor, at) == 1


def _wake_for_calendars(connection: Connection, pieces: Sequence[Configuration]) -> None:
    """Open cases are brought to a calendar at the instant it comes into force, also those that slept beyond it."""
    known = [piece.body.get("known_from") for piece in pieces if piece.kind == "calendar"]
    for moment in sorted({datetime.fromisoformat(text) for text in known if text}):
        wake_all(connection, moment)


def _stream(piece: Configuration) -> str:
    return f"config:{piece.kind}:{piece.id}"


def _next_version(connection: Connection) -> int:
    """One writer of configuration at a time: its number is what every cached world is compared with."""
    row = connection.execute("SELECT version FROM config_head FOR UPDATE").fetchone()
    assert row is not None, "the schema's first migration writes this row"
    return int(row[0]) + 1


def _place(piece: Configuration) -> Place:
    """What is compared with what: versions of their own that stand beside each other, each with the last record of itself."""
    own = piece.body.get("version") if piece.kind in VERSIONED else None
    return _stream(piece), None if own is None else str(own)


def _latest(connection: Connection, streams: Sequence[str]) -> dict[Place, Configuration]:
    rows = connection.execute(
        "SELECT DISTINCT ON (kind, id, own) kind, id, body, effective_from, retired FROM"
        " (SELECT *, CASE WHEN kind = ANY(%s) THEN body->>'version' END AS own FROM config_entry"
        "  WHERE 'config:' || kind || ':' || id = ANY(%s)) AS e ORDER BY kind, id, own, version DESC",
        (list(VERSIONED), list(streams)),
    ).fetchall()
    found = (Configuration(kind=r[0], id=r[1], body=r[2], effective_from=r[3], retired=r[4]) for r in rows)
    return {_place(piece): piece for piece in found}


def _line(head: Head, piece: Configuration, actor: str | None, at: datetime, version: str) -> Line:
    return Line(
        stream_kind=head.kind,
        stream_id=head.stream_id,
        version=head.version + 1,
        kind="fact",
        type="config.recorded",
        body=msgspec.Raw(canonical(piece)),
        recorded_at=max(at, head.recorded_at or at),
        actor=actor,
        under=version,
    )
