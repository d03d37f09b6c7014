"""`jiannuo`: finds the command by name, imports it alone, turns its outcome into an exit status."""

import difflib
import importlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from engine.cli.texts import pick
from engine.errors import OperatorError


class Command(NamedTuple):
    """`where` is a module, or module:attribute; what is found there is a Typer application or a function with Typer's annotations.

    Without attribute it is `app`, or the function named like the command.
    """

    group: str
    name: str
    where: str
    zh: str
    en: str


class _Application(Protocol):
    def __call__(self, *, args: Sequence[str], prog_name: str) -> object: ...


_RUN, _WORK, _RULES, _CARE = "run", "work", "rules", "care"
_GROUPS = {
    _RUN: ("运行", "Running"),
    _WORK: ("业务", "Work"),
    _RULES: ("规则与期限", "Rules and limits"),
    _CARE: ("运维", "Operations"),
}
COMMANDS = (
    Command(_RUN, "up", "engine.cli.up", "在一台机器上启动全部服务", "everything on one machine"),
    Command(_RUN, "demo", "engine.cli.demo", "演示：一个虚构的县", "the demo: a fictional county"),
    Command(_RUN, "api", "engine.cli.parts:api", "只运行接口与控制台", "only the API and console"),
    Command(_RUN, "worker", "engine.cli.parts:worker", "只运行工作流进程", "only the workflow worker"),
    Command(_RUN, "scheduler", "engine.cli.parts:scheduler", "只运行巡检调度", "only the scheduler of sweeps"),
    Command(_RUN, "migrate", "engine.cli.parts:migrate", "更新数据库结构", "bring the database to the newest schema"),
    Command(_WORK, "case", "engine.cli.case", "办件", "cases"),
    Command(_WORK, "events", "engine.cli.events", "导入事实", "import facts"),
    Command(_WORK, "alert", "engine.cli.alert", "预警与督办", "alerts"),
    Command(_WORK, "finding", "engine.cli.finding", "监察发现", "findings"),
    Command(_WORK, "complaint", "engine.cli.complaint", "投诉", "complaints"),
    Command(_WORK, "report", "engine.cli.report", "奖励举报", "rewarded reports"),
    Command(_WORK, "proceeding", "engine.cli.proceeding", "追究程序", "proceedings"),
    Command(_WORK, "score", "engine.cli.score", "绩效评估", "evaluation of units and persons"),
    Command(_WORK, "document", "engine.cli.document", "监察文书与模板", "papers of supervision and their templates"),
    Command(_WORK, "hold", "engine.cli.hold", "暂缓生效", "effects on hold"),
    Command(_WORK, "fact", "engine.cli.fact", "待安置和隔离的事实", "facts that wait, and how to settle them"),
    Command(_WORK, "evidence", "engine.cli.evidence", "移送证据包", "sealed packages of evidence"),
    Command(_WORK, "certificate", "engine.cli.certificate", "默许证明", "certificates"),
    Command(_RULES, "limit", "engine.cli.limit", "期限计算（JSON Lines）", "the limit calculator (JSON Lines)"),
    Command(_RULES, "rehearse", "engine.cli.rehearse", "虚拟时间推演", "a whole world in virtual time"),
    Command(_RULES, "item", "engine.cli.item", "事项", "service items"),
    Command(_RULES, "carrier", "engine.cli.carrier", "公开载体", "what tells the public what is promised"),
    Command(_RULES, "calendar", "engine.cli.calendar", "工作日历", "working-day calendars"),
    Command(_RULES, "rules", "engine.cli.rules", "规则模拟", "simulate rules"),
    Command(_RULES, "procedure", "engine.cli.procedure", "流程核对", "check a procedure against a log"),
    Command(_RULES, "detector", "engine.cli.detector", "检测项的准头", "how good the detectors are"),
    Command(_RULES, "conformance", "engine.cli.conformance", "符合性检验", "the conformance kit"),
    Command(_RULES, "schema", "engine.cli.schema", "打印接口的 JSON Schema", "print a JSON Schema"),
    Command(_CARE, "doctor", "engine.cli.doctor", "检查环境，说明如何补齐", "what is missing and how to mend it"),
    Command(_CARE, "config", "engine.cli.config", "显示配置及其来源", "settings and where they come from"),
    Command(
        _CARE,
        "provision",
        "engine.cli.provision:app",
        "从 YAML 载入单位、人员、事项",
        "load units, people, items from YAML",
    ),
    Command(_CARE, "key", "engine.cli.key", "接口密钥", "API keys of the sources"),
    Command(_CARE, "user", "engine.cli.user", "用户", "users"),
    Command(_CARE, "channel", "engine.cli.channel", "通知通道", "channels of notices"),
    Command(_CARE, "reconcile", "engine.cli.reconcile", "对账", "compare everything with a derivation from the facts"),
    Command(_CARE, "audit", "engine.cli.audit", "台账校验与封存", "verify and seal the ledger"),
    Command(_CARE, "rebuild", "engine.cli.rebuild", "由台账重建查询表", "rebuild the read tables from the ledger"),
)


def main(argv: Sequence[str] | None = None) -> None:
    """The entry point; exits with the command's status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = arguments[0] if arguments else "--help"
    if name in {"--help", "-h", "help"}:
        print(_help())
        sys.exit(0)
    if name == "--version":
        print(f"jiannuo {importlib.metadata.version('jiannuo')}")
        sys.exit(0)
    sys.exit(_call(name, arguments[1:]))


def _call(name: str, arguments: Sequence[str]) -> int:
    command = next((command for command in COMMANDS if command.name == name and _exists(command)), None)
    if command is None:
        print(_unknown(name), file=sys.stderr)
        return 2
    try:
        return _run(command, arguments)
    except OperatorError as error:
        print(f"jiannuo {name}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head`
        sys.stderr.close()
        return 1


def _run(command: Command, arguments: Sequence[str]) -> int:
    try:
        _application(command)(args=arguments, prog_name=f"jiannuo {command.name}")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _application(command: Command) -> _Application:
    name, _, attribute = command.where.partition(":")
    module = importlib.import_module(name)
    found = getattr(module, attribute or "app", None) or getattr(module, command.name)
    if hasattr(found, "registered_commands"):
        application: _Application = found
        return application
    import typer

    made = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    made.command()(found)
    return made


def _exists(command: Command) -> bool:
    return importlib.util.find_spec(command.where.partition(":")[0]) is not None


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, [command.name for command in COMMANDS if _exists(command)], n=1)
    hint = (
        pick(f"是否指 {near[0]}？", f"Did you mean {near[0]}?")
        if near
        else pick("见 jiannuo --help", "See jiannuo --help")
    )
    return pick(f"jiannuo: 没有命令 {name!r}。{hint}", f"jiannuo: no command {name!r}. {hint}")


def _help() -> str:
    lines = [
        pick(
            "践诺 jiannuo：政务承诺跟踪与问责引擎",
            "Jiannuo (践诺): commitment tracking and accountability for public administration",
        )
    ]
    lines += [
        "",
        pick(
            "用法：jiannuo 命令 [参数]；jiannuo 命令 --help 看详情",
            "Usage: jiannuo COMMAND [ARGS]; jiannuo COMMAND --help tells more",
        ),
    ]
    for group, title in _GROUPS.items():
        shown = [command for command in COMMANDS if command.group == group and _exists(command)]
        lines += ["", pick(*title) + ":"] * bool(shown) + [
            f"  {command.name:<12} {pick(command.zh, command.en)}" for command in shown
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
