"""`jiannuo case`: cases as they stand, straight from the read tables."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import typer

from engine.cli.deciding import told
from engine.cli.output import Output, print_json, print_rows
from engine.cli.texts import language, pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from engine.explanation.answer import DayGiven

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
CaseId = Annotated[str, typer.Argument(help="办件编号 · case number")]
_INSTANTS = ["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"]
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
    print_rows([{name: row[name] for name in _COLUMNS} for row in rows], output)


@app.command()
def show(case_id: CaseId) -> None:
    """一个办件的现状（JSON） · one case as it stands, as JSON."""
    from engine.api.cases import whole_case
    from engine.cli.database import opened

    with opened() as (pool, _), pool.connection() as connection, told():
        print_json(whole_case(connection, case_id))


@app.command()
def explain(
    case_id: CaseId,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="语言，默认同界面 · language, default as the command line's")
    ] = None,
    as_known: Annotated[
        datetime | None, typer.Option("--as-known", formats=_INSTANTS, help="按此时刻所知 · as known at this instant")
    ] = None,
    output: Output = "table",
) -> None:
    """逐日说明期限，文字与控制台、接口一致 · why these dates, day by day, in the words of the console and the API."""
    from engine.api.explanation import explanation_of
    from engine.cli.database import opened

    locale, at = lang or language(), as_known.astimezone() if as_known else None
    with opened() as (pool, clock), pool.connection() as connection, told():
        found = explanation_of(connection, case_id, locale, clock.now(), at)
    if output == "json":
        print_json(found)
    elif output == "csv":
        print_rows(
            [{"clock": name, **_flat(day)} for name, clock in found.clocks.items() for day in clock.days], output
        )
    else:
        print("\n\n".join("\n".join(clock.lines) for clock in found.clocks.values()) or _without_clock())


def _flat(day: DayGiven) -> dict[str, Any]:
    """A day as a row: the reasons in one cell."""
    return {**msgspec.structs.asdict(day), "reasons": " ".join(day.reasons)}


def _without_clock() -> str:
    return pick("该办件没有进行中的时限", "no limit of this case has started")


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
    print_rows([{name: getattr(line, name) for name in shown} for line, _, _ in lines], output)


@app.command()
def count(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=_INSTANTS,
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
    print_rows([{"outcome": name, "cases": number} for name, number in found.items()], output)
