"""Read table of complaints and ratings."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from engine.storage.tables.cases import RecordRow
from engine.storage.tables.columns import instant


class VoiceRow(RecordRow, table=True):
    """`what` is complaint or rating; `number` the id of the fact that filed it; `about` whom it is about."""

    __tablename__ = "voice"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("voice_case", "case_id"),
        Index("voice_legal", "legal_at"),
        Index("voice_unit", "unit", "what", "phase", "recorded_at"),
        Index("voice_phase", "what", "phase", "recorded_at"),
        Index("voice_owner", "owner", "phase_until"),
        Index("voice_about", "about", "recorded_at"),
        Index("voice_recorded", "recorded_at", "id"),
    )

    what: str
    number: str
    unit: str | None = None
    about: str | None = None
    subject: str | None = None
    score: int | None = Field(default=None)
    phase: str
    result: str | None = None
    owner: str | None = None
    phase_until: datetime | None = instant(default=None)
    opened_at: datetime | None = instant(default=None)
