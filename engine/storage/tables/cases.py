"""Read tables about cases: copies of what stands on the ledger, rebuilt from it at any time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant, json


class CaseFile(SQLModel, table=True):
    """One case as it stands. `view` is what GET /cases/{id} returns: clocks, steps, offices, outcome, refusals, custody."""

    __tablename__ = "case_file"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("case_file_unit", "unit", "status", "due_on"),
        Index("case_file_due", "status", "due_on", "case_id"),
        Index("case_file_level", "level", "due_on", postgresql_where=text("level <> 'none'")),
        Index("case_file_item", "item", "status", "due_on"),
        Index("case_file_holder", "holder", "status", "due_on"),
        Index("case_file_updated", "updated_at"),
        Index("case_file_concluded", "closed_at", postgresql_where=text("status = 'concluded'")),
        Index("case_file_source", "source", "expires_at", postgresql_where=text("closed_at IS NULL")),
        Index("case_file_provisional", "case_id", postgresql_where=text("provisional AND closed_at IS NULL")),
    )

    case_id: str = Field(primary_key=True)
    item: str | None = None
    item_version: int | None = None
    unit: str | None = None
    status: str
    holder: str | None = None
    stage: str | None = None
    accepted_at: datetime | None = instant(default=None)
    clock: str | None = None
    due_on: date | None = None
    expires_at: datetime | None = instant(default=None)
    statutory_due_on: date | None = None
    provisional: bool = False
    outcome_kind: str | None = None
    outcome_status: str | None = None
    legal_at: datetime | None = instant(default=None)
    level: str = "none"
    source: str | None = None
    closed_at: datetime | None = instant(default=None)
    backfilled: bool = False
    version: int
    head_hash: bytes
    next_at: datetime | None = instant(default=None)
    updated_at: datetime = instant()
    view: dict[str, Any] = json()


class RecordRow(SQLModel):
    """What every record kind has. `id` is derived from stream and key, so a rebuild gives the same one."""

    id: str = Field(primary_key=True)
    stream_id: str
    case_id: str | None = None
    key: str
    status: str
    legal_at: datetime | None = instant(default=None)
    recorded_at: datetime = instant()
    changed_at: datetime = instant()
    data: dict[str, Any] = json()


class Alert(RecordRow, table=True):
    """`unit` is that of the case; of what names no case, its own."""

    __tablename__ = "alert"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("alert_case", "case_id"),
        Index("alert_fired", "fired_at"),
        Index("alert_open", "status", "level", "fired_at"),
        Index("alert_unit", "unit", "status", "level", "fired_at"),
        Index("alert_cause", "cause", "recorded_at"),
        Index("alert_recorded", "recorded_at", "id"),
    )

    cause: str
    unit: str | None = None
    level: str
    rung: int = 0
    scheduled_at: datetime | None = instant(default=None)
    fired_at: datetime | None = instant(default=None)
    late_by_system: bool = False
    acknowledged_at: datetime | None = instant(default=None)
    answered_at: datetime | None = instant(default=None)
    respond_until: datetime | None = instant(default=None)


class AlertAddressee(SQLModel, table=True):
    """Whom an alert is for; `status` and `fired_at` repeat the alert's, so that one index answers "my open alerts"."""

    __tablename__ = "alert_addressee"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("alert_addressee_open", "addressee", "status", "fired_at"),)

    alert_id: str = Field(primary_key=True)
    addressee: str = Field(primary_key=True)
    stream_id: str
    status: str
    level: str
    fired_at: datetime | None = instant(default=None)


class Certificate(RecordRow, table=True):
    __tablename__ = "certificate"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("certificate_number", "number"),
        Index("certificate_case", "case_id"),
        Index("certificate_due", "status", "due_by"),
        Index("certificate_recorded", "recorded_at", "id"),
        Index("certificate_gone", "number", "recorded_at", postgresql_where=text("status <> 'valid'")),
    )

    number: str
    for_: str = Field(sa_column_kwargs={"name": "for"})
    due_by: date | None = None
    issued_at: datetime | None = instant(default=None)
    status_since: datetime | None = instant(default=None)


class Hold(RecordRow, table=True):
    __tablename__ = "hold"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("hold_case", "case_id"),
        Index("hold_open", "status", "owner", "recorded_at"),
        Index("hold_recorded", "recorded_at", "id"),
    )

    reason: str
    owner: str | None = None
    closed_at: datetime | None = instant(default=None)


class Notice(RecordRow, table=True):
    """What must be sent to whom. `recipient` is "applicant" or a person's id; delivery is recorded elsewhere."""

    __tablename__ = "notice"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("notice_due", "status", "recorded_at"),
        Index("notice_case", "case_id"),
        Index("notice_recipient", "recipient", "recorded_at"),
    )

    recipient: str
    kind: str
