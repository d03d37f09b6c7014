"""A real installation as users start it: `jiannuo up` on a data folder of its own, the machine's clock, all durability as shipped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench.county import HALL, WAVES, catalogue
from bench.sending import BenchError
from bench.usage import Meter
from engine.api import keys
from engine.bootstrap import open_database
from engine.embedded.datadir import DataFolder, Runtime
from engine.embedded.postgres import connection_url
from engine.embedded.process import wait_until
from engine.provisioning.record import provision

_START_SECONDS, _STOP_SECONDS = 900.0, 60.0  # the very first start may have to build the Temporal program
_KEYS = 4  # each has a pace of its own, as several window systems have
_PORTS = ("JIANNUO_HTTP_PORT", "JIANNUO_POSTGRES_PORT", "JIANNUO_TEMPORAL_PORT", "JIANNUO_TEMPORAL_UI_PORT")


class Installation:
    """What runs in one data folder."""

    def __init__(self, data: DataFolder, process: subprocess.Popen[bytes]) -> None:
        self.data, self._process = data, process
        self.keys: dict[str, list[str]] = {}

    @property
    def _runtime(self) -> Runtime:
        return self.data.runtime()

    @property
    def http_port(self) -> int:
        return self._runtime.ports["http"]

    @property
    def temporal_address(self) -> str:
        return f"127.0.0.1:{self._runtime.ports['temporal']}"

    def url(self, database: str = "jiannuo") -> str:
        """The owner's address of a database."""
        return connection_url(self.data, self._runtime.ports["postgres"], database)

    @property
    def key_file(self) -> Path:
        return self.data.root / "master.key"

    @property
    def environment(self) -> dict[str, str]:
        return _environment(self.data.root)

    def pids(self) -> dict[str, int]:
        """Each part's process."""
        children = {name: known.pid for name, known in self._runtime.children.items() if name != "migrate"}
        return {"supervisor": self._process.pid, **children}

    def meter(self, also: Mapping[str, int] | None = None) -> Meter:
        return Meter({**self.pids(), **(also or {})})

    def owner(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(), autocommit=True)

    def furnish(self, database: str = "jiannuo", now: datetime | None = None) -> None:
        """The bench's county as it was configured at an instant, by default now; and keys for its sources."""
        now = now or datetime.now(UTC)
        with open_database(self.url(database), self.key_file, size=1) as pool, pool.connection() as connection:
            provision(connection, catalogue(), now, "bench")
            self.keys = {
                source: [keys.issue(connection, source, now) for _ in range(_KEYS)] for source in (HALL, WAVES)
            }

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_STOP_SECONDS)

    def has_greeted(self) -> bool:
        return "Ctrl-C" in self.log() or self._process.poll() is not None

    def is_up(self) -> bool:
        return self._process.poll() is None

    def log(self) -> str:
        return (self.data.root / "up.log").read_text()


@contextmanager
def installation(*arguments: str) -> Iterator[Installation]:
    """Started, and stopped and removed at the end. The data lie where temporary files do (TMPDIR)."""
    root = Path(tempfile.mkdtemp(prefix="jiannuo-bench-"))
    try:
        made = Installation(DataFolder(root), _start(root, arguments))
        try:
            if not wait_until(made.has_greeted, _START_SECONDS) or not made.is_up():
                raise BenchError(f"jiannuo up does not start:\n{made.log()}")
            yield made
        finally:
            if made.is_up():
                made.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _start(root: Path, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
    with (root / "up.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "engine.cli.main", "up", *arguments], env=_environment(root), stdout=log, stderr=log
        )


def _environment(root: Path) -> dict[str, str]:
    """Nothing of the caller's own settings."""
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(("JIANNUO_", "DATABASE_", "TEMPORAL_"))
    }
    return {**kept, **dict.fromkeys(_PORTS, "0"), "JIANNUO_DATA": str(root)}
