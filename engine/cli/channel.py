"""`jiannuo channel`: the ways out, whether they work, and a message to try one."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.output import Output
from engine.cli.texts import pick
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
_COLUMNS = (
    Column("id", "通道", "channel"),
    Column("kind", "种类", "kind"),
    Column("name", "名称", "name"),
    Column("units", "单位", "units"),
    Column("state", "状态", "state"),
    Column("waiting", "待发", "waiting"),
    Column("last_ok_at", "最近成功", "last success"),
    Column("last_answer", "最近失败的答复", "answer of the last failure"),
    Column("problem", "缺少", "missing"),
)


@app.callback()
def channel() -> None:
    """通知通道 · channels of notices."""


@app.command("list")
def list_(output: Output = "table") -> None:
    """通道及其状态，不显示密钥 · channels and whether they work; secrets are not shown."""
    import msgspec

    from engine.channels.states import states
    from engine.cli.database import installation, opened

    mail = bool(installation().smtp_host)
    with opened() as (pool, _), pool.connection() as connection:
        found = states(connection, mail=mail)
    rows = [{**msgspec.to_builtins(one), "units": ", ".join(one.units) or "*"} for one in found]
    print_columns(rows, _COLUMNS, output)


@app.command("test")
def try_(
    name: Annotated[str, typer.Argument(help="通道编号，见 channel list · its id, see channel list")],
    to: Annotated[
        str, typer.Option(help="收件人的人员编号，邮件和短信通道需要 · person id, for mail and text messages")
    ] = "operator",
) -> None:
    """现在试发一条，并显示对方的答复；未成功以 1 结束 · sends one message now and shows the answer; exit 1 unless it was taken."""
    from engine.bootstrap import channels
    from engine.channels.sending import ask_test
    from engine.cli.database import installation, opened
    from engine.effects.delivering import Deliveries

    settings = installation()
    with opened() as (pool, clock):
        with pool.connection() as connection:
            id_ = ask_test(connection, name, to, settings.locale, clock.now(), status="sending")
        status = asyncio.run(_sent(Deliveries(pool, clock, channels(settings, clock)), id_))
        with pool.connection() as connection:
            row = connection.execute("SELECT attempts->-1->>'answer' FROM delivery WHERE id = %s", (id_,)).fetchone()
    answer = (row[0] if row else None) or "—"
    if status != "delivered":
        raise OperatorError(pick(f"{name} 未送达：{answer}", f"{name} did not take it: {answer}"))
    print(pick(f"{name} 已送达：{answer}", f"{name} took it: {answer}"))


async def _sent(deliveries: object, id_: str) -> str:
    from temporalio.exceptions import ApplicationError

    from engine.effects.delivering import Deliveries

    assert isinstance(deliveries, Deliveries)
    try:
        return await deliveries.deliver(id_)
    except ApplicationError as wait:  # the channel pauses: the message is not left behind for days
        await deliveries.give_up(id_)
        raise OperatorError(
            pick(
                f"通道正在限速或暂停（{wait.message}），请稍后再试",
                f"the channel pauses ({wait.message}); try again later",
            )
        ) from wait
