"""`jiannuo alert`: early warnings and cards, seen and answered."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.deciding import Actor, Size, act, decided, listed
from engine.cli.output import Output

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
AlertId = Annotated[str, typer.Argument(help="编号，见 alert list · its id, see alert list")]
_COLUMNS = (
    Column("id", "编号", "id"),
    Column("case_id", "办件", "case"),
    Column("level", "级别", "level", "level"),
    Column("cause", "事由", "cause"),
    Column("status", "状态", "status", "alert_status"),
    Column("to", "收件人", "to"),
    Column("fired_at", "发出", "fired at"),
    Column("respond_until", "答复期限", "answer by"),
)


@app.callback()
def alert() -> None:
    """预警与督办 · alerts."""


@app.command("list")
def list_(
    status: Annotated[
        Literal["open", "acknowledged", "answered", "closed"] | None, typer.Option(help="状态 · status")
    ] = None,
    level: Annotated[Literal["warning", "yellow", "red", "escalated"] | None, typer.Option(help="级别 · level")] = None,
    case: Annotated[str | None, typer.Option(help="办件编号 · case number")] = None,
    size: Size = 50,
    output: Output = "table",
) -> None:
    """预警、黄牌、红牌，新的在前 · alerts, newest first."""
    from engine.api.registers import ALERTS

    rows = listed(ALERTS, {"status": status, "level": level, "case": case}, size)
    print_columns([{**row, "to": " ".join(row["data"].get("to", ()))} for row in rows], _COLUMNS, output)


@app.command()
def ack(alert_id: AlertId, actor: Actor) -> None:
    """表示已知悉 · say that it has been seen."""
    from engine.api.acts import Acknowledgement
    from engine.api.orders import about_alert

    seen = act(Acknowledgement, actor=actor)
    decided(lambda db: about_alert(db, alert_id, "alert.acknowledged", seen))


@app.command()
def answer(
    alert_id: AlertId, actor: Actor, text: Annotated[str, typer.Option(help="答复内容 · what is done about it")]
) -> None:
    """答复 · answer it."""
    from engine.api.acts import AlertAnswer
    from engine.api.orders import about_alert

    said = act(AlertAnswer, actor=actor, text=text)
    decided(lambda db: about_alert(db, alert_id, "alert.answered", said))
