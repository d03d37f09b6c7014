"""What-if: simulations as they were asked for and what came out; copies of no ledger, kept beside the draft for its reviewers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant, json, texts


class Simulation(SQLModel, table=True):
    """`created_at`, `position`: the world's time; `told_at`, `ended_at`: the machine's. `figures` is there once it has ended; `problem`: why it has none; `cancelled_by`: who no longer wanted it."""

    __tablename__ = "simulation"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("simulation_created", "created_at"),
        Index("simulation_items", "items", postgresql_using="gin"),
        Index("simulation_draft", "draft_hash"),
    )

    id: str = Field(primary_key=True)
    title: str
    requested_by: str
    created_at: datetime = instant()
    draft: dict[str, Any] = json()
    draft_hash: str
    items: list[str] = texts()
    units: list[str] = texts()
    scope: dict[str, Any] = json()
    done: int = 0
    total: int = 0
    told_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    position: dict[str, Any] | None = json(default=None)
    figures: dict[str, Any] | None = json(default=None)
    problem: str | None = None
    cancelled_by: str | None = None


class SimulationCase(SQLModel, table=True):
    """A case that would stand otherwise. `gained`, `lost`: the figures in which it counts only after, only before."""

    __tablename__ = "simulation_case"

    simulation_id: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    item: str
    unit: str
    units: list[str] = texts()
    persons: list[str] = texts()
    gained: list[str] = texts()
    lost: list[str] = texts()
    before: dict[str, Any] = json()
    after: dict[str, Any] = json()


class SimulationMeasure(SQLModel, table=True):
    """A proposed measure that would be another one. `threatens`: if the breaches that the draft brings were confirmed too."""

    __tablename__ = "simulation_measure"

    simulation_id: str = Field(primary_key=True)
    docket: str = Field(primary_key=True)
    proceeding: str = Field(primary_key=True)
    case_id: str
    unit: str
    before: int | None = None
    after: int | None = None
    threatens: int | None = None
