"""Connections to PostgreSQL: one for the owner (migrations, rebuild), a pool for everybody else."""

from __future__ import annotations

from typing import TypeAlias

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from engine.vault.master import Master

APPLICATION_ROLE = "jiannuo_app"
_OPTIONS = "-c timezone=UTC"
GIVE_UP_SECONDS = 5.0  # whoever waits longer for a connection is told that the database is away


class Connection(psycopg.Connection[TupleRow]):
    """A connection that can also seal: whoever writes facts writes personal data, and that only encrypted."""

    vault: Master


Pool: TypeAlias = ConnectionPool[Connection]


def open_owner(url: str) -> Connection:
    """A connection that keeps the rights of the address's own role, and has no vault."""
    return Connection.connect(url, options=_OPTIONS)


def open_application(url: str) -> Connection:
    """A connection of a process that has one, with the application's rights alone."""
    connection = Connection.connect(url, options=_OPTIONS)
    connection.execute(f"SET ROLE {APPLICATION_ROLE}")
    connection.commit()
    return connection


def open_reader(url: str, snapshot: str) -> Connection:
    """A connection that reads what another one sees, by the name of the snapshot that it exported, and writes nothing."""
    connection = open_application(url)
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
    return connection


def open_pool(url: str, vault: Master, *, size: int = 8) -> Pool:
    """Connections that act as `jiannuo_app`, which may neither change nor delete a ledger entry.

    The address may name an owner or a superuser: every connection gives these rights up before it is handed out.
    """

    def become_application(connection: Connection) -> None:
        connection.execute(f"SET ROLE {APPLICATION_ROLE}")
        connection.commit()
        connection.vault = vault

    return ConnectionPool(
        url,
        connection_class=Connection,
        kwargs={"options": _OPTIONS},
        min_size=1,
        max_size=size,
        timeout=GIVE_UP_SECONDS,
        configure=become_application,
        open=True,
    )
