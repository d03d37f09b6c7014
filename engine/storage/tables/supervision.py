"""Read tables about findings, breaches and proceedings."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.cases import RecordRow
from engine.storage.tables.columns import instant

_RATES = ["kind", "source", "unit", "status", "trial", "indication", "code"]


class Finding(RecordRow, table=True):
    """`source` is that of the case; `trial`: of a detector on trial; `indication`: only suspected; `code`: the exemption that was granted."""

    __tablename__ = "finding"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("finding_opened", "status", "recorded_at"),
        Index("finding_kind", "kind", "status", "recorded_at"),
        Index("finding_unit", "unit", "status", "recorded_at"),
        Index("finding_person", "person", "recorded_at"),
        Index("finding_case", "case_id"),
        Index("finding_recorded", "recorded_at", "id"),
        Index("finding_waiting", "kind", "unit", "recorded_at", postgresql_where=text("status = 'open' AND NOT trial")),
        Index("finding_rates", "recorded_at", postgresql_include=_RATES),
        Index("finding_unanswered", "legal_at", postgresql_where=text("kind = 'alert_unanswered'")),
    )

    kind: str
    unit: str | None = None
    person: str | None = None
    clock: str | None = None
    source: str | None = None
    code: str | None = None
    trial: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    indication: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class Breach(RecordRow, table=True):
    __tablename__ = "breach"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("breach_unit", "unit", "status", "legal_at"),
        Index("breach_legal", "legal_at"),
        Index("breach_status", "status", "legal_at"),
        Index("breach_case", "case_id"),
        Index("breach_recorded", "recorded_at", "id"),
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
        Index("proceeding_recorded", "recorded_at", "proceeding_id"),
        Index(
            "proceeding_like",
            "grade",
            "count_in_window",
            "decided_level",
            postgresql_where=text("decided_level IS NOT NULL"),
        ),
        Index("proceeding_restoration", "opened_at", postgresql_where=text("restoration_due")),
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
