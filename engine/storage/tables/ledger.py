"""The ledger and the heads of its streams."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant


class LedgerEntry(SQLModel, table=True):
    """One fact or one conclusion. Append-only: the application role has neither UPDATE nor DELETE on it.

    `body` is canonical JSON (text, byte for byte what was hashed); `under` names the version of the world it was concluded in.
    """

    __tablename__ = "entry"
    __table_args__ = (
        Index("entry_proposals", "stream_id", postgresql_where=text("type = 'supervision.proposed'")),
        {"postgresql_partition_by": "HASH (stream_id)"},
    )

    stream_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    stream_kind: str
    kind: str
    type: str
    key: str | None = None
    schema_: int = Field(default=1, sa_column_kwargs={"name": "schema"})
    body: str
    occurred_at: datetime | None = instant(default=None)
    legal_at: datetime | None = instant(default=None)
    reported_at: datetime | None = instant(default=None)
    recorded_at: datetime = instant()
    actor: str | None = None
    source: str | None = None
    message_id: str | None = None
    under: str = ""
    alg: str
    prev_hash: bytes
    hash: bytes


class StreamHead(SQLModel, table=True):
    """The row that is locked while a stream moves. `version` 0: named by somebody, nothing on its ledger yet.

    `waiting`: how many facts wait for this stream (rows of `parked`). `snapshot` holds facts and records.
    """

    __tablename__ = "stream"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("stream_waiting", "stream_id", postgresql_where=text("waiting > 0")),
        Index("stream_carriers", "stream_id", postgresql_where=text("kind = 'carriers'")),
    )

    stream_id: str = Field(primary_key=True)
    kind: str
    version: int = 0
    head_hash: bytes | None = None
    recorded_at: datetime | None = instant(default=None)
    waiting: int = 0
    backfilled: bool = False
    snapshot: bytes | None = None


class Wake(SQLModel, table=True):
    """When a stream's next moment is, and what its durable workflow has been told."""

    __tablename__ = "wake"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("wake_due", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        Index("wake_unsent", "stream_id", postgresql_where=text("seq > sent_seq")),
    )

    stream_id: str = Field(primary_key=True)
    next_at: datetime | None = instant(default=None)
    armed_until: datetime | None = instant(default=None)
    ended: bool = False
    seq: int = 0
    sent_seq: int = 0
