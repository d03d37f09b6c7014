"""The API and the console as users run them (`jiannuo api`), on a database of their own, with somebody of each role signed in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from bench.installation import Installation
from bench.pages.world import LOGINS, catalogue
from bench.sending import BenchError
from engine.api import keys
from engine.bootstrap import migrate, open_database
from engine.console.auth import COOKIE, start_session
from engine.embedded import ports
from engine.embedded.process import wait_until
from engine.provisioning.record import provision
from engine.storage.connect import Connection

_START_SECONDS = 60.0


def prepare(installation: Installation, database: str) -> None:
    """An empty database with the forty bureaus."""
    with installation.owner() as connection:
        connection.execute(f"CREATE DATABASE {database}".encode())
    migrate(installation.url(database))
    with (
        open_database(installation.url(database), installation.key_file, size=1) as pool,
        pool.connection() as connection,
    ):
        provision(connection, catalogue(), datetime.now(UTC), "bench")


def signed_in(connection: Connection) -> dict[str, dict[str, str]]:
    """By who reads: the headers of their requests."""
    for login, (person, role, units) in LOGINS.items():
        connection.execute(
            "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
            " VALUES (%s, %s, '某', %s, %s, '', 'zh', true, now())",
            (login, person, [role], list(units)),
        )
    found = {login: {"Cookie": f"{COOKIE}={start_session(connection, login)}"} for login in LOGINS}
    key = keys.issue(connection, "hall", datetime.now(UTC))
    return {**found, "": {}, "key": {"Authorization": f"Bearer {key}"}}


@contextmanager
def serving(installation: Installation, database: str) -> Iterator[tuple[int, int]]:
    """Port and process id of the API; it ends with the block."""
    port = ports.any_free()
    environment = {**installation.environment, "DATABASE_URL": installation.url(database), "JIANNUO_HTTP_PORT": str(port)}  # fmt: skip
    log = installation.data.root / "api-pages.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "engine.cli.main", "api"], env=environment, stdout=out, stderr=out
        )
    try:
        up = wait_until(lambda: ports.is_open("127.0.0.1", port) or process.poll() is not None, _START_SECONDS)
        if not up or process.poll() is not None:
            raise BenchError(f"jiannuo api does not start:\n{log.read_text()}")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)
