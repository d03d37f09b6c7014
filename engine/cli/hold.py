"""`jiannuo hold`: effects that wait for somebody, and how a person settles them."""

from __future__ import annotations

import secrets
import sys
from typing import Annotated, Any, Literal

import msgspec
import typer

from engine.cli.output import Output, print_rows
from engine.cli.texts import pick
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def hold() -> None:
    """暂缓生效 · effects on hold."""


@app.command("list")
def list_(
    status: Annotated[Literal["open", "closed"], typer.Option(help="状态 · status")] = "open",
    reason: Annotated[str | None, typer.Option(help="原因代码 · code of the reason")] = None,
    owner: Annotated[str | None, typer.Option(help="责任人 · owner")] = None,
    size: Annotated[int, typer.Option("--limit", min=1, max=500, help="最多行数 · rows at most")] = 100,
    output: Output = "table",
) -> None:
    """暂缓：原因、责任人、自何时起 · holds: why, whose, since when."""
    from engine.api import registers
    from engine.api.paging import page
    from engine.cli.database import opened

    wanted = {"status": status, "reason": reason, "owner": owner}
    with opened() as (pool, _), pool.connection() as connection:
        rows = page(connection, registers.HOLDS, wanted, None, size).rows
    shown = ("case_id", "reason", "owner", "recorded_at", "closed_at", "status")
    print_rows([{name: row[name] for name in shown} for row in rows], output)


@app.command()
def close(
    case: Annotated[str, typer.Argument(help="办件编号 · case number")],
    hold: Annotated[str, typer.Argument(help="原因代码，见 hold list · its reason, see hold list")],
    result: Annotated[Literal["effect", "no_effect"], typer.Option(help="生效或不生效 · takes effect or not")],
    reason: Annotated[str, typer.Option(help="理由 · why")],
    approver: Annotated[str, typer.Option(help="批准人，人员编号 · who approved, by person id")],
    actor: Annotated[str, typer.Option(help="由谁登记，人员编号 · who settles it, by person id")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看后果，不登记 · show the consequence only")] = False,
) -> None:
    """解除一项暂缓；效力仍在原时刻 · settle a hold; the effect keeps its original instant."""
    from engine.cli.database import opened
    from engine.cli.rights import demand
    from engine.intake.consequence import consequence
    from engine.intake.decide import decide

    with opened() as (pool, clock), pool.connection() as connection:
        row = connection.execute(
            "SELECT c.unit, h.owner FROM hold h LEFT JOIN case_file c USING (case_id)"
            " WHERE h.case_id = %s AND h.reason = %s AND h.status = 'open'",
            (case, hold),
        ).fetchone()
        if row is None:
            raise OperatorError(
                pick(
                    f"办件 {case} 没有未解除的 {hold}",
                    f"the case {case} has no open hold {hold}; see jiannuo hold list",
                )
            )
        demand(connection, actor, "hold.close", unit=row[0])
        envelope = _envelope(
            case, {"hold": hold, "result": result, "reason": reason, "approver": approver}, actor, clock.now()
        )
        print(_consequence(consequence(connection, envelope, clock)))
        if not dry_run:
            (answer,) = decide(connection, [envelope], clock)
            if answer.code is not None:
                raise OperatorError(f"{answer.code}: {answer.message}")
            print(pick("已登记", "recorded"), file=sys.stderr)


def _envelope(case: str, data: dict[str, Any], actor: str, now: Any) -> Any:
    from engine.intake.envelope import Envelope

    raw = msgspec.json.encode({"type": "hold.closed", "case": case, "actor": actor, "data": data})
    return Envelope(
        source="console",
        message_id=f"command:{secrets.token_hex(16)}",
        type="hold.closed",
        case=case,
        occurred_at=now,
        actor=actor,
        data=data,
        raw=raw,
    )


def _consequence(found: Any) -> str:
    if found.answer.code is not None:
        return f"{found.answer.code}: {found.answer.message}"
    state = found.after
    lines = [pick(f"办件：{state.status}", f"case: {state.status}")]
    if state.outcome:
        at = state.legal_at.isoformat() if state.legal_at else ""
        lines.append(
            pick(
                f"结果：{state.outcome}（{state.outcome_status}），自 {at}",
                f"outcome: {state.outcome} ({state.outcome_status}), since {at}",
            )
        )
    else:
        lines.append(pick("结果：无", "outcome: none"))
    left = ", ".join(state.holds) or pick("无", "none")
    lines.append(pick(f"仍暂缓：{left}", f"still on hold: {left}"))
    return "\n".join(lines)
