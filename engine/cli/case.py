"""`jiannuo case`: cases as they stand, straight from the read tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from engine.cli.texts import pick
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Output = Annotated[Literal["table", "json", "csv"], typer.Option("-o", "--output")]
CaseId = Annotated[str, typer.Argument(help="办件编号 · case number")]
_COLUMNS = ("case_id", "item", "unit", "status", "holder", "due_on", "level", "outcome_kind", "closed_at")


@app.callback()
def case() -> None:
    """办件 · cases."""


@app.command("list")
def list_(
    status: Annotated[str | None, typer.Option(help="状态 · status")] = None,
    unit: Annotated[str | None, typer.Option(help="单位 · unit")] = None,
    item: Annotated[str | None, typer.Option(help="事项 · item")] = None,
    source: Annotated[str | None, typer.Option(help="数据来源 · source")] = None,
    size: Annotated[int, typer.Option("--limit", min=1, max=500, help="最多行数 · rows at most")] = 50,
    output: Output = "table",
) -> None:
    """按编号列出办件 · cases in the order of their numbers."""
    from engine.api import registers
    from engine.api.paging import page
    from engine.cli.database import opened

    wanted = {"status": status, "unit": unit, "item": item, "source": source}
    with opened() as (pool, _), pool.connection() as connection:
        rows = page(connection, registers.CASES, wanted, None, size).rows
    _print([{name: row[name] for name in _COLUMNS} for row in rows], output)


@app.command()
def show(case_id: CaseId) -> None:
    """一个办件的现状（JSON） · one case as it stands, as JSON."""
    from engine.api.cases import whole_case
    from engine.cli.database import opened

    with opened() as (pool, _), pool.connection() as connection, _explaining():
        print(_json(whole_case(connection, case_id)))


@app.command()
def explain(case_id: CaseId, output: Output = "table") -> None:
    """逐日说明期限 · why these dates, day by day."""
    from engine.api.explanation import explained
    from engine.cli.database import opened

    with opened() as (pool, clock), pool.connection() as connection, _explaining():
        clocks = explained(connection, case_id, clock.now())
    if output == "json":
        print(_json(clocks))
        return
    for name, found in clocks.items():
        print(f"{name}: {found['due_on']} ({found['expires_at']})")
        _print([msgspec.to_builtins(day) for day in found["days"]], output)


@app.command()
def timeline(case_id: CaseId, output: Output = "table") -> None:
    """台账：事实与结论 · the ledger: facts and conclusions."""
    from engine.cli.database import opened
    from engine.ledger.read import read_stream

    with opened() as (pool, _), pool.connection() as connection:
        lines = read_stream(connection, f"case:{case_id}")
    if not lines:
        raise OperatorError(pick(f"没有办件 {case_id!r}", f"no case {case_id!r}; check its number"))
    shown = ("version", "kind", "type", "occurred_at", "legal_at", "recorded_at", "source")
    _print([{name: getattr(line, name) for name in shown} for line, _, _ in lines], output)


@app.command()
def count(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"],
            help="截至时刻 · as of this instant",
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(help="数据来源 · source")] = None,
    item: Annotated[str | None, typer.Option(help="事项 · item")] = None,
    output: Output = "table",
) -> None:
    """按时办结、超时办结、超期未结、未结各多少，按时刻比较 · how many ended in time, ended late, are open past the limit, are open; compared as instants."""
    from engine.api.outcomes import outcome_counts
    from engine.cli.database import opened

    with opened() as (pool, clock), pool.connection() as connection:
        found = outcome_counts(connection, (as_of or clock.now()).astimezone(), source=source, item=item)
    _print([{"outcome": name, "cases": number} for name, number in found.items()], output)


@contextmanager
def _explaining() -> Iterator[None]:
    """What the interface answers as a problem, as words of the command line."""
    from engine.api.problems import ProblemError

    try:
        yield
    except ProblemError as error:
        raise OperatorError(str(error)) from error


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _print(rows: list[dict[str, Any]], output: str) -> None:
    if output == "json":
        print(_json(rows))
    elif output == "csv":
        _print_csv(rows)
    elif rows:
        table = Table(*rows[0])
        for row in rows:
            table.add_row(*("" if value is None else str(value) for value in row.values()))
        Console().print(table)


def _print_csv(rows: list[dict[str, Any]]) -> None:
    import csv
    import sys

    if rows:
        writer = csv.DictWriter(sys.stdout, rows[0])
        writer.writeheader()
        writer.writerows(rows)
