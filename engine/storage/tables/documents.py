"""Papers of supervision: which were made, by which template, and the hash of what each says. The words lie in the vault."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant


class SupervisionDocument(SQLModel, table=True):
    """`about` and `about_id`: a proceeding, an alert or a fact. `cause`: the word of the record that called for it, so that each is made once.

    `content_hash` is the SHA-256 of the vault item's words, which stand on the ledger as well.
    """

    __tablename__ = "supervision_document"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("supervision_document_once", "about", "about_id", "kind", "cause", unique=True),
        Index("supervision_document_number", "kind", "year", "serial", unique=True),
    )

    id: str = Field(primary_key=True)
    about: str
    about_id: str
    kind: str
    cause: str
    year: int
    serial: int
    unit: str | None = None
    template_id: str
    template_version: int
    template_hash: str
    content_hash: str
    made_at: datetime = instant()
