"""Puts a catalogue on the configuration streams. Doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec
import psycopg

from engine.calendars.awaken import wake_concluded
from engine.provisioning.check import check
from engine.provisioning.folder import Catalogue, ProvisionError
from engine.storage.config import KINDS, SETTINGS, Configuration, post_id, record_all
from engine.storage.connect import Connection
from engine.storage.world import build, load_world
from rules.errors import RuleError
from rules.world import World


class Count(msgspec.Struct, frozen=True):
    """Of one kind: how many pieces the folder holds, and how many of them were new or changed."""

    kind: str
    pieces: int
    recorded: int


def provision(
    connection: Connection, catalogue: Catalogue, at: datetime, actor: str | None = None, *, dry_run: bool = False
) -> list[Count]:
    """Records what is new or changed, in one transaction; a dry run undoes it at the end. Raises ProvisionError."""
    check(catalogue)
    found = list(pieces(catalogue))
    world_of(catalogue)
    counts: list[Count] = []
    with connection.transaction():
        before = load_world(connection)
        for kind in KINDS:
            wanted = [piece for piece in found if piece.kind == kind]
            counts.append(Count(kind, len(wanted), record_all(connection, wanted, actor, at) if wanted else 0))
        if any(count.kind == "calendar" and count.recorded for count in counts):
            wake_concluded(connection, before, at)
        if dry_run:
            raise psycopg.Rollback
    return counts


def pieces(catalogue: Catalogue) -> Iterator[Configuration]:
    for unit in catalogue.units:
        yield Configuration(kind="unit", id=unit.id, body=_body(unit))
    for person in catalogue.people:
        id_ = post_id(person.id, person.unit, person.post, person.since.isoformat())
        yield Configuration(kind="person", id=id_, body=_body(person), effective_from=_midnight(person.since))
    for item in catalogue.items:
        yield Configuration(kind="item", id=item.code, body=_body(item), effective_from=_midnight(item.effective_from))
    for source in catalogue.sources:
        yield Configuration(kind="source", id=source.id, body=_body(source))
    for rules in catalogue.accountability:
        yield Configuration(
            kind="accountability",
            id=rules.unit or "default",
            body=_body(rules),
            effective_from=_midnight(rules.effective_from),
        )
    for formula in catalogue.evaluation:
        yield Configuration(
            kind="evaluation", id=formula.subject, body=_body(formula), effective_from=_midnight(formula.effective_from)
        )
    for calendar in catalogue.calendars:
        yield Configuration(kind="calendar", id=calendar.version, body=_body(calendar.form))
    for channel in catalogue.channels:
        yield Configuration(kind="channel", id=channel.id, body=_body(channel))
    for template in catalogue.documents:
        since = _midnight(template.effective_from)
        yield Configuration(kind="document", id=template.id, body=_body(template), effective_from=since)
    for name in SETTINGS:
        value = getattr(catalogue, name)
        if value is not None:
            yield Configuration(kind="setting", id=name, body=_body({"value": value}))


def _body(value: Any) -> dict[str, Any]:
    """As it comes back from the database, so that the same piece compares equal the next time."""
    body: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return body


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def world_of(catalogue: Catalogue) -> World:
    """The world that a folder describes: a calendar that cannot be made must not reach the first case. Raises ProvisionError."""
    bodies: dict[str, list[dict[str, Any]]] = {}
    for piece in pieces(catalogue):
        body = {"id": piece.id, **piece.body} if piece.kind == "setting" else piece.body
        bodies.setdefault(piece.kind, []).append(body)
    try:
        return build(bodies, "folder")
    except (RuleError, msgspec.ValidationError) as error:
        raise ProvisionError(str(error)) from error
