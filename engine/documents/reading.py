"""Papers that were made: which there are, and what each says, as long as the vault still knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from psycopg.rows import class_row

from engine.documents.kinds import About, Kind
from engine.documents.making import Paper, vault_item
from engine.errors import OperatorError
from engine.storage.connect import Connection
from engine.vault.store import reveal_items


class PaperRow(msgspec.Struct, frozen=True):
    """A paper without its words."""

    id: str
    about: str
    about_id: str
    kind: Kind
    cause: str
    year: int
    serial: int
    unit: str | None
    template_id: str
    template_version: int
    template_hash: str
    content_hash: str
    made_at: datetime


class PaperError(OperatorError):
    """A paper whose words are gone, or are not those that were written."""


_SELECT = f"SELECT {', '.join(PaperRow.__struct_fields__)} FROM supervision_document"  # noqa: S608 - names of our own


def papers_about(connection: Connection, about: About) -> list[PaperRow]:
    """In the order they were made."""
    with connection.cursor(row_factory=class_row(PaperRow)) as cursor:
        return cursor.execute(
            f"{_SELECT} WHERE about = %s AND about_id = %s ORDER BY made_at, serial".encode(), (about.what, about.id)
        ).fetchall()


def by_id(connection: Connection, id_: str) -> PaperRow | None:
    with connection.cursor(row_factory=class_row(PaperRow)) as cursor:
        return cursor.execute(f"{_SELECT} WHERE id = %s".encode(), (id_,)).fetchone()


def latest(rows: Sequence[PaperRow], kind: str) -> PaperRow | None:
    return next((row for row in reversed(rows) if row.kind == kind), None)


def content_of(connection: Connection, row: PaperRow) -> bytes:
    """Byte for byte what was written. PaperError if the vault's key was destroyed, or the hash does not hold."""
    item = vault_item(row.id)
    found = reveal_items(connection, [item]).get(item)
    if found is None or found.raw is None:
        raise PaperError(f"{row.id}: 内容已按规定销毁 · the words were erased; number, template and hash remain")
    if hashlib.sha256(found.raw).hexdigest() != row.content_hash:
        raise PaperError(f"{row.id}: 内容与登记的哈希不符 · the words are not those whose hash is on record")
    return found.raw


def read(content: bytes) -> Paper:
    return msgspec.json.decode(content, type=Paper)
