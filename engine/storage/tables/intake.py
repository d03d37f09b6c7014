"""The inbox and what waits in it, and how long intake has been reachable."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant, json


class InboxMessage(SQLModel, table=True):
    """A message, exactly once. `outcome` undecided: a defect stopped it, it is tried again; `pending` then holds the fact."""

    __tablename__ = "inbox"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("inbox_stream", "stream_id"),
        Index("inbox_waiting", "stream_id", "received_at", postgresql_where=text("pending IS NOT NULL")),
        Index("inbox_source", "source", "received_at"),
        Index("inbox_received", "received_at"),
        Index(
            "inbox_retracted", "received_at", postgresql_where=text("source = 'console' AND type = 'fact.retracted'")
        ),
    )

    source: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    stream_id: str
    case_id: str
    type: str
    body_hash: bytes | None = None
    received_at: datetime = instant()
    outcome: str
    code: str | None = None
    message: str | None = None
    answer: dict[str, Any] | None = json(default=None)
    vault_item: str | None = None
    pending: bytes | None = None


class Parked(SQLModel, table=True):
    """A fact that waits for `stream_id`: its case or its partner is unknown, or a defect stopped it.

    `unknown_partner`: it is on the ledger, but without effect until what it speaks of arrives.
    """

    __tablename__ = "parked"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("parked_case", "case_id"),
        Index("parked_since", "since"),
        Index("parked_stream", "stream_id"),
    )

    source: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    stream_id: str
    case_id: str
    type: str
    why: str
    detail: str | None = None
    since: datetime = instant()


class Quarantine(SQLModel, table=True):
    """A fact for an item that no published catalogue knows (R4)."""

    __tablename__ = "quarantine"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("quarantine_since", "since"),
        Index("quarantine_item", "item"),
        Index("quarantine_released", "released_at"),
    )

    source: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    case_id: str
    item: str
    type: str
    why: str
    since: datetime = instant()
    released_at: datetime | None = instant(default=None)


class IntakeHealth(SQLModel, table=True):
    """One row per door. `beat_at` is the database's own clock, `reachable_since` the world's (simulated or real)."""

    __tablename__ = "health"

    what: str = Field(primary_key=True)
    reachable_since: datetime = instant()
    beat_at: datetime = instant()


class SourceWatermark(SQLModel, table=True):
    """Everything up to `through` has been reported by the source."""

    __tablename__ = "source_watermark"

    source: str = Field(primary_key=True)
    through: datetime = instant()
    recorded_at: datetime = instant()
