"""`jiannuo conformance`: does what a connected system sends say what happened? Scenarios to act out, and a judge for the messages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from engine.cli.output import Output, print_json, print_rows
from engine.cli.texts import language, pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from engine.conformance.judging import Verdict
    from engine.conformance.messages import Fault
    from engine.conformance.scenario import Scenario

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
_SAYS = {"conforms": ("符合", "conforms"), "differs": ("不符合", "differs"), "not_run": ("未提供", "not run")}


@app.callback()
def conformance() -> None:
    """符合性检验：供集成方核对报送的消息 · the conformance kit for those who connect a system."""


@app.command("list")
def list_(output: Output = "table") -> None:
    """全部情景 · all scenarios."""
    from engine.conformance.scenario import scenarios

    print_rows(
        [{"scenario": one.id, "title": _title(one), "messages": len(one.messages)} for one in scenarios()], output
    )


@app.command()
def show(
    scenario: Annotated[str, typer.Argument(help="情景编号 · id of a scenario")],
    *,
    messages: Annotated[
        bool, typer.Option("--messages", help="打印一份正确的消息（JSON Lines） · print messages that are right")
    ] = False,
    output: Annotated[Literal["table", "json"], typer.Option("-o", "--output")] = "table",
) -> None:
    """一个情景：在被检系统中逐步操作什么，应得到什么 · what to do in the system under test, and what follows from it."""
    from engine.conformance.scenario import scenario as found_by_id

    found = found_by_id(scenario)
    if messages:
        print(b"\n".join(found.lines()).decode())
    elif output == "json":
        print_json(found)
    else:
        _tell(found)


@app.command()
def run(
    *,
    messages: Annotated[
        Path | None,
        typer.Option(
            help="被检系统的消息：文件夹（每个情景一个 C01.jsonl），或一个文件 · what the system sent: a folder, or a file"
        ),
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="文件属于哪个情景 · the scenario of a single file")] = None,
    output: Annotated[Literal["table", "json"], typer.Option("-o", "--output")] = "table",
) -> None:
    """检验；不给消息时用套件自带的消息自检 · judge; without messages the kit's own. Exit 1 if one does not conform."""
    verdicts = _judged(messages, scenario)
    if output == "json":
        print_json(verdicts)
    else:
        for verdict in verdicts:
            _say(verdict)
    judged = [verdict for verdict in verdicts if verdict.verdict != "not_run"]
    raise typer.Exit(0 if judged and all(verdict.verdict == "conforms" for verdict in judged) else 1)


def _judged(messages: Path | None, id_: str | None) -> list[Verdict]:
    from engine.conformance.judging import judge
    from engine.conformance.scenario import scenario, scenarios

    wanted = (scenario(id_),) if id_ else scenarios()
    if messages is None:
        return [judge(one, one.lines()) for one in wanted]
    if messages.is_dir():
        return [_of_file(one, messages / f"{one.id}.jsonl", needed=False) for one in wanted]
    if id_ is None:
        raise typer.BadParameter(pick("单个文件须用 --scenario 指明情景", "a single file needs --scenario"))
    return [_of_file(wanted[0], messages, needed=True)]


def _of_file(one: Scenario, file: Path, *, needed: bool) -> Verdict:
    from engine.conformance.judging import Verdict, judge

    if not file.exists() and not needed:
        return Verdict(one.id, "not_run")
    try:
        return judge(one, file.read_bytes().splitlines())
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}") from error


def _title(one: Scenario) -> str:
    return one.zh if language() == "zh" else one.en


def _tell(one: Scenario) -> None:
    print(f"{one.id}  {_title(one)}")
    for step in one.story:
        print(f"  {step.at}  {step.zh if language() == 'zh' else step.en}")
    print(pick(f"截至 {one.until} 应得到：", f"by {one.until} this must follow:"))
    for name, value in msgspec.to_builtins(one.expect).items():
        if value not in (None, [], 0):
            print(f"  {name}: {msgspec.json.encode(value).decode()}")


def _say(verdict: Verdict) -> None:
    mark = {"conforms": "✓", "differs": "✗", "not_run": "–"}[verdict.verdict]
    print(f"{mark} {verdict.scenario}  {pick(*_SAYS[verdict.verdict])}")
    for fault in verdict.faults:
        print(f"    {_told(fault)}")
    for hint in verdict.hints:
        print(pick("    与情景相比 · ", "    compared with the story: ") + hint)


def _told(fault: Fault) -> str:
    if fault.what == "result":
        return f"{fault.field}" + pick(
            f"：应为 {fault.expected}，得到 {fault.found}", f": expected {fault.expected}, got {fault.found}"
        )
    line = pick(f"第 {fault.line} 行 ", f"line {fault.line} ") if fault.line else ""
    return f"{line}{f'{fault.field}: ' if fault.field else ''}{fault.message}"
