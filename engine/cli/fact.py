"""`jiannuo fact`: facts that wait or are in quarantine, and how a person settles them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, LiteralString

import typer

from engine.cli.output import Output, print_rows
from engine.cli.texts import pick
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Source = Annotated[str, typer.Argument(help="数据来源 · source")]
MessageId = Annotated[str, typer.Argument(help="消息编号 · message id")]
Actor = Annotated[str, typer.Option(help="由谁处置，人员编号 · who settles it, by person id")]
Size = Annotated[int, typer.Option("--limit", min=1, max=5000, help="最多行数 · rows at most")]
_PARKED = "SELECT source, message_id, case_id, type, why, detail, since FROM parked ORDER BY since, message_id LIMIT %s"
_QUARANTINED = (
    "SELECT source, message_id, case_id, item, type, why, since FROM quarantine WHERE released_at IS NULL"
    " ORDER BY since, message_id LIMIT %s"
)


@app.callback()
def fact() -> None:
    """待安置和隔离的事实 · facts that wait."""


@app.command()
def parked(size: Size = 100, output: Output = "table") -> None:
    """待安置：何处、为何、自何时起 · facts that cannot be placed yet: where, why, since when."""
    _list(_PARKED, size, output)


@app.command()
def quarantined(size: Size = 100, output: Output = "table") -> None:
    """隔离：目录中没有其事项 · facts for an item that no catalogue holds."""
    _list(_QUARANTINED, size, output)


@app.command()
def release(source: Source, message_id: MessageId, actor: Actor) -> None:
    """现在采用：事项已公布，或故障已排除 · take it up now: its item is published, or the defect is mended."""
    from engine.cli.database import opened
    from engine.cli.rights import demand
    from engine.intake import settling

    with opened() as (pool, clock), pool.connection() as connection, _settling():
        demand(connection, actor, "fact.settle")
        answer = settling.release(connection, (source, message_id), clock)
    print(f"{answer.outcome}" + (f" {answer.code}: {answer.message}" if answer.code else ""))
    for clock_name, due in answer.dates.items():
        print(f"{clock_name}: {due.due_on} ({due.expires_at})")


@app.command()
def discard(
    source: Source,
    message_id: MessageId,
    reason: Annotated[str, typer.Option(help="理由 · why")],
    actor: Actor,
    approver: Annotated[str | None, typer.Option(help="批准人 · who approved")] = None,
) -> None:
    """弃用：事实和理由都留在台账 · it counts for nothing; fact and reason stay on the ledger."""
    from engine.cli.database import opened
    from engine.cli.rights import demand
    from engine.intake import settling

    how = settling.Discarding(actor, reason, f"command:{secrets.token_hex(16)}", approver)
    with opened() as (pool, clock), pool.connection() as connection, _settling():
        demand(connection, actor, "fact.settle")
        settling.discard(connection, (source, message_id), how, clock)
    print(pick("已弃用，理由已登记", "discarded; the reason is on record"))


def _list(query: LiteralString, size: int, output: Output) -> None:
    from psycopg.rows import dict_row

    from engine.cli.database import opened

    with opened() as (pool, _), pool.connection() as connection, connection.cursor(row_factory=dict_row) as reading:
        rows = reading.execute(query, (size,)).fetchall()
    print_rows(rows, output)


@contextmanager
def _settling() -> Iterator[None]:
    from engine.intake.settling import SettlingError

    try:
        yield
    except SettlingError as error:
        raise OperatorError(f"{error} ({error.code})") from error
