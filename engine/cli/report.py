"""`jiannuo report`: rewarded reports (奖励举报); verified, rewarded and paid by those who may. Who reported is in no list."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.deciding import Actor, Size, act, decided, filing, listed
from engine.cli.output import Output

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
ReportId = Annotated[str, typer.Argument(help="编号，见 report list · its id, see report list")]
_COLUMNS = (
    Column("id", "编号", "id"),
    Column("number", "举报编号", "number"),
    Column("unit", "单位", "unit"),
    Column("phase", "阶段", "phase", "voice_phase"),
    Column("owner", "由谁办", "owner"),
    Column("phase_until", "期限", "until"),
    Column("result", "结论", "result", "voice_result"),
)


@app.callback()
def report() -> None:
    """奖励举报 · rewarded reports."""


@app.command("list")
def list_(
    phase: Annotated[
        Literal["reported", "substantiated", "rewarded", "settled", "withdrawn"] | None,
        typer.Option(help="阶段 · phase"),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="单位 · unit")] = None,
    size: Size = 50,
    output: Output = "table",
) -> None:
    """举报，新的在前 · reports, newest first."""
    from engine.api.registers import VOICES

    print_columns(listed(VOICES, {"what": "report", "phase": phase, "unit": unit}, size), _COLUMNS, output)


@app.command()
def file(
    text: Annotated[str, typer.Option(help="举报内容 · what happened")],
    unit: Annotated[str | None, typer.Option(help="举报哪个单位 · which unit it is about")] = None,
    against: Annotated[str | None, typer.Option(help="被举报人编号 · whom it is about")] = None,
    contact: Annotated[str | None, typer.Option(help="举报人，加密保存 · who reports, kept encrypted")] = None,
) -> None:
    """登记举报，给出编号和查询码 · files a report; prints its number and code."""
    from engine.api.complaining import Report

    filing(Report, text=text, unit=unit, against=against, contact=contact)


@app.command()
def verify(
    report_id: ReportId,
    actor: Actor,
    result: Annotated[Literal["substantiated", "unsubstantiated"], typer.Option(help="是否属实 · is it so")],
    text: Annotated[str, typer.Option(help="核实情况 · what was found")],
) -> None:
    """核实 · the verification."""
    from engine.api.acts import Verification
    from engine.api.orders import about_voice

    said = act(Verification, actor=actor, result=result, text=text)
    decided(lambda db: about_voice(db, report_id, "report.verified", "report.verify", said))


@app.command()
def reward(
    report_id: ReportId,
    actor: Actor,
    result: Annotated[Literal["granted", "refused"], typer.Option(help="是否奖励 · granted or refused")],
    reason: Annotated[str, typer.Option(help="理由 · why")],
    amount: Annotated[int | None, typer.Option(min=1, help="金额（元） · amount")] = None,
) -> None:
    """决定奖励 · the decision on the reward."""
    from engine.api.acts import Reward
    from engine.api.orders import about_voice

    said = act(Reward, actor=actor, result=result, reason=reason, amount=amount)
    decided(lambda db: about_voice(db, report_id, "report.rewarded", "reward.decide", said))


@app.command()
def pay(report_id: ReportId, actor: Actor, text: Annotated[str, typer.Option(help="凭证 · the voucher")]) -> None:
    """登记发放 · the reward was paid."""
    from engine.api.acts import Payment
    from engine.api.orders import about_voice

    said = act(Payment, actor=actor, text=text)
    decided(lambda db: about_voice(db, report_id, "report.paid", "reward.decide", said))
