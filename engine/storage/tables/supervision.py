"""Read tables about findings, breaches and proceedings."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from engine.storage.tables.cases import RecordRow
from engine.storage.tables.columns import instant


class Finding(RecordRow, table=True):
    __tablename__ = "finding"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("finding_opened", "status", "recorded_at"),
        Index("finding_kind", "kind", "status", "recorded_at"),
        Index("finding_unit", "unit", "status", "recorded_at"),
        Index("finding_person", "person", "recorded_at"),
        Index("finding_case", "case_id"),
    )

    kind: str
    unit: str | None = None
    person: str | None = None
    clock: str | None = None


class Breach(RecordRow, table=True):
    __tablename__ = "breach"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("breach_unit", "unit", "status", "legal_at"),
        Index("breach_legal", "legal_at"),
        Index("breach_status", "status", "legal_at"),
        Index("breach_case", "case_id"),
    )

    kind: str
    clock: str | None = None
    unit: str | None = None
    grade: str | None = None
    supervision_flag: bool = True
    confirmed_at: datetime | None = instant(default=None)


class BreachPerson(SQLModel, table=True):
    """Who held the clock how long, and against whom the breach is proposed."""

    __tablename__ = "breach_person"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("breach_person_record", "person", "status", "legal_at"),)

    breach_id: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    stream_id: str
    working_days: int = 0
    proposed: bool = False
    status: str
    legal_at: datetime | None = instant(default=None)


class Proceeding(RecordRow, table=True):
    """`proceeding_id` is the id of the machine interface; `status` is the phase."""

    __tablename__ = "proceeding"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("proceeding_public_id", "proceeding_id"),
        Index("proceeding_person", "person", "opened_at"),
        Index("proceeding_phase", "phase", "opened_at"),
        Index("proceeding_unit", "unit", "phase", "opened_at"),
        Index("proceeding_owner", "owner", "phase", "phase_until"),
        Index("proceeding_case", "case_id"),
        Index("proceeding_stream", "stream_id"),
    )

    proceeding_id: str
    person: str | None = None
    unit: str | None = None
    breach: str | None = None
    finding: str | None = None
    grade: str | None = None
    count_in_window: int | None = None
    proposed_level: int | None = None
    proposed_measure: str | None = None
    phase: str
    statement_until: date | None = None
    decided_level: int | None = None
    decided_by: str | None = None
    restoration_due: bool = False
    opened_at: datetime | None = instant(default=None)
    phase_until: datetime | None = instant(default=None)
    owner: str | None = None
