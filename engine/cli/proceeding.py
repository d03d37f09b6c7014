"""`jiannuo proceeding`: who answers for what. The engine proposes a measure, a person decides."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.deciding import Actor, Size, act, decided, listed
from engine.cli.output import Output, print_json
from engine.cli.texts import pick
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
ProceedingId = Annotated[str, typer.Argument(help="编号，见 proceeding list · its id, see proceeding list")]
_COLUMNS = (
    Column("proceeding_id", "编号", "id"),
    Column("case_id", "办件", "case"),
    Column("person", "当事人", "person"),
    Column("unit", "单位", "unit"),
    Column("grade", "程度", "grade", "grade"),
    Column("phase", "阶段", "phase", "phase"),
    Column("proposed_level", "建议处理", "proposed", "measure"),
    Column("statement_until", "申辩截止", "statement until"),
    Column("decided_level", "决定", "decided", "measure"),
)


@app.callback()
def proceeding() -> None:
    """追究程序 · proceedings."""


@app.command("list")
def list_(
    phase: Annotated[str | None, typer.Option(help="阶段代码 · code of the phase")] = None,
    unit: Annotated[str | None, typer.Option(help="单位 · unit")] = None,
    person: Annotated[str | None, typer.Option(help="人员编号 · person")] = None,
    case: Annotated[str | None, typer.Option(help="办件编号 · case number")] = None,
    size: Size = 50,
    output: Output = "table",
) -> None:
    """追究程序，新的在前 · proceedings, newest first."""
    from engine.api.registers import PROCEEDINGS

    wanted = {"phase": phase, "unit": unit, "person": person, "case": case}
    print_columns(listed(PROCEEDINGS, wanted, size), _COLUMNS, output)


@app.command()
def show(proceeding_id: ProceedingId) -> None:
    """一个程序的全部内容（JSON） · one proceeding as it stands, as JSON."""
    from engine.api.registers import PROCEEDINGS

    for row in listed(PROCEEDINGS, {"proceeding": proceeding_id}, 1):
        print_json(row)
        return
    raise OperatorError(
        pick(f"没有程序 {proceeding_id!r}", f"no proceeding {proceeding_id!r}; see jiannuo proceeding list")
    )


@app.command()
def decide(
    proceeding_id: ProceedingId,
    actor: Actor,
    level: Annotated[int, typer.Option(min=1, max=7, help="处理方式 1 至 7 · measure 1 to 7")],
    reason: Annotated[str, typer.Option(help="理由 · why")],
) -> None:
    """作出处理决定 · decide on the measure."""
    from engine.api.acts import Decision
    from engine.api.orders import about_proceeding

    said = act(Decision, actor=actor, level=level, reason=reason)
    decided(lambda db: about_proceeding(db, proceeding_id, "measure.decided", "measure.decide", said))


@app.command()
def record(
    proceeding_id: ProceedingId,
    what: Annotated[Literal["recusal", "hearing", "service", "review-request", "review", "execution", "restoration", "closing"],
                    typer.Argument(help="何事 · what happened")],
    actor: Actor,
    text: Annotated[str | None, typer.Option(help="内容或理由 · the record, or the reason")] = None,
    result: Annotated[Literal["upheld", "reversed"] | None, typer.Option(help="复核结果 · of a review")] = None,
    recused: Annotated[str | None, typer.Option(help="应回避的人 · who takes no part")] = None,
) -> None:  # fmt: skip
    """登记回避、听取、送达、复核、执行、恢复、结案 · record what people did in a proceeding."""
    from engine.api.proceeding_commands import COMMANDS

    command = next(c for c in COMMANDS if c.path.startswith("/proceedings/") and c.path.endswith(f"/{what}"))
    words = "text" if "text" in command.body.model_fields else "reason"
    said = act(command.body, actor=actor, result=result, recused=recused, **{words: text})
    decided(lambda db: command.about(db, proceeding_id, command.fact, command.action, said))
