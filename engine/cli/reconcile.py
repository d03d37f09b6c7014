"""`jiannuo reconcile`: everything on record against a second derivation from the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from engine.cli.texts import pick
from engine.reconcile.findings import Run

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Output = Annotated[Literal["table", "json"], typer.Option("-o", "--output")]
Repair = Annotated[bool, typer.Option(help="修复能修复的差异 · put right what can be put right")]
_PROBLEMS = {
    "temporal_away": ("Temporal 无法连接，工作流未核对", "Temporal does not answer; workflows were not looked at"),
    "temporal_not_given": (
        "未给出 Temporal 地址，工作流未核对",
        "no address of Temporal; workflows were not looked at",
    ),
    "broken_off": ("中途停止", "broken off"),
}


@app.command()
def reconcile(repair: Repair = True, output: Output = "table") -> None:
    """以另一条路推算并核对全部期限、查询表、台账与工作流；发现差异时以 1 结束 · exit 1 if anything differs or could not be looked at."""
    from engine.cli.database import opened
    from engine.config import load
    from engine.embedded.running import demand_servers
    from engine.reconcile.findings import findings_of
    from engine.reconcile.reconciler import Temporal
    from engine.reconcile.reconciler import reconcile as reconciled

    settings = demand_servers(load())
    temporal = Temporal(settings.temporal_address, settings.temporal_namespace)
    with opened() as (pool, clock):
        with _progress() as told:
            run = reconciled(pool, clock, temporal, repair=repair, started_by="command", told=told)
        with pool.connection() as connection:
            _say(run, findings_of(connection, run.id), output)
    raise typer.Exit(1 if run.found or run.problem else 0)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn(pick("台账流", "streams")), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _say(run: Run, findings: Iterable[Mapping[str, object]], output: str) -> None:
    figures = {name: getattr(run, name) for name in ("id", "found", "repaired", "checked", "not_covered", "problem")}
    if output == "json":
        print(msgspec.json.encode({**figures, "findings": list(findings)}).decode())
        return
    print("\n".join(_lines(run)))
    for one in findings:
        print(_line(one))


def _lines(run: Run) -> Iterator[str]:
    counts = ", ".join(f"{name} {number}" for name, number in run.checked.items())
    yield pick(f"已核对：{counts}", f"compared: {counts}")
    for why, number in run.not_covered.items():
        yield pick(f"另一条路未覆盖的时限：{why} {number}", f"clocks the second road does not judge: {why} {number}")
    if run.problem:
        yield pick(*_PROBLEMS[run.problem])
    left = run.found - run.repaired
    yield pick(
        f"差异 {run.found} 处，已修复 {run.repaired} 处，待处理 {left} 处",
        f"{run.found} differences, {run.repaired} put right, {left} left to people",
    )


def _line(one: Mapping[str, object]) -> str:
    mended = one["repaired"] or pick("未修复", "not put right")
    should, was = pick("应为", "expected"), pick("实为", "found")
    return f"  {one['kind']} · {one['stream_id']} · {one['place']}\n    {should} {one['expected']}\n    {was} {one['found']} → {mended}"
