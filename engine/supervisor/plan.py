"""Which processes an installation on one machine consists of, and on which ports."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from engine.config import Loaded, Settings, as_environment
from engine.embedded import ports, postgres, temporal
from engine.embedded.datadir import DataFolder
from engine.supervisor.watch import Part

_SERVERS, _ENGINE = 0, 1
_PARTS = ("api", "worker", "scheduler")
# In a rush whoever waits for an answer goes first: workflows are started a little later, and no moment of theirs is near.
_BEHIND = 5
PROVISIONING = "provisioning"


class Embedded(msgspec.Struct, frozen=True):
    """Which servers come from us; the others have an address."""

    postgres: bool
    temporal: bool


def embedded(settings: Settings) -> Embedded:
    return Embedded(postgres=not settings.database_url, temporal=not settings.temporal_address)


def choose_ports(loaded: Loaded, last: Mapping[str, int], *, with_engine: bool) -> dict[str, int]:
    """A free port for each part that listens: the one asked for, else that of the last run, else the usual one or the next free."""
    own = embedded(loaded.settings)
    wanted = [
        ("postgres", own.postgres),
        ("temporal", own.temporal),
        ("temporal_ui", own.temporal),
        ("http", with_engine),
    ]
    chosen: dict[str, int] = {}
    for part in (part for part, needed in wanted if needed):
        chosen[part] = _choose(loaded, part, last.get(part), set(chosen.values()))
    return chosen


def _choose(loaded: Loaded, part: str, last: int | None, taken: set[int]) -> int:
    setting = f"{part}_port"
    host = loaded.settings.http_host if part == "http" else ports.LOOPBACK
    usual: int = getattr(loaded.settings, setting)
    if loaded.asked(setting):
        return ports.demand(usual, loaded.origins[setting], host)
    return ports.choose(last or usual, host, taken)


def with_addresses(settings: Settings, data: DataFolder, chosen: Mapping[str, int]) -> Settings:
    """The settings the parts get: every address filled in."""
    filled: dict[str, str | int] = {}
    if "postgres" in chosen:
        filled["database_url"] = postgres.connection_url(data, chosen["postgres"])
    if "temporal" in chosen:
        filled["temporal_address"] = f"{ports.LOOPBACK}:{chosen['temporal']}"
        filled["temporal_ui_url"] = settings.temporal_ui_url or f"http://{ports.LOOPBACK}:{chosen['temporal_ui']}"
    if "http" in chosen:
        filled["http_port"] = chosen["http"]
    return msgspec.structs.replace(settings, **filled)


def postgres_part(cluster: postgres.Cluster, port: int) -> Part:
    return Part(
        name="postgres",
        stage=_SERVERS,
        argv=cluster.argv(port),
        account=cluster.account,
        stop_steps=postgres.STOP_STEPS,
        last_signal=postgres.DEATH_SIGNAL,
        ready=cluster.is_ready,
        ready_seconds=300.0,  # after a crash it replays its log first
    )


def temporal_part(program: Path, data: DataFolder, chosen: Mapping[str, int], namespace: str) -> Part:
    port = chosen["temporal"]
    return Part(
        name="temporal",
        stage=_SERVERS,
        argv=temporal.argv(program, data.temporal_db, port, chosen["temporal_ui"], namespace),
        nice=_BEHIND,
        stop_steps=temporal.STOP_STEPS,
        ready=lambda _pid: temporal.is_ready(port),
    )


def migrate_part(settings: Settings) -> Part:
    return _engine_part("migrate", settings, seconds=600.0)


def provision_part(settings: Settings) -> Part | None:
    """The folder `provisioning` of an installation's data, where there is one: loaded again at every start, which changes nothing if nothing changed."""
    folder = settings.data / PROVISIONING
    return _engine_part("provision", settings, str(folder), seconds=600.0) if folder.is_dir() else None


def engine_parts(settings: Settings) -> list[Part]:
    host = ports.LOOPBACK if settings.http_host in {"0.0.0.0", "::"} else settings.http_host  # noqa: S104  compared, not bound

    def listens(_pid: int) -> bool:
        return ports.is_open(host, settings.http_port)

    return [_engine_part(name, settings, ready=listens if name == "api" else None) for name in _PARTS]


def _engine_part(
    name: str, settings: Settings, *arguments: str, ready: Callable[[int], bool] | None = None, seconds: float = 60.0
) -> Part:
    return Part(
        name=name,
        stage=_ENGINE,
        argv=[sys.executable, "-m", "engine.cli.main", name, *arguments],
        env={**os.environ, **as_environment(settings), "PYTHONUNBUFFERED": "1"},
        stop_steps=((signal.SIGTERM, 8.0),),
        ready=ready,
        ready_seconds=seconds,
        nice=_BEHIND if name == "worker" else 0,
    )
