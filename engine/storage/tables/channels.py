"""The state of channels, shared by all workers: what was sent in the last minute, and whether it works."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant, instants


class ChannelState(SQLModel, table=True):
    """`sent` and `quiet_until` are real time, as the service counts it; the rest is the world's."""

    __tablename__ = "channel_state"

    channel: str = Field(primary_key=True)
    sent: list[datetime] = instants(sa_column_kwargs={"server_default": text("'{}'")})
    quiet_until: datetime | None = instant(default=None)
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    failing_since: datetime | None = instant(default=None)
    last_ok_at: datetime | None = instant(default=None)
    last_failed_at: datetime | None = instant(default=None)
    last_answer: str | None = None
