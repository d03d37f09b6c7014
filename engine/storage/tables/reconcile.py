"""Runs of the reconciler and what they found: kept for operators, never changed once written."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant, json


class ReconcileRun(SQLModel, table=True):
    """All instants are the machine's own, also where the world's clock is simulated. `ended_at` None: under way, or broken off.

    `checked`: how many of what were looked at; `not_covered`: clocks the second road does not judge, by the reason; `problem`: why a part could not run.
    """

    __tablename__ = "reconcile_run"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("reconcile_run_started", "started_at"),)

    id: str = Field(primary_key=True)
    started_by: str
    repair: bool
    started_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    found: int = 0
    repaired: int = 0
    checked: dict[str, Any] = json()
    not_covered: dict[str, Any] = json()
    problem: str | None = None


class ReconcileFinding(SQLModel, table=True):
    """One difference: what, where, as it should be and as it was; `repaired`: how, None where people must look."""

    __tablename__ = "reconcile_finding"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("reconcile_finding_found", "found_at"),
        Index("reconcile_finding_stream", "stream_id"),
    )

    run_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    found_at: datetime = instant()
    kind: str
    place: str
    stream_id: str
    expected: str
    found: str
    repaired: str | None = None
