"""Papers are made when the record calls for them, once for each cause, and never changed: the next cause makes the next paper.

What a paper says lies in the vault under the key of whom it concerns; its hash and its template's stand on the ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from engine.documents.kinds import About, Kind
from engine.documents.record import Matter, matter
from engine.documents.template import Template, in_force, recorded
from engine.documents.values import Author
from engine.documents.writing import WritingError, Written, write
from engine.ledger.canonical import canonical
from engine.ledger.heads import lock, save
from engine.ledger.line import Line, chain
from engine.ledger.write import append
from engine.storage.connect import Connection
from engine.storage.rows import insert
from engine.storage.world import load_world
from engine.vault.sealing import Words, new_salt
from engine.vault.store import Deposit, item_id, lock_away
from notifications.fields import LOCALES, Locale
from rules.world import World

FORMAT = "jiannuo/document/1"
_SOURCE = "documents"
_NEXT = "SELECT coalesce(max(serial), 0) + 1 FROM supervision_document WHERE kind = %s AND year = %s"

_log = structlog.get_logger(__name__)


class Called(msgspec.Struct, frozen=True):
    """A paper the record calls for. `cause` is the same as long as nothing new happened that calls for another one."""

    about: About
    kind: Kind
    cause: str

    @property
    def id(self) -> str:
        name = f"{self.about.what}|{self.about.id}|{self.kind}|{self.cause}"
        return hashlib.sha256(name.encode()).hexdigest()[:24]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a paper, and what its hash covers."""

    format: str
    id: str
    kind: Kind
    about: About
    year: int
    serial: int
    unit: str | None
    made_at: str
    template: dict[str, Any]
    texts: dict[Locale, Written]


def make_all(connection: Connection, called: Sequence[Called], at: datetime) -> int:
    """Makes each that is not there yet; one that cannot be written keeps nobody else waiting. Returns how many were made."""
    return sum(_made(connection, one, at) for one in called)


def _made(connection: Connection, called: Called, at: datetime) -> bool:
    found = matter(connection, called.about)
    if found is None:
        return False
    try:
        with connection.transaction():
            return _make(connection, called, found, at)
    except WritingError as error:
        _log.error("document_not_written", document=called.id, kind=called.kind, error=str(error))
        return False


def _make(connection: Connection, called: Called, found: Matter, at: datetime) -> bool:
    # One maker at a time: numbers have no gaps, and a key that is new to the vault is made once.
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('jiannuo.documents'))")
    known = connection.execute("SELECT id FROM supervision_document WHERE id = %s", (called.id,)).fetchone()
    if known is not None:
        return False
    world = load_world(connection)
    paper = _written(connection, called, found, world, at)
    content = canonical(paper)
    digest = hashlib.sha256(content).hexdigest()
    said = {"paper": msgspec.json.decode(content)}
    words = Words(raw=content, said=said, salt=new_salt())
    subject = f"papers:{found.person or found.unit or 'installation'}"
    lock_away(connection, [Deposit(vault_item(called.id), subject, words)], at)
    _keep(connection, called, paper, digest, at)
    _tell(connection, called, paper, digest, at)
    return True


def vault_item(document_id: str) -> str:
    return item_id(_SOURCE, document_id)


def _written(connection: Connection, called: Called, found: Matter, world: World, at: datetime) -> Paper:
    calendar = world.calendar(at)
    on = calendar.local_date(at)
    template = in_force(recorded(connection), called.kind, found.unit, on, world)
    row = connection.execute(_NEXT, (called.kind, on.year)).fetchone()
    serial = int(row[0]) if row else 1

    def text(locale: Locale) -> Written:
        values = Author(connection, world, found, locale, at).values(called.kind, serial)
        return write(template, values, locale, calendar.zone)

    return Paper(
        format=FORMAT,
        id=called.id,
        kind=called.kind,
        about=called.about,
        year=on.year,
        serial=serial,
        unit=found.unit,
        made_at=at.astimezone(calendar.zone).isoformat(),
        template=_named(template),
        texts={locale: text(locale) for locale in LOCALES},
    )


def _named(template: Template) -> dict[str, Any]:
    return {"id": template.id, "version": template.version, "sha256": template.sha256}


def _keep(connection: Connection, called: Called, paper: Paper, digest: str, at: datetime) -> None:
    row = {
        "id": called.id, "about": called.about.what, "about_id": called.about.id, "kind": called.kind, "cause": called.cause,
        "year": paper.year, "serial": paper.serial, "unit": paper.unit, "template_id": paper.template["id"],
        "template_version": paper.template["version"], "template_hash": paper.template["sha256"],
        "content_hash": digest, "made_at": at,
    }  # fmt: skip
    insert(connection, "supervision_document", [row])


def _tell(connection: Connection, called: Called, paper: Paper, digest: str, at: datetime) -> None:
    """A line of the ledger for each paper: that it was made, when, by which template, and the hash of what it says."""
    stream = f"document:{called.about.what}:{called.about.id}"
    head = lock(connection, [stream])[stream]
    body = {"document": called.id, "kind": called.kind, "sha256": digest, "template": paper.template}
    line = Line(
        stream_kind=head.kind,
        stream_id=stream,
        version=head.version + 1,
        kind="fact",
        type="document.made",
        body=msgspec.Raw(canonical(body)),
        recorded_at=max(at, head.recorded_at or at),
    )
    chained = chain([line], head.head_hash)
    append(connection, chained)
    moved = msgspec.structs.replace(head, version=line.version, head_hash=chained[0][2], recorded_at=line.recorded_at)
    save(connection, [moved])
