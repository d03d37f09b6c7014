"""`jiannuo demo`."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
# The demo must never touch an installation: it takes neither servers nor a data folder from the environment.
_NOT_FOR_US = ("DATABASE_URL", "TEMPORAL_ADDRESS", "JIANNUO_DATA", "JIANNUO_KEY_FILE", "JIANNUO_CONFIG")


@app.command()
def demo(
    data: Annotated[Path | None, typer.Option(help="数据目录 · the data folder")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="删除上次演示,从头开始 · delete the last demo and begin anew")
    ] = False,
    rate: Annotated[int, typer.Option(min=1, max=200, help="每个工作日的新办件数 · new cases a working day")] = 8,
) -> None:
    """一个虚构的县,一个工作日约二十秒 · a fictional county in which a working day takes about twenty seconds."""
    from engine.config import load
    from engine.demo.installation import COUNTY, Demo
    from engine.supervisor.up import up

    kept = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_US}
    loaded = load({**kept, "JIANNUO_DEMO": "true", **({"JIANNUO_DATA": str(data)} if data else {})})
    if fresh:
        _delete(loaded.settings.data)
    up(loaded, extras=Demo(COUNTY, rate))


def _delete(root: Path) -> None:
    """Only what the demo made: a folder that holds anything else is left alone."""
    from engine.embedded.datadir import AlreadyRunningError, DataFolder
    from engine.embedded.postgres import find
    from engine.errors import OperatorError

    if not root.exists():
        return
    if not _is_ours(root):
        raise OperatorError(f"{root}: 不是演示的数据目录,未删除 · not a demo's data folder; nothing was deleted")
    data = DataFolder(root)
    try:
        held = data.lock()
    except AlreadyRunningError as error:
        raise OperatorError(str(error)) from error
    with held:
        find(data).clear_leftovers()
        shutil.rmtree(root)


def _is_ours(root: Path) -> bool:
    made = {"lock", "log", "mail", "postgres", "postgres.password", "runtime.json", "master.key", "demo-keys.json"}
    made |= {"simulator.json", "simulator.draft"}
    return all(entry.name in made or entry.name.startswith(("temporal.", ".")) for entry in root.iterdir())
