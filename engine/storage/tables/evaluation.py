"""Figures of the evaluation as they are kept, and what was touched since."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Column, DateTime, Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant


class EvaluationTouched(SQLModel, table=True):
    """The instant of a mark that may be another one now; written by triggers, taken out by whoever works it out again."""

    __tablename__ = "evaluation_touched"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("evaluation_touched_at", "at"),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=True))
    at: datetime = instant()


class EvaluationBucket(SQLModel, table=True):
    """A half-open time that was worked out. `terms`: under which configuration."""

    __tablename__ = "evaluation_bucket"

    since: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    till: datetime = instant()
    terms: str
    made_at: datetime = instant(sa_column_kwargs={"server_default": text("clock_timestamp()")})


class EvaluationFigure(SQLModel, table=True):
    """How often a figure was there in a bucket, by unit alone (`kind` unit), or by unit and item, person or amount (`key`)."""

    __tablename__ = "evaluation_figure"

    kind: str = Field(primary_key=True)
    since: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    unit: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    figure: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
