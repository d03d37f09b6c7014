"""The world as data: units, people, items, calendars, sources, accountability rules, settings, by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant, json


class ConfigEntry(SQLModel, table=True):
    """One version of one piece of configuration; a copy of its entry on the ledger stream `config:<kind>:<id>`."""

    __tablename__ = "config_entry"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("config_entry_kind", "kind", "effective_from"),)

    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    effective_from: datetime | None = instant(default=None)
    recorded_at: datetime = instant()
    actor: str | None = None
    retired: bool = False
    body: dict[str, Any] = json()


class ConfigHead(SQLModel, table=True):
    """One row: the number of the present configuration. Whoever cached the world compares it."""

    __tablename__ = "config_head"
    __table_args__: ClassVar[tuple[CheckConstraint, ...]] = (CheckConstraint("id = 1", name="config_head_one_row"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = 0


class ClockState(SQLModel, table=True):
    """One row: the simulated clock's state, where there is one."""

    __tablename__ = "clock_state"
    __table_args__: ClassVar[tuple[CheckConstraint, ...]] = (CheckConstraint("id = 1", name="clock_state_one_row"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    state: dict[str, Any] = json()
