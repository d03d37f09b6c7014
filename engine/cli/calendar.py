"""`jiannuo calendar`: versions of the working-day calendar, what a new one would move, and its import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from engine.calendars.impact import Affected, Impact
from engine.calendars.proposal import Proposal
from engine.cli.output import Output, print_json, print_rows
from engine.cli.texts import pick
from engine.errors import OperatorError
from rules.errors import RuleError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="日历文件，JSON 或 YAML；- 为标准输入 · JSON or YAML; - is standard input")]


@app.callback()
def calendar() -> None:
    """工作日历 · working-day calendars."""


@app.command("import")
def import_(
    file: File,
    actor: Annotated[str, typer.Option(help="由谁确认；不写为系统登录名 · who confirms; default: the login")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看影响，不写入 · show the impact, write nothing")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 · confirm without asking")] = False,
    output: Output = "table",
) -> None:
    """先列出影响，确认后立即生效 · shows the impact; after confirmation in force at once."""
    from engine.calendars.confirmation import confirm
    from engine.cli.database import opened

    form = _read(file)
    with opened() as (pool, clock), pool.connection() as connection, _refusing():
        proposal, found = _impact(connection, form, clock.now())
        _print_impact(proposal, found, output)
        if dry_run:
            return
        _ask(proposal, yes=yes)
        done = confirm(connection, form, proposal.digest, actor or getuser(), clock)
    print(
        pick(
            f"{done.version} 自 {done.known_from.isoformat()} 起生效；未结办件和 {done.concluded} 个已结办件将按它重新推算",
            f"{done.version} is in force from {done.known_from.isoformat()} on; open cases and {done.concluded} at rest are brought to it",
        ),
        file=sys.stderr,
    )


@app.command()
def impact(file: File, output: Output = "table") -> None:
    """哪些办件的日期会变动 · the cases whose date would move; nothing is written."""
    from engine.cli.database import opened

    with opened() as (pool, clock), pool.connection() as connection, _refusing():
        _print_impact(*_impact(connection, _read(file), clock.now()), output)


@app.command()
def check(output: Output = "table") -> None:
    """现行日历的问题，没有则退出码为 0 · what is wrong with the calendar in force; exit status 1 if anything is."""
    from engine.calendars.check import check as look
    from engine.cli.database import opened
    from engine.storage.world import load_world

    with opened() as (pool, clock), pool.connection() as connection:
        problems = look(connection, load_world(connection), clock.now())
    if output == "table" and not problems:
        print(pick("日历没有问题", "nothing is wrong with the calendar"))
    print_rows([{**msgspec.to_builtins(one), "message": _problem(one.code)} for one in problems], output)
    raise typer.Exit(1 if problems else 0)


@app.command()
def show(
    version: Annotated[str | None, typer.Argument(help="版本；不写则列出全部 · version; none: list all")] = None,
    as_known_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="该日所知的版本 · the one in force on that day")
    ] = None,
    year: Annotated[int | None, typer.Option(help="只看这一年的例外日 · only the exceptions of this year")] = None,
    output: Output = "table",
) -> None:
    """各版本，或一个版本的年份、文件和例外日 · all versions, or the years, instruments and exceptions of one."""
    from engine.calendars.versions import as_known_on as known_on
    from engine.calendars.versions import versions
    from engine.cli.database import opened
    from engine.storage.world import load_world

    with opened() as (pool, clock), pool.connection() as connection:
        world = load_world(connection)
        found = versions(connection, world, clock.now())
    name = known_on(world, as_known_on.date()).version if as_known_on else version
    if name is None:
        print_rows([_line(one) for one in found], output)
        return
    one = next((each for each in found if each.version == name), None)
    if one is None:
        raise OperatorError(pick(f"没有版本 {name!r}", f"no version {name!r}; see jiannuo calendar show"))
    _print_version(one, year, output)


def _read(file: Path) -> dict[str, Any]:
    from engine.calendars.written import parse

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        return parse(text)
    except (OSError, UnicodeDecodeError, RuleError) as error:
        raise OperatorError(f"{file}: {error}") from error


def _impact(connection: Any, form: dict[str, Any], now: datetime) -> tuple[Proposal, Impact]:
    from engine.calendars.impact import impact as whole
    from engine.calendars.proposal import propose

    proposal = propose(connection, form, now)
    with _progress() as told:
        return proposal, whole(connection, proposal, now, told)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn(pick("推算办件", "cases derived")), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except RuleError as error:
        raise OperatorError(f"{error} ({error.code})") from error


def _print_impact(proposal: Proposal, found: Impact, output: Literal["table", "json", "csv"]) -> None:
    if output == "json":
        remarks = msgspec.to_builtins(proposal.remarks)
        head = {"version": proposal.calendar.version, "over": proposal.before.version, "digest": proposal.digest}
        print_json({**head, "remarks": remarks, **msgspec.to_builtins(found)})
        return
    for remark in proposal.remarks:
        print(_remark(remark.code, remark.value), file=sys.stderr)
    doubts, moving = [_row(one) for one in found.in_doubt], [row for one in found.moving for row in _rows(one)]
    if output == "csv":
        print_rows([*moving, *(row for one in found.in_doubt for row in _rows(one))], output)
        return
    print(pick(f"推算 {found.looked_at} 件：", f"{found.looked_at} cases derived: "), end="")
    print(pick(f"{len(found.moving)} 件日期变动，", f"{len(found.moving)} move, "), end="")
    print(pick(f"{len(doubts)} 件的效力本不会发生", f"the effect of {len(doubts)} would not have happened"))
    if doubts:
        print(pick("效力存疑，将转入复核：", "Effects in doubt; these go to review:"))
        print_rows(doubts, output)
    print_rows(moving, output)


def _rows(one: Affected) -> list[dict[str, Any]]:
    head = {"case": one.case_id, "unit": one.unit, "status": one.status}
    effect = one.effect.status if one.effect else ""
    return [
        {
            **head,
            "clock": move.clock,
            "from": move.from_due_on,
            "to": move.to_due_on,
            "change": move.change,
            "effect": effect,
        }
        for move in one.moves
    ] or [{**head, "clock": "", "from": "", "to": "", "change": "", "effect": effect}]


def _row(one: Affected) -> dict[str, Any]:
    assert one.effect is not None
    ends = {move.clock: f"{move.from_due_on} → {move.to_due_on}" for move in one.moves}
    return {
        "case": one.case_id,
        "unit": one.unit,
        "effect": one.effect.kind,
        "since": one.effect.legal_at,
        "ends": str(ends),
    }


def _ask(proposal: Proposal, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise OperatorError(pick("未确认：加 --yes 以确认", "not confirmed: add --yes to confirm; nothing was written"))
    words = pick(f"确认 {proposal.calendar.version} 立即生效？", f"Bring {proposal.calendar.version} into force now?")
    if not typer.confirm(words, err=True):
        raise OperatorError(pick("已放弃，未写入任何内容", "given up; nothing was written"))


def _remark(code: str, value: str) -> str:
    words = {
        "empty_year": pick(
            f"注意：{value} 年没有任何安排，按未公布处理", f"note: {value} has no days; it is taken as missing"
        ),
        "open_years": pick("注意：未写明的年份按未公布处理", "note: years that are not named are taken as missing"),
        "zone_changed": pick(f"注意：时区改为 {value}", f"note: the zone becomes {value}"),
        "region_changed": pick(f"注意：地区改为 {value or '（空）'}", f"note: the region becomes {value or '(none)'}"),
        "hours_lost": pick(
            "注意：新版本没有办公时间，按工作小时计的时限无法推算；可用 extends 沿用现行版本",
            "note: there are no office hours any more, which limits in working hours need; extend the version in force to keep them",
        ),
        "days_lost": pick(
            f"注意：现行日历的 {value} 个例外日不再有", f"note: {value} dated days of the calendar in force are gone"
        ),
    }
    return words[code]


def _problem(code: str) -> str:
    words = {
        "missing_year": pick(
            "尚无放假安排，相关日期未确定", "not arranged yet; dates that depend on it are provisional"
        ),
        "estimated_year": pick(
            "只有估计的安排，相关日期未确定", "only estimated; dates that depend on it are provisional"
        ),
        "no_office_hours": pick(
            "这些事项按工作小时计时，日历却没有办公时间", "limits in working hours need office hours"
        ),
        "not_brought": pick("尚未按现行日历推算的办件", "cases still to be brought to the calendar in force"),
    }
    return words[code]


def _line(one: Any) -> dict[str, Any]:
    years = one.calendar.pattern.years if one.calendar else {}
    official = sorted(year for year, status in years.items() if status == "official")
    span = f"{official[0]}–{official[-1]}" if official else ""
    return {
        "version": one.version,
        "in_force": one.in_force,
        "known_from": one.known_from.isoformat() if one.known_from else None,
        "official_years": span,
        "instruments": len(one.papers),
        "actor": one.actor,
    }


def _print_version(one: Any, year: int | None, output: Literal["table", "json", "csv"]) -> None:
    days: list[dict[str, Any]] = []
    if one.calendar is not None:
        days = [_day(one.calendar, date.fromordinal(n)) for n in sorted(one.calendar.pattern.days)]
    days = [day for day in days if year is None or day["on"].startswith(f"{year}-")]
    if output == "json":
        papers = [{**msgspec.to_builtins(paper.form), "inherited": paper.inherited} for paper in one.papers]
        print_json({**_line(one), "years": _years(one), "instruments": papers, "days": days})
        return
    if output == "table":
        print_rows([_line(one)], output)
        print_rows([{"year": name, "status": status} for name, status in _years(one).items()], output)
    print_rows(days, output)


def _years(one: Any) -> dict[str, str]:
    return {str(year): status for year, status in sorted(one.calendar.pattern.years.items())} if one.calendar else {}


def _day(calendar: Any, on: date) -> dict[str, Any]:
    rule = calendar.pattern.days[on.toordinal()]
    kind, basis = calendar.why(on)
    return {"on": on.isoformat(), "kind": kind, "name": rule.name, "basis": basis}
