"""`jiannuo finding`: what the engine found; a person confirms, dismisses, excuses or withdraws it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.deciding import Actor, Size, act, decided, listed
from engine.cli.output import Output

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
FindingId = Annotated[str, typer.Argument(help="编号，见 finding list · its id, see finding list")]
Grade = Literal["minor", "ordinary", "serious", "grave"]
_COLUMNS = (
    Column("id", "编号", "id"),
    Column("case_id", "办件", "case"),
    Column("kind", "类别", "kind", "finding"),
    Column("clock", "时限", "clock", "clock"),
    Column("unit", "单位", "unit"),
    Column("person", "承办人", "person"),
    Column("status", "状态", "status", "finding_status"),
    Column("legal_at", "发生时刻", "since"),
)


@app.callback()
def finding() -> None:
    """监察发现 · findings."""


@app.command("list")
def list_(
    status: Annotated[
        Literal["open", "confirmed", "dismissed", "excused", "withdrawn"] | None, typer.Option(help="状态 · status")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="类别代码 · code of the kind")] = None,
    unit: Annotated[str | None, typer.Option(help="单位 · unit")] = None,
    person: Annotated[str | None, typer.Option(help="人员编号 · person")] = None,
    case: Annotated[str | None, typer.Option(help="办件编号 · case number")] = None,
    size: Size = 50,
    output: Output = "table",
) -> None:
    """监察发现，新的在前 · findings, newest first."""
    from engine.api.registers import FINDINGS

    wanted = {"status": status, "kind": kind, "unit": unit, "person": person, "case": case}
    print_columns(listed(FINDINGS, wanted, size), _COLUMNS, output)


@app.command()
def confirm(
    finding_id: FindingId,
    actor: Actor,
    grade: Annotated[Grade | None, typer.Option(help="程度 · grade")] = None,
    nature: Annotated[str | None, typer.Option(help="性质 · nature, where the grade is not named")] = None,
    reason: Annotated[str | None, typer.Option(help="理由 · why")] = None,
) -> None:
    """确认；由此启动追究程序 · it holds; this opens the proceeding."""
    from engine.api.acts import Confirmation
    from engine.api.orders import about_finding

    if (grade is None) == (nature is None):
        raise typer.BadParameter("--grade 与 --nature 须给其一 · give one of --grade and --nature")
    said = act(Confirmation, actor=actor, grade=grade, nature=nature, reason=reason)
    decided(lambda db: about_finding(db, finding_id, "finding.confirmed", said))


@app.command()
def dismiss(
    finding_id: FindingId, actor: Actor, reason: Annotated[str, typer.Option(help="理由 · why it does not hold")]
) -> None:
    """不予认定 · it does not hold."""
    from engine.api.acts import Dismissal
    from engine.api.orders import about_finding

    said = act(Dismissal, actor=actor, reason=reason)
    decided(lambda db: about_finding(db, finding_id, "finding.dismissed", said))


@app.command()
def excuse(
    finding_id: FindingId,
    actor: Actor,
    code: Annotated[str, typer.Option(help="免责事由代码 · code of the exemption")],
    reason: Annotated[str, typer.Option(help="理由 · why nobody answers for it")],
) -> None:
    """免责（容错）：属实，但不予追究 · it holds, and nobody answers for it."""
    from engine.api.acts import Excuse
    from engine.api.orders import about_finding

    said = act(Excuse, actor=actor, code=code, reason=reason)
    decided(lambda db: about_finding(db, finding_id, "finding.excused", said))


@app.command()
def withdraw(
    finding_id: FindingId, actor: Actor, reason: Annotated[str, typer.Option(help="理由 · why it is taken back")]
) -> None:
    """撤回：不当发现或确认，予以收回 · it was opened or confirmed by mistake and is taken back."""
    from engine.api.acts import Withdrawal
    from engine.api.orders import about_finding

    said = act(Withdrawal, actor=actor, reason=reason)
    decided(lambda db: about_finding(db, finding_id, "finding.withdrawn", said))
