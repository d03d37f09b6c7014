"""Signed documents of certificates: written once, never changed, never deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant


class CertificateDocument(SQLModel, table=True):
    """`version` is the ledger version of the entry that issued the number; `body` the canonical JSON, byte for byte.

    `made_at` is the database's own clock. The application role may insert and read, nothing else.
    """

    __tablename__ = "certificate_document"

    number: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    kid: str
    body: str
    made_at: datetime = instant(sa_column_kwargs={"server_default": text("clock_timestamp()")})
