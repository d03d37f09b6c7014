"""Column shapes shared by the tables: aware instants, JSON, short text lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, Text


def instant(**options: Any) -> Any:
    return Field(sa_type=DateTime(timezone=True), **options)


def json(**options: Any) -> Any:
    return Field(sa_type=JSONB, **options)


def instants(**options: Any) -> Any:
    return Field(sa_type=ARRAY(DateTime(timezone=True)), **options)


def texts(**options: Any) -> Any:
    return Field(sa_type=ARRAY(Text), **options)
