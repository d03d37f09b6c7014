"""Brings a database to the newest schema: Alembic, called from Python, without a configuration file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from engine.storage.connect import open_owner

_ONE_AT_A_TIME = 0x6A69616E  # advisory lock: two processes started together must not both migrate


def migrate(url: str) -> None:
    """Migrates up to head as the owner; doing it twice changes nothing."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: open_owner(url))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
            command.upgrade(alembic_config(connection), "head")
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
