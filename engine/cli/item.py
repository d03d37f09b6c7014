"""`jiannuo item`: service items, checked before they are published."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from engine.cli import item_filing, item_import
from engine.cli.columns import Column, print_columns
from engine.cli.output import Output
from engine.cli.texts import language

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
_COLUMNS = (
    Column("severity", "级别", "severity", "severity"),
    Column("item", "事项", "item"),
    Column("field", "位置", "field"),
    Column("message", "说明", "message"),
    Column("code", "代码", "code"),
)
_JSON = ("code", "severity", "item", "field", "message")


item_filing.add(app)
item_import.add(app)


@app.callback()
def item() -> None:
    """事项 · service items."""


@app.command()
def lint(
    file: Annotated[
        str,
        typer.Argument(
            help="事项、列表、演练文件或文件夹,- 为标准输入 · an item, a list, a rehearsal file or a folder, - for standard input"
        ),
    ],
    output: Output = "table",
) -> None:
    """公布前检查事项,有错误时退出码为 1 · check items before they are published; exit status 1 if there is an error."""
    import msgspec

    from engine.cli.output import print_json
    from engine.errors import OperatorError
    from engine.lint.reading import read
    from engine.lint.run import lint_asked

    try:
        asked = read(file, sys.stdin.buffer.read() if file == "-" else None)
    except OperatorError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error
    found = [msgspec.to_builtins(one) for one in lint_asked(asked, language())]
    if output == "json":
        print_json([{name: one[name] for name in _JSON} for one in found])
    else:
        print_columns(found, _COLUMNS, output)
    raise typer.Exit(any(one["severity"] == "error" for one in found))
