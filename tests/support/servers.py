"""Real servers for tests: an embedded PostgreSQL and Temporal on free ports in a temporary data folder.

The only difference to `jiannuo up`: PostgreSQL does not sync to disk (`UNSAFE_FAST`), because a test loses nothing by a power cut.
"""

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from engine.embedded import ports, postgres, temporal
from engine.embedded.datadir import DataFolder
from engine.embedded.process import spawn, stop_group, wait_until
from engine.embedded.progress import step

_BOUND = 30.0


@contextmanager
def data_folder() -> Iterator[DataFolder]:
    """A data folder outside pytest's own, which the service account of PostgreSQL could not enter when tests run as root."""
    root = Path(tempfile.mkdtemp(prefix="jiannuo-test-"))
    try:
        yield DataFolder(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def embedded_postgres() -> Iterator[str]:
    """The URL of a database of the owner role on a server of its own; ready in about a second."""
    with data_folder() as data:
        cluster = postgres.find(data)
        cluster.initialise(sync=False)
        port = ports.any_free()
        server = spawn(
            cluster.argv(port, postgres.UNSAFE_FAST),
            log=data.log("postgres"),
            account=cluster.account,
            last_signal=postgres.DEATH_SIGNAL,
        )
        try:
            _await(server, lambda: cluster.is_ready(server.pid), data.log("postgres"))
            yield cluster.url(port)
        finally:
            stop_group(server, postgres.STOP_STEPS)


def temporal_program() -> Path:
    """The program of the Temporal server, built first where the machine has none."""
    cache = temporal.cache_folder()
    if program := temporal.present(cache):
        return program
    with step("Temporal for the tests") as running:
        return temporal.obtain(cache, running)


@contextmanager
def embedded_temporal() -> Iterator[str]:
    """The address (host:port) of a Temporal server of its own, namespace `default`, our search attributes registered."""
    program = temporal_program()
    with data_folder() as data:
        data.prepare(None)
        port, ui_port = ports.any_free(), ports.any_free()
        server = spawn(temporal.argv(program, data.temporal_db, port, ui_port, "default"), log=data.log("temporal"))
        try:
            _await(server, lambda: temporal.is_ready(port), data.log("temporal"))
            yield f"{ports.LOOPBACK}:{port}"
        finally:
            stop_group(server, temporal.STOP_STEPS)


def _await(server: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    wait_until(lambda: ready() or server.poll() is not None, _BOUND)
    assert server.poll() is None, log.read_text()
    assert ready(), f"not ready after {_BOUND} s:\n{log.read_text()}"


def with_database(server_url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


@contextmanager
def fresh_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """The URL of a new empty database (or a copy of `template`), dropped afterwards even if connections are left open."""
    name = f"test_{secrets.token_hex(6)}"
    copied = sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template)) if template else sql.SQL("")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copied)
        try:
            yield with_database(server_url, name)
        finally:
            # Not WITH (FORCE): that refuses while autovacuum, which no role of ours may end, looks at the database. A plain DROP ends it by itself.
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
                (name,),
            )
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
