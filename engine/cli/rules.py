"""`jiannuo rules simulate`: draft rules over past cases, before anybody is bound by them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from getpass import getuser
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.output import Output, print_json
from engine.cli.texts import pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from engine.simulation.answers import Line, Simulation
    from engine.storage.connect import Pool

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
_FIGURES = (
    ("warning", "预警", "warned"),
    ("yellow", "黄牌", "yellow"),
    ("red", "红牌", "red"),
    ("deemed", "默许", "deemed"),
    ("held", "暂缓", "on hold"),
    ("breaches", "违诺", "breaches"),
)
_DATES = (("earlier", "日期提前", "dates earlier"), ("later", "日期推后", "dates later"))
_MEASURE = (
    Column("concerns", "对象", "concerns", "concerns"),
    Column("case", "办件", "case"),
    Column("before", "现在", "now"),
    Column("after", "草案", "draft"),
    Column("threatens", "若均查实", "if confirmed"),
)
_CASE = (
    Column("case", "办件", "case"),
    Column("item", "事项", "item"),
    Column("unit", "单位", "unit"),
    Column("gained", "新增", "gained"),
    Column("lost", "消除", "lost"),
)


@app.callback()
def rules() -> None:
    """规则模拟 · what if other rules held."""


@app.command()
def simulate(
    draft: Annotated[
        str,
        typer.Argument(
            help="草案：items、calendar、accountability，YAML 或 JSON；- 为标准输入 · the draft, YAML or JSON; - is standard input"
        ),
    ],
    since: Day = None,
    until: Day = None,
    unit: Annotated[list[str] | None, typer.Option(help="只看这些单位及其下级 · only these units and below")] = None,
    title: Annotated[str, typer.Option(help="名称 · a name")] = "",
    actor: Annotated[str, typer.Option(help="由谁；不写为系统登录名 · by whom; default: the login")] = "",
    cases: Annotated[bool, typer.Option("--cases", help="列出每一个变动的办件 · list every case that changes")] = False,
    output: Output = "table",
) -> None:
    """草案在以往办件上的结果：预警、黄牌、红牌、默许、违诺、追究方式，前后对比 · the draft over past cases, before and after."""
    import msgspec

    from engine.cli.database import opened
    from engine.lint.reading import form as read_form
    from engine.simulation import keep
    from engine.simulation.check import checked
    from engine.simulation.draft import Draft, Scope
    from engine.simulation.run import carry_out
    from engine.storage.world import load_world
    from rules.errors import RuleError, refusal

    form = read_form(draft, sys.stdin.buffer.read() if draft == "-" else None)
    try:
        asked = msgspec.convert(form, Draft)
    except msgspec.ValidationError as error:
        raise OperatorError(str(refusal(error))) from error
    scope = Scope(_day(since), _day(until), tuple(unit or ()))
    with opened() as (pool, clock):
        with pool.connection() as connection:
            try:
                checked(load_world(connection), asked)
            except RuleError as error:
                raise OperatorError(f"{error} ({error.code})") from error
            id_ = keep.ask(connection, keep.Asked(title, actor or getuser(), asked, scope), clock.now())
        with _progress() as told:
            carry_out(pool, clock, id_, told)
        _print(pool, id_, output, cases=cases)


@app.command()
def show(
    simulation: Annotated[str, typer.Argument(help="模拟的编号 · the id of a simulation")],
    cases: Annotated[bool, typer.Option("--cases", help="列出每一个变动的办件 · list every case that changes")] = False,
    output: Output = "table",
) -> None:
    """以前做过的一次模拟 · a simulation that was made before."""
    from engine.cli.database import opened

    with opened() as (pool, _):
        _print(pool, simulation, output, cases=cases)


@app.command()
def cancel(
    simulation: Annotated[str, typer.Argument(help="模拟的编号 · the id of a simulation")],
    actor: Annotated[str, typer.Option(help="由谁；不写为系统登录名 · by whom; default: the login")] = "",
) -> None:
    """不再需要的一次模拟，不留结果 · end a simulation that is under way, without a result."""
    from engine.cli.database import opened
    from engine.simulation import keep

    with opened() as (pool, _):
        with pool.connection() as connection:
            keep.cancel(connection, simulation, actor or getuser())
        _print(pool, simulation, "table", cases=False)


@app.command("list")
def list_(
    item: Annotated[str | None, typer.Option(help="只看这一事项 · only about this item")] = None,
    output: Output = "table",
) -> None:
    """做过的模拟，新的在前 · simulations, the newest first."""
    from engine.cli.database import opened
    from engine.simulation import keep

    with opened() as (pool, _), pool.connection() as connection:
        found = keep.latest(connection, item)
    columns = (
        Column("id", "编号", "id"),
        Column("title", "名称", "title"),
        Column("status", "状态", "status"),
        Column("items", "事项", "items"),
        Column("requested_by", "由谁", "by"),
        Column("created_at", "时间", "at"),
    )
    rows = [
        {"id": one.id, "title": one.title, "status": one.status, "items": ", ".join(one.items), "requested_by": one.requested_by,
         "created_at": one.created_at.isoformat(timespec="minutes")}
        for one in found
    ]  # fmt: skip
    print_columns(rows, columns, output)


def _day(at: datetime | None) -> date | None:
    return at.date() if at is not None else None


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(pick("推算办件", "cases derived")), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _print(pool: Pool, id_: str, output: str, *, cases: bool) -> None:
    import msgspec

    from engine.simulation import answers, keep

    with pool.connection() as connection:
        kept = keep.find(connection, id_)
        if kept is None:
            raise OperatorError(pick(f"没有模拟 {id_}", f"no simulation {id_}; see jiannuo rules list"))
        found = answers.simulation(kept)
        measures = [msgspec.to_builtins(answers.measure(row)) for row in keep.measures(connection, id_)]
        rows = _every_case(connection, id_) if cases or output == "csv" else []
    if output == "json":
        print_json({**msgspec.to_builtins(found), "measures": measures, "changes": rows})
        return
    if output == "csv":
        print_columns(rows, _CASE, "csv")
        return
    _print_tables(found)
    if measures:
        print(pick("追究方式建议（1–7）：", "Proposed measures (1–7):"))
        print_columns(measures, _MEASURE, "table")
    if rows:
        print_columns([{**row, **{n: " ".join(row[n]) for n in ("gained", "lost")}} for row in rows], _CASE, "table")


def _every_case(connection: Any, id_: str) -> list[dict[str, Any]]:
    import msgspec

    from engine.simulation import answers, keep

    found, last = [], ""
    while page := keep.cases(connection, id_, keep.Wanted(), last, 500):
        found += [msgspec.to_builtins(answers.change(row)) for row in page]
        last = page[-1].case_id
    return found


def _print_tables(found: Simulation) -> None:
    from engine.simulation.answers import Line

    print(f"{found.id}  {found.title}  {found.status}  {found.draft_hash[:12]}")
    figures = found.figures
    if figures is None:
        print(pick(f"已推算 {found.done}/{found.total} 件", f"{found.done} of {found.total} cases derived"))
        return
    print(pick(f"推算 {figures.cases} 件", f"{figures.cases} cases derived"))
    if figures.unlike.number:
        words = pick(
            "件的记载与现行规则不符（与草案无关）",
            "cases are recorded otherwise than the rules in force say (draft or not)",
        )
        print(f"{figures.unlike.number} {words}: {' '.join(figures.unlike.cases[:5])}")
    if figures.failed.number:
        print(
            f"{figures.failed.number} {pick('件无法推算', 'cases could not be derived')}: {' '.join(figures.failed.cases[:5])}"
        )
    tables = (
        (pick("合计", "Total"), [Line("", figures.totals)]),
        (pick("按事项", "By item"), figures.by_item),
        (pick("按单位", "By unit"), figures.by_unit),
        (pick("按人员", "By person"), figures.by_person),
    )
    for title, lines in tables:
        rows = [row for line in lines if (row := _row(line)) and (line.name == "" or _changes(line))]
        if rows:
            print(title)
            print_columns(rows, _columns(), "table")


def _changes(line: Line) -> bool:
    return any(figure.gained or figure.lost for figure in line.figures.values())


def _columns() -> tuple[Column, ...]:
    return (Column("name", "", ""), *(Column(name, zh, en) for name, zh, en in (*_FIGURES, *_DATES)))


def _row(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {"name": line.name}
    for name, _, _ in _FIGURES:
        figure = line.figures.get(name)
        row[name] = "" if figure is None else _shown(figure.before, figure.after)
    for name, _, _ in _DATES:
        figure = line.figures.get(name)
        row[name] = figure.gained if figure is not None and figure.gained else ""
    return row


def _shown(before: int, after: int) -> str:
    return str(before) if before == after else f"{before} → {after}"
