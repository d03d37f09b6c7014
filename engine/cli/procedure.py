"""`jiannuo procedure check`: was what was done a way through the approved flow chart?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from engine.cli.output import Output, print_rows
from engine.cli.texts import pick
from engine.errors import OperatorError
from engine.imports.mapping import MappingError, load
from engine.imports.records import Broken
from engine.imports.xes import UnsafeLogError
from engine.procedures.charts import chart_in
from engine.procedures.checking import Checked, check
from rules.errors import RuleError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def procedure() -> None:
    """办理流程 · procedures."""


@app.command("check")
def check_(
    chart: Annotated[
        Path,
        typer.Argument(
            help="流程图：BPMN 2.0，或含环节的事项文件（JSON、YAML） · the chart: BPMN 2.0, or an item with its steps",
            exists=True,
            dir_okay=False,
        ),
    ],
    log: Annotated[
        Path, typer.Argument(help="日志：XES、CSV、JSON Lines，可为 .gz · the log", exists=True, dir_okay=False)
    ],
    mapping_file: Annotated[
        Path | None, typer.Option("--mapping", help="映射文件（YAML） · the mapping file", exists=True, dir_okay=False)
    ] = None,
    item: Annotated[str | None, typer.Option(help="文件含多个事项时取哪一个 · which item of the file")] = None,
    output: Output = "table",
) -> None:
    """逐件核对：实际办理是否符合流程图；有偏离则退出码为 1 · each case against the chart; exit status 1 if one deviates."""
    try:
        found = check(chart_in(chart.read_bytes(), item), log, load(mapping_file) if mapping_file else None)
        clean = _printed(found, output)
    except RuleError as error:
        raise OperatorError(f"{chart.name}: {error} ({error.code})") from error
    except (MappingError, UnsafeLogError) as error:
        raise OperatorError(str(error)) from error
    raise typer.Exit(0 if clean else 1)


def _printed(found: Iterator[Checked | Broken], output: Output) -> bool:
    """Whether every case was read and none deviates. JSON comes line by line, as the log is read."""
    clean, rows = True, []
    for one in found:
        if isinstance(one, Broken):
            print(
                pick(f"{one.place}：无法读取：{one.reason}", f"{one.place}: not readable: {one.reason}"),
                file=sys.stderr,
            )
            clean = False
            continue
        clean = clean and not one.deviates
        if output == "json":
            print(msgspec.json.encode(one).decode())
        else:
            rows.append(msgspec.to_builtins(one))
    print_rows(rows, output) if rows else None
    return clean
