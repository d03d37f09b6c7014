"""What must still be told to somebody: a row for each notice and for each addressee of an alert, written by triggers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant


class Outbox(SQLModel, table=True):
    """`id` is derived from the notice or alert, so a rebuild of read tables sends nothing twice.

    `queued_at` is the database's own clock. `collected_at`: it is in a message now, or is not to be sent. `problem`: why it
    could not be written; people look at these.
    """

    __tablename__ = "outbox"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("outbox_waiting", "queued_at", postgresql_where=text("collected_at IS NULL AND problem IS NULL")),
        Index("outbox_problem", "queued_at", postgresql_where=text("problem IS NOT NULL")),
    )

    id: str = Field(primary_key=True)
    kind: str
    row_id: str
    addressee: str
    queued_at: datetime = instant(sa_column_kwargs={"server_default": text("clock_timestamp()")})
    collected_at: datetime | None = instant(default=None)
    problem: str | None = None
