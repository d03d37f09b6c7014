"""What is sent: digested messages with their attempts, and the in-app inbox of persons."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant, json, texts


class Delivery(SQLModel, table=True):
    """One digested message on one channel. Each attempt is kept with the service's own answer.

    `not_before`: held back until then, in the world's time. `waits`: the channel's pace did not allow it yet; `carried_by`:
    it travels inside that message. `again_of`: somebody sent that one anew.
    """

    __tablename__ = "delivery"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("delivery_status", "status", "created_at"),
        Index("delivery_recipient", "recipient", "created_at"),
        Index("delivery_channel", "channel", "created_at", "id"),
        Index("delivery_case", "case_id", "created_at"),
        Index("delivery_waits", "channel", "created_at", postgresql_where=text("waits AND status = 'sending'")),
    )

    id: str = Field(primary_key=True)
    channel: str
    recipient: str
    kind: str
    locale: str = "zh"
    status: str = "due"
    notices: list[str] = texts()
    case_id: str | None = None
    payload: dict[str, Any] = json()
    attempts: list[dict[str, Any]] = json(sa_column_kwargs={"server_default": text("'[]'::jsonb")})
    created_at: datetime = instant()
    delivered_at: datetime | None = instant(default=None)
    level: str = Field(default="none", sa_column_kwargs={"server_default": "none"})
    not_before: datetime | None = instant(default=None)
    waits: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    carried_by: str | None = None
    again_of: str | None = None


class Message(SQLModel, table=True):
    """A message in a person's in-app inbox."""

    __tablename__ = "message"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("message_person", "person", "created_at"),
        Index("message_unread", "person", "created_at", postgresql_where=text("read_at IS NULL")),
    )

    id: str = Field(primary_key=True)
    person: str
    subject: str
    body: str
    kind: str
    level: str = "none"
    case_id: str | None = None
    delivery_id: str | None = None
    created_at: datetime = instant()
    read_at: datetime | None = instant(default=None)
