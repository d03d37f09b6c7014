"""`jiannuo api`, `worker`, `scheduler`, `migrate`: one part each, against given addresses or the installation that runs here."""

from collections.abc import Callable

import typer

from engine.config import Settings, load
from engine.embedded.running import demand_servers

api, worker, scheduler, migrate = (typer.Typer(add_completion=False, pretty_exceptions_enable=False) for _ in range(4))


@api.command()
def run_api() -> None:
    """接口与控制台 · the HTTP API and the console."""
    from engine.bootstrap import run_api

    _run(run_api)


@worker.command()
def run_worker() -> None:
    """工作流与活动 · workflows and activities."""
    from engine.bootstrap import run_worker

    _run(run_worker)


@scheduler.command()
def run_scheduler() -> None:
    """巡检与调度，同时只有一个当值 · sweeps and checks; one of many is on duty."""
    from engine.bootstrap import run_scheduler

    _run(run_scheduler)


@migrate.command()
def run_migrate() -> None:
    """更新数据库结构，可重复执行 · bring the database to the newest schema; may be repeated."""
    from engine.bootstrap import migrate

    migrate(demand_servers(load(), temporal=False).database_url)


def _run(part: Callable[[Settings], None]) -> None:
    part(demand_servers(load()))
