"""`jiannuo item`: what is published, and the life of an entry on its way there."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.deciding import Actor
from engine.cli.output import Output, print_json, print_rows
from engine.cli.texts import language, pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from rules.filing import Wish

Filing = Annotated[str, typer.Argument(help="登记编号 · id of the filing")]
Remarks = Annotated[str | None, typer.Option(help="意见 · remarks")]
_FILINGS = (
    Column("id", "登记编号", "filing"), Column("code", "事项", "item"), Column("unit", "单位", "unit"), Column("phase", "阶段", "phase", "filing_phase"),
    Column("author", "经办", "author"), Column("changed_at", "更新", "changed"),
)  # fmt: skip


def add(app: typer.Typer) -> None:
    for command in (show, chart, filings, file, submit, review, approve, send_back, withdraw, publish):
        app.command({"send_back": "return"}.get(command.__name__))(command)


def show(
    code: Annotated[str, typer.Argument(help="事项编码 · code of the item")],
    output: Output = "table",
) -> None:
    """一个事项已公布的各版本 · the published versions of an item."""
    import msgspec

    from engine.cli.database import opened
    from engine.storage.world import load_world

    with opened() as (pool, _), pool.connection() as connection:
        found = load_world(connection).versions(code)
    if not found:
        raise OperatorError(pick(f"没有公布过事项 {code!r}", f"no item {code!r} was ever published"))
    if output == "json":
        print_json([msgspec.to_builtins(item) for item in found])
        return
    print_rows([_line(item) for item in found], output)


def chart(
    code: Annotated[str, typer.Argument(help="事项编码 · code of the item")],
    form: Annotated[Literal["bpmn", "svg"], typer.Option("--as", help="格式 · form")] = "bpmn",
) -> None:
    """现行流程图,BPMN 2.0 或图片 · the flow chart in force, as BPMN 2.0 or a picture."""
    from engine.cli.database import opened
    from engine.console.i18n import Texts
    from engine.lint.telling import limit_words
    from engine.procedures.graph import graph_of
    from engine.procedures.picture import svg
    from engine.procedures.written import bpmn
    from engine.storage.world import load_world

    with opened() as (pool, _), pool.connection() as connection:
        found = load_world(connection).versions(code)
    if not found:
        raise OperatorError(pick(f"没有公布过事项 {code!r}", f"no item {code!r} was ever published"))
    item, words = found[-1], Texts(language())
    notes = {f"step_{step.id}": limit_words(words, step.limit) for step in item.steps}
    graph = graph_of(item)
    print(bpmn(graph, item.code, item.name) if form == "bpmn" else svg(graph, notes, item.name))


def _line(item: object) -> dict[str, object]:
    from engine.console.i18n import Texts
    from engine.lint.telling import limit_words
    from rules.items import Item

    assert isinstance(item, Item)
    words = Texts(language())
    limits = {name: getattr(item, name) for name in ("committed_limit", "statutory_limit")}
    shown = {name: limit_words(words, limit) if limit else None for name, limit in limits.items()}
    return {
        "version": item.version,
        "effective_from": item.effective_from,
        "name": item.name,
        "unit": item.unit,
        **shown,
    }


def filings(
    phase: Annotated[str | None, typer.Option(help="阶段 · phase")] = None,
    code: Annotated[str | None, typer.Option(help="事项编码 · code of the item")] = None,
    output: Output = "table",
) -> None:
    """登记：在哪一阶段、谁经办 · filings: in which phase, in whose hand."""
    from engine.cli.database import opened
    from engine.filings.reading import listed

    with opened() as (pool, _), pool.connection() as connection:
        print_columns(listed(connection, phase=phase, code=code), _FILINGS, output)


def file(
    place: Annotated[Path, typer.Argument(help="一个事项,JSON 或 YAML · one item, JSON or YAML")],
    actor: Actor,
    filing: Annotated[str | None, typer.Option(help="改写已有登记 · change this filing")] = None,
    note: Annotated[str, typer.Option(help="说明 · note")] = "",
) -> None:
    """登记一个事项为草稿 · file an entry as a draft; prints the filing's id."""
    from engine.lint.reading import record
    from rules.filing import Save

    item = {"version": 1, "effective_from": _tomorrow(), **record(place)}
    _want(filing or secrets.token_hex(8), Save(item=item, note=note), actor)


def submit(
    filing: Filing,
    actor: Actor,
    withhold_basis: Annotated[str | None, typer.Option(help="不予公布的依据 · basis for not publishing")] = None,
    withhold_reason: Annotated[str | None, typer.Option(help="不予公布的理由 · reason for not publishing")] = None,
) -> None:
    """报送审核;有错误不能报送 · submit for review; refused while lint finds errors."""
    from rules.filing import Submit
    from rules.items import Withholding

    if (withhold_basis is None) != (withhold_reason is None):
        raise typer.BadParameter(pick("依据和理由须同时写明", "give the basis and the reason together"))
    withhold = Withholding(basis=withhold_basis, reason=withhold_reason) if withhold_basis and withhold_reason else None
    _want(filing, Submit(withhold=withhold), actor)


def review(
    filing: Filing,
    office: Annotated[
        Literal["legal_office", "approval_centre", "price_bureau"], typer.Option(help="审核机构 · office")
    ],
    verdict: Annotated[Literal["agreed", "objected"], typer.Option(help="同意或不同意 · verdict")],
    actor: Actor,
    remarks: Remarks = None,
) -> None:
    """审核;不同意须写明理由 · review; an objection needs its reason."""
    from rules.filing import GiveReview

    _want(filing, GiveReview(office=office, verdict=verdict, remarks=remarks), actor)


def approve(filing: Filing, actor: Actor, remarks: Remarks = None) -> None:
    """领导小组办公室审定 · the leading-group office approves."""
    from rules.filing import Approve

    _want(filing, Approve(remarks=remarks), actor)


def send_back(filing: Filing, actor: Actor, remarks: Annotated[str, typer.Option(help="理由 · why")]) -> None:
    """退回修改 · send back to the unit."""
    from rules.filing import SendBack

    _want(filing, SendBack(remarks=remarks), actor)


def withdraw(filing: Filing, actor: Actor, reason: Annotated[str, typer.Option(help="理由 · why")]) -> None:
    """撤回登记 · withdraw a filing."""
    from rules.filing import Withdraw

    _want(filing, Withdraw(reason=reason), actor)


def publish(
    filing: Filing,
    actor: Actor,
    effective_from: Annotated[
        str | None, typer.Option(help="生效日,不写为明天 · takes effect on; default: tomorrow")
    ] = None,
) -> None:
    """公布审定的事项,自次日或以后生效 · publish what was approved; it takes effect tomorrow or later."""
    from rules.filing import Publish

    _want(filing, Publish(effective_from=_day(effective_from or _tomorrow())), actor)


def _tomorrow() -> str:
    """The next day of the world's clock."""
    from engine.cli.database import opened
    from engine.storage.world import load_world

    with opened() as (pool, clock), pool.connection() as connection:
        now = clock.now()
        return (load_world(connection).calendar(now).local_date(now) + timedelta(days=1)).isoformat()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: YYYY-MM-DD") from error


def _want(id_: str, wish: Wish, actor: str) -> None:
    """Decided with the person's rights; OperatorError (exit status 1) where they do not reach or the rules refuse."""
    from engine.cli.database import opened
    from engine.cli.rights import demand
    from engine.filings.desk import act
    from engine.filings.reading import find
    from engine.filings.rights import asked_for
    from rules.filing import Refused

    with opened() as (pool, clock), pool.connection() as connection:
        action, unit = asked_for(wish, find(connection, id_))
        demand(connection, actor, action, unit=unit)
        done = act(connection, id_, wish, actor, clock)
    if isinstance(done, Refused):
        raise OperatorError(f"{done.code}: {f'{done.field}: ' if done.field else ''}{done.message}")
    print(f"{done.id}  {done.code}  {done.phase}")
