"""Filings of catalogue entries, as they stand on their streams."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from engine.storage.tables.cases import RecordRow


class Filing(RecordRow, table=True):
    """`round` counts submissions; `version` is the item's, once published. The entry itself is in `data`."""

    __tablename__ = "filing"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("filing_unit", "unit", "phase", "changed_at"),
        Index("filing_phase", "phase", "changed_at"),
        Index("filing_code", "code", "recorded_at"),
        Index("filing_changed", "changed_at"),
        Index("filing_stream", "stream_id"),
    )

    code: str
    unit: str | None = None
    phase: str
    author: str | None = None
    version: int | None = None
    round: int = Field(default=0)
