"""`jiannuo score`: the evaluation of units and persons, the cases behind each figure, and the tables of a report."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from engine.cli.deciding import Actor
from engine.cli.output import Output, print_json, print_rows
from engine.cli.texts import language, pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from engine.scores.board import Board
    from engine.storage.connect import Connection
    from rules.reporting_period import ReportingPeriod
    from rules.world import World

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Period = Annotated[str, typer.Option(help="时期，如 2026、2026Q1、2026-03 · 2026, 2026Q1 or 2026-03")]
Of = Annotated[Literal["unit", "person"], typer.Option("--subject", help="单位或个人 · units or persons")]
Unit = Annotated[str | None, typer.Option(help="单位及其下属 · a unit and all below it")]
Person = Annotated[str | None, typer.Option(help="人员编号 · person")]
By = Literal["unit", "month", "category", "measure"]
_SHOWN = ("due", "on_time", "late", "breaches_standing", "breaches_confirmed", "red", "measures", "complaints")


@app.callback()
def score() -> None:
    """绩效评估 · evaluation."""


@app.command()
def show(period: Period, subject: Of = "unit", unit: Unit = None, output: Output = "table") -> None:
    """得分与等次，附各项指标；与已核定结果不同之处一并列出 · points and grades with the figures; what differs from what was settled."""
    from engine.scores.answers import scores
    from engine.scores.board import board
    from engine.scores.settlement import settled

    with _asked(period) as (db, world, asked, today):
        found = board(db, world, asked, subject, _below(world, unit), today)
        said = scores(found, settled(db, asked.name, subject), unit)
    _print(found, said, output)
    if said["changes"] and output == "table":
        print(pick(f"核定后有变化 {len(said['changes'])} 处", f"{len(said['changes'])} changes since it was settled"))


@app.command()
def cases(
    period: Period,
    figure: Annotated[str, typer.Option(help="指标代码 · code of the figure")],
    unit: Unit = None,
    person: Person = None,
    output: Output = "table",
) -> None:
    """一项指标背后的全部办件 · all cases behind a figure."""
    from engine.scores.answers import mark
    from engine.scores.board import scope_for
    from engine.scores.marks import listed
    from rules.figures import FIGURES

    if figure not in FIGURES:
        raise typer.BadParameter(
            pick(f"没有指标 {figure!r}；可用：", f"no figure {figure!r}; use one of ") + ", ".join(FIGURES)
        )
    with _asked(period) as (db, world, asked, _):
        found = [mark(one) for one in listed(db, scope_for(world, asked, None, unit, person), figure)]
    flat = found if output == "json" else [{**row, "persons": " ".join(row["persons"])} for row in found]
    print_rows(flat, output)


@app.command()
def tables(
    period: Period,
    by: Annotated[By, typer.Option(help="按单位、月份、类别或处理方式 · by what")] = "unit",
    unit: Unit = None,
    output: Output = "table",
) -> None:
    """报人大、政协的统计表 · the tables of a report to the people's congress and the consultative conference."""
    from engine.scores.answers import table
    from engine.scores.tables import tables as made

    with _asked(period) as (db, world, asked, today):
        found = next(one for one in made(db, world, asked, _below(world, unit), today) if one.name == by)
    print_rows(table(found)["rows"], output)


@app.command()
def commend(
    year: Annotated[str, typer.Option(help="年份 · year")], subject: Of = "unit", output: Output = "table"
) -> None:
    """年终表彰名单 · who is commended at the end of the year."""
    from engine.scores.answers import candidate
    from engine.scores.board import commendation

    with _asked(year) as (db, world, asked, today):
        if not asked.quarters:
            raise OperatorError(pick(f"{year!r} 不是年份", f"{year!r} is no year; write it like 2026"))
        found = [candidate(one) for one in commendation(db, world, asked, subject, None, today)]
    print_rows([{**row, "quarters": " ".join(row["quarters"])} for row in found], output)


@app.command()
def settle(period: Period, actor: Actor, subject: Of = "unit") -> None:
    """核定一个时期的评估：按此刻所知记入台账 · settle an evaluation: it stays on the ledger as known now."""
    from engine.api.permissions import demand
    from engine.cli.database import opened
    from engine.cli.deciding import told
    from engine.scores.board import board
    from engine.scores.settlement import settle as settled
    from engine.storage.world import load_world

    asked = _period(period)
    with opened() as (pool, clock), pool.connection() as db, told():
        demand(db, actor, "score.settle")
        world, now = load_world(db), clock.now()
        today = world.calendar(now).local_date(now)
        done = settled(db, board(db, world, asked, subject, None, today), now, actor)
    print(pick(f"已核定 {asked.name}：{len(done.said.rows)} 行", f"settled {asked.name}: {len(done.said.rows)} rows"))


@app.command()
def rehearse(
    file: Annotated[str, typer.Argument(help="演练文件，- 为标准输入 · the rehearsal file, - for standard input")],
    period: Period,
    subject: Of = "unit",
    output: Output = "table",
) -> None:
    """在虚拟时间里推演一个世界，并评估它 · play a world in virtual time and evaluate it."""
    from engine.rehearsal.loading import load
    from engine.scores.answers import scores
    from engine.scores.board import rehearsed
    from rules.errors import RuleError
    from rules.marks import marks
    from rules.rehearsal import Rehearsal

    asked = _period(period)
    try:
        loaded = load(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}") from error
    except RuleError as error:
        raise OperatorError(f"{file}: {error.field}: {error.message} ({error.code})") from error
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    found = rehearsed(marks(played.streams.values(), loaded.world, loaded.until), loaded.world, asked, subject)
    _print(found, scores(found, None), output)


def _print(found: Board, said: dict[str, Any], output: Literal["table", "json", "csv"]) -> None:
    if output == "json":
        print_json(said)
        return
    from engine.console.i18n import Texts

    words = Texts(language())
    grades = {rule.grade: words.name(rule) or rule.grade for rule in found.formula.grades}
    grades["no_cases"] = pick("无办件", "no cases")
    print_rows(
        [
            {
                found.formula.subject: row["id"], "score": row["score"],
                "grade": row["grade"] if output == "csv" else grades.get(row["grade"]),
                **{name: row["figures"][name]["count"] for name in _SHOWN},
            }
            for row in said["rows"]
        ],
        output,
    )  # fmt: skip


def _below(world: World, unit: str | None) -> frozenset[str] | None:
    from engine.scores.board import tree_of

    if unit is not None and unit not in world.units:
        raise OperatorError(pick(f"没有单位 {unit!r}", f"no unit {unit!r}"))
    return None if unit is None else tree_of(world).subtree(unit)


def _period(written: str) -> ReportingPeriod:
    from rules.errors import RuleError
    from rules.reporting_period import reporting_period

    try:
        return reporting_period(written)
    except RuleError as error:
        raise typer.BadParameter(error.message) from error


@contextmanager
def _asked(written: str) -> Iterator[tuple[Connection, World, ReportingPeriod, date]]:
    """What a question needs: the database, the world, the period, and today."""
    from engine.cli.database import opened
    from engine.storage.world import load_world

    period = _period(written)
    with opened() as (pool, clock), pool.connection() as db:
        world, now = load_world(db), clock.now()
        yield db, world, period, world.calendar(now).local_date(now)
