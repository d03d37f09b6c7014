"""`jiannuo complaint`: what citizens complain about, with or without a case; admitted, answered, reviewed by those who may."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.deciding import Actor, Size, act, decided, filing, listed
from engine.cli.output import Output

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
ComplaintId = Annotated[str, typer.Argument(help="编号，见 complaint list · its id, see complaint list")]
Text = Annotated[str | None, typer.Option(help="说明 · words")]
_COLUMNS = (
    Column("id", "编号", "id"),
    Column("case_id", "办件或投诉编号", "case or complaint"),
    Column("unit", "单位", "unit"),
    Column("subject", "事由", "subject", "voice_subject"),
    Column("phase", "阶段", "phase", "voice_phase"),
    Column("owner", "由谁办", "owner"),
    Column("phase_until", "期限", "until"),
    Column("result", "结论", "result", "voice_result"),
)


@app.callback()
def complaint() -> None:
    """投诉 · complaints."""


@app.command("list")
def list_(
    phase: Annotated[
        Literal["filed", "accepted", "declined", "review", "settled", "withdrawn"] | None,
        typer.Option(help="阶段 · phase"),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="单位 · unit")] = None,
    owner: Annotated[str | None, typer.Option(help="由谁办，人员编号 · who has to act")] = None,
    case: Annotated[str | None, typer.Option(help="办件编号 · case number")] = None,
    size: Size = 50,
    output: Output = "table",
) -> None:
    """投诉，新的在前 · complaints, newest first."""
    from engine.api.registers import VOICES

    wanted = {"what": "complaint", "phase": phase, "unit": unit, "owner": owner, "case": case}
    print_columns(listed(VOICES, wanted, size), _COLUMNS, output)


@app.command()
def file(
    text: Annotated[str, typer.Option(help="投诉内容 · what happened")],
    unit: Annotated[str | None, typer.Option(help="投诉哪个单位 · which unit it is about")] = None,
    subject: Annotated[
        str | None, typer.Option(help="事由代码：delay、attitude、procedure、fee · code of the subject")
    ] = None,
    against: Annotated[str | None, typer.Option(help="被投诉人编号 · whom it is about")] = None,
    contact: Annotated[str | None, typer.Option(help="联系方式 · how to reach whoever complains")] = None,
) -> None:
    """登记不涉及办件的投诉，给出编号和查询码 · files one that names no case; prints its number and code."""
    from engine.api.complaining import Complaint

    filing(Complaint, text=text, unit=unit, subject=subject, against=against, contact=contact)


@app.command()
def accept(complaint_id: ComplaintId, actor: Actor, text: Text = None) -> None:
    """受理 · it is admitted."""
    from engine.api.acts import Remark
    from engine.api.orders import about_voice

    said = act(Remark, actor=actor, text=text)
    decided(lambda db: about_voice(db, complaint_id, "complaint.accepted", "voice.handle", said))


@app.command()
def decline(complaint_id: ComplaintId, actor: Actor, reason: Annotated[str, typer.Option(help="理由 · why")]) -> None:
    """不予受理 · it is not admitted."""
    from engine.api.acts import Refusal
    from engine.api.orders import about_voice

    said = act(Refusal, actor=actor, reason=reason)
    decided(lambda db: about_voice(db, complaint_id, "complaint.declined", "voice.handle", said))


@app.command()
def answer(
    complaint_id: ComplaintId,
    actor: Actor,
    result: Annotated[Literal["upheld", "partly_upheld", "unfounded"], typer.Option(help="结论 · result")],
    text: Text = None,
) -> None:
    """答复 · the answer."""
    from engine.api.acts import Reply
    from engine.api.orders import about_voice

    said = act(Reply, actor=actor, result=result, text=text)
    decided(lambda db: about_voice(db, complaint_id, "complaint.answered", "voice.handle", said))


@app.command()
def review(
    complaint_id: ComplaintId,
    actor: Actor,
    result: Annotated[Literal["upheld", "reversed"], typer.Option(help="维持或改变 · upheld or reversed")],
    text: Text = None,
) -> None:
    """复核 · the review of an answer."""
    from engine.api.acts import Rereading
    from engine.api.orders import about_voice

    said = act(Rereading, actor=actor, result=result, text=text)
    decided(lambda db: about_voice(db, complaint_id, "complaint.reviewed", "voice.handle", said))
