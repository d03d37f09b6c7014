"""Seals of the ledger: written once; the application may add to them, and a stamp where there is none yet."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant


class SealRow(SQLModel, table=True):
    """`document`: canonical JSON with its signature, byte for byte; `stamp`: the answer of an RFC 3161 authority (DER).

    `sealed_at` is the office's clock, `made_at` the database's own.
    """

    __tablename__ = "seal"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    document: str
    sealed_at: datetime = instant()
    made_at: datetime = instant(sa_column_kwargs={"server_default": text("clock_timestamp()")})
    stamp: bytes | None = None


class SealLeaf(SQLModel, table=True):
    """A stream as a seal found it. `entries`: how many of its entries were sealed for the first time."""

    __tablename__ = "seal_leaf"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("seal_leaf_seal", "seal"),)

    stream_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    hash: bytes
    seal: int
    entries: int
