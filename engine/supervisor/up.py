"""`jiannuo up`: everything on one machine, in order, with one Ctrl-C."""

import contextlib
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from engine.config import Loaded, Settings
from engine.embedded import postgres, temporal
from engine.embedded.datadir import DataFolder
from engine.embedded.process import is_running, stop_known
from engine.embedded.progress import step
from engine.supervisor import plan
from engine.supervisor.extras import Extras
from engine.supervisor.watch import Stopped, Watch

_LEFTOVER_STEPS = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))


def up(loaded: Loaded, *, servers_only: bool = False, extras: Extras | None = None) -> None:
    """Run an installation until told to end. Raises OperatorError when it cannot start; everything is stopped then."""
    data = DataFolder(loaded.settings.data)
    signal.signal(signal.SIGTERM, _leave)
    with data.lock(), contextlib.suppress(Stopped, KeyboardInterrupt):
        _clear_leftovers(data)
        last_ports = data.runtime().ports
        watch = Watch(data, say)
        watch.announce("", {})  # the first start may take minutes: a second `up` shall name us from now on
        try:
            _start(watch, loaded, data, last_ports, servers_only=servers_only, extras=extras)
            watch.watch()
        finally:
            say("正在停止 … stopping")
            watch.stop()
    say("已停止 stopped")


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def say(line: str) -> None:
    """A line for people; a terminal that is gone is no reason to stop working."""
    with contextlib.suppress(OSError):
        print(line, flush=True)  # noqa: T201


def _clear_leftovers(data: DataFolder) -> None:
    """End what an earlier supervisor that was killed may have left; PostgreSQL is asked in its own way, below."""
    for name, known in data.runtime().children.items():
        if name != "postgres" and is_running(known):
            say(f"⚠ 清理上次遗留的进程 · ending a leftover of the last run: {name} ({known.pid})")
            stop_known(known, _LEFTOVER_STEPS)


def _start(
    watch: Watch,
    loaded: Loaded,
    data: DataFolder,
    last_ports: Mapping[str, int],
    *,
    servers_only: bool,
    extras: Extras | None,
) -> None:
    own = plan.embedded(loaded.settings)
    data.prepare(None)
    cluster = _prepare_postgres(data) if own.postgres else None
    program = _prepare_temporal() if own.temporal else None
    chosen = plan.choose_ports(loaded, last_ports, with_engine=not servers_only)
    settings = plan.with_addresses(loaded.settings, data, chosen)
    settings = extras.furnished(settings) if extras else settings
    watch.install_signals()
    watch.announce(_address(settings) if "http" in chosen else "", chosen)
    if cluster:
        with step("启动 PostgreSQL · starting PostgreSQL", sys.stdout):
            watch.start(plan.postgres_part(cluster, chosen["postgres"]))
    if program:
        with step("启动 Temporal · starting Temporal", sys.stdout):
            watch.start(plan.temporal_part(program, data, chosen, settings.temporal_namespace))
    if not servers_only:
        _start_engine(watch, settings, extras)
    lines = extras.greeting(settings, data) if extras else _greeting(settings, data, servers_only=servers_only)
    for line in lines:
        say(line)


def _prepare_postgres(data: DataFolder) -> postgres.Cluster:
    cluster = postgres.find(data)
    if cluster.clear_leftovers():
        say("⚠ 已停止上次遗留的 PostgreSQL · stopped a PostgreSQL left over from the last run")
    if not cluster.folder.exists():
        with step("建立数据库 · making the database cluster", sys.stdout):
            cluster.initialise()
    return cluster


def _prepare_temporal() -> Path:
    cache = temporal.cache_folder()
    if program := temporal.present(cache):
        return program
    with step("取得 Temporal 程序（仅首次）· getting the Temporal program (first time only)", sys.stdout) as running:
        return temporal.obtain(cache, running)


def _start_engine(watch: Watch, settings: Settings, extras: Extras | None) -> None:
    with step("更新数据库结构 · migrating the database", sys.stdout):
        watch.run_once(plan.migrate_part(settings))
    if extras:
        extras.prepare(settings)
    elif part := plan.provision_part(settings):
        with step("载入 provisioning 中的配置 · provisioning what the folder holds", sys.stdout):
            watch.run_once(part)
    with step("启动引擎 · starting api, worker, scheduler", sys.stdout):
        watch.start(*plan.engine_parts(settings))
    if extras:
        watch.start(*extras.parts(settings))
        extras.begin(settings)


def _address(settings: Settings) -> str:
    return settings.public_url or f"http://{settings.http_host}:{settings.http_port}"


def _greeting(settings: Settings, data: DataFolder, *, servers_only: bool) -> list[str]:
    lines = {
        "网址 open": "" if servers_only else _address(settings),
        "Temporal": settings.temporal_ui_url,
        "数据 data": str(data.root),
        "日志 logs": str(data.logs),
    }
    return [*(f"  {label}: {value}" for label, value in lines.items() if value), "Ctrl-C 停止全部 · stops everything"]
