"""`jiannuo rebuild [--check]`: the read tables, derived again from the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from engine.cli.texts import pick
from engine.rebuild.tables import Difference

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Check = Annotated[bool, typer.Option("--check", help="只比较，不改动 · compare only, change nothing")]


@app.command()
def rebuild(check: Check = False) -> None:
    """由台账重建查询表 · the read tables derived again from the ledger; other work waits meanwhile."""
    from engine.config import load
    from engine.embedded.running import demand_servers
    from engine.rebuild import tables
    from engine.storage.connect import open_owner

    settings = demand_servers(load(), temporal=False)
    with open_owner(settings.database_url) as connection, _progress(tables.count(connection)) as told:
        if not check:
            _say_rebuilt(tables.rebuild(connection, told))
            return
        differences = tables.compare(connection, told)
    _say_compared(differences)
    raise typer.Exit(1 if differences else 0)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn(pick("台账条目", "ledger entries")), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=total)
        yield lambda done: progress.update(task, completed=done)


def _say_rebuilt(entries: int) -> None:
    print(pick(f"已由 {entries} 条台账条目重建查询表", f"read tables rebuilt from {entries} ledger entries"))


def _say_compared(differences: list[Difference]) -> None:
    if not differences:
        print(pick("查询表与台账一致", "the read tables agree with the ledger"))
    for one in differences:
        print(pick(f"{one.table}：与台账不符", f"{one.table}: differs from the ledger"))
        for row in one.live:
            print(pick(f"  现有：{row}", f"  stands:  {row}"))
        for row in one.rebuilt:
            print(pick(f"  应为：{row}", f"  rebuilt: {row}"))
