"""`jiannuo events import`: facts from a log of another system."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from engine.cli.texts import pick
from engine.errors import OperatorError
from engine.imports import backfill, mapping, source, workers
from engine.imports.mapped import CaseMapper
from engine.imports.mapping import Mapping, MappingError
from engine.imports.report import Report
from engine.imports.xes import UnsafeLogError
from engine.storage.connect import Pool
from engine.storage.world import load_world

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
_SHOWN = 20


@app.callback()
def events() -> None:
    """事实 · facts."""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="日志：XES、CSV、JSON Lines、Excel，可为 .gz · the log", exists=True, dir_okay=False)
    ],
    mapping_file: Annotated[
        Path, typer.Option("--mapping", help="映射文件（YAML） · the mapping file", exists=True, dir_okay=False)
    ],
    source_id: Annotated[
        str | None, typer.Option("--source", help="数据来源，默认取自映射文件 · source, default as in the mapping")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只计数，不写入 · count only, write nothing")] = False,
    output: Annotated[Literal["table", "json"], typer.Option("-o", "--output")] = "table",
) -> None:
    """导入日志，按同一规则在虚拟时间中补录；重复导入不改变任何记录 · import a log as back-filled facts; a second time changes nothing."""
    try:
        report = _imported(file, mapping.load(mapping_file), source_id, dry_run=dry_run)
    except (MappingError, UnsafeLogError) as error:
        raise OperatorError(str(error)) from error
    print(msgspec.json.encode(report).decode() if output == "json" else told(report))
    raise typer.Exit(0 if report.is_clean else 1)


def _imported(file: Path, found: Mapping, source_id: str | None, *, dry_run: bool) -> Report:
    name = source_id or found.source
    if name is None:
        raise OperatorError(
            pick(
                "缺少数据来源：用 --source，或在映射文件中写 source",
                "no source: use --source, or name it in the mapping",
            )
        )
    mapper = CaseMapper(found, name)
    if dry_run:
        return _run(file, found, mapper, backfill.here(mapper, None), dry_run=True)
    from engine.cli.database import installation, opened

    with opened() as (pool, clock):
        _check_source(pool, name)
        if file.stat().st_size >= workers.WORTH_IT:
            return _run(file, found, mapper, workers.spread(installation(), found, name))
        return _run(file, found, mapper, backfill.here(mapper, backfill.through_the_door(pool, clock)))


def _check_source(pool: Pool, name: str) -> None:
    with pool.connection() as connection:
        known = load_world(connection).sources
    if name not in known:
        raise OperatorError(
            pick(
                f"数据来源 {name!r} 未登记：先用 jiannuo provision 登记，或用 --source 指定其他来源",
                f"the source {name!r} is not registered; record it first (jiannuo provision), or name another with --source",
            )
        )


def _run(file: Path, found: Mapping, mapper: CaseMapper, taking: backfill.Taking, *, dry_run: bool = False) -> Report:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[facts]}"),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=console) if console.is_terminal else None
    with source.opened(file, found, mapper) as log, bar or nullcontext():
        task = bar.add_task(file.name, total=log.size, facts="") if bar else None

        def shown(report: Report) -> None:
            if bar and task is not None:
                bar.update(
                    task, completed=log.read_bytes, facts=pick(f"{report.facts} 条事实", f"{report.facts} facts")
                )

        return backfill.run(log.cases(), taking, shown, dry_run=dry_run)


def told(report: Report) -> str:
    """The report in words."""
    lines = [
        pick(
            f"{report.cases} 件，{report.facts} 条事实，{report.seconds} 秒",
            f"{report.cases} cases, {report.facts} facts, {report.seconds} s",
        )
    ]
    lines += [f"  {count:>8}  {type_}" for type_, count in sorted(report.types.items())]
    if report.dry_run:
        lines.append(pick("试运行：未写入任何内容", "dry run: nothing was written"))
    lines += [f"  {count:>8}  {_OUTCOMES[outcome]()}" for outcome, count in sorted(report.outcomes.items())]
    if report.changed_nothing:
        lines.append(
            pick(
                "没有新内容：全部事实此前已登记，未作任何改动",
                "nothing new: every fact was here already, nothing was changed",
            )
        )
    if report.broken:
        lines.append(
            pick(
                f"{report.broken} 条记录无法读取，其余已处理：",
                f"{report.broken} records could not be read; the rest went on:",
            )
        )
    lines += [f"  {problem.place}: [{problem.outcome}] {problem.reason}" for problem in report.problems[:_SHOWN]]
    if report.not_taken > _SHOWN:
        lines.append(
            pick(f"  …… 共 {report.not_taken} 条，用 -o json 查看", f"  … {report.not_taken} in all; see -o json")
        )
    return "\n".join(lines)


_OUTCOMES = {
    "recorded": lambda: pick("已登记", "recorded"),
    "duplicate": lambda: pick("此前已登记", "here already"),
    "reused": lambda: pick("编号相同而内容不同，未登记", "same id with another content, not recorded"),
    "parked": lambda: pick("暂存，等待所属办件", "parked until their case is known"),
    "refused": lambda: pick("规则不予生效，已留存", "refused by the rules, on record"),
    "unknown_item": lambda: pick("事项未公布，已隔离", "unknown item, in quarantine"),
    "malformed": lambda: pick("格式错误，未登记", "malformed, not recorded"),
    "undecided": lambda: pick("已保留，待处理", "kept, to be looked at"),
}
