"""One leader among any number of processes: a PostgreSQL advisory lock, gone with its connection."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from engine.storage.connect import Connection, Pool


class Leadership:
    """Stands for one duty (`relay`, `scheduler`); a killed leader is followed as soon as the server misses its connection."""

    def __init__(self, connection: Connection, duty: str) -> None:
        self.connection = connection
        self._key = int.from_bytes(hashlib.sha256(f"jiannuo {duty}".encode()).digest()[:8], "big", signed=True)
        self._held = False

    def taken(self) -> bool:
        """Whether the duty is ours. OperationalError once the connection, and the duty with it, is lost."""
        statement = "SELECT true" if self._held else "SELECT pg_try_advisory_lock(%s)"
        row = self.connection.execute(statement, None if self._held else (self._key,)).fetchone()
        self._held = bool(row and row[0])
        return self._held


@contextmanager
def candidate(pool: Pool, duty: str) -> Iterator[Leadership]:
    """A connection of its own, in autocommit, that stands for the duty; given back without its lock."""
    with pool.connection() as connection:
        connection.set_autocommit(True)
        try:
            yield Leadership(connection, duty)
        finally:
            _release(connection)


def _release(connection: Connection) -> None:
    try:
        connection.execute("SELECT pg_advisory_unlock_all()")
        connection.set_autocommit(False)
    except psycopg.Error:
        connection.close()  # the lock went with the connection
