"""`jiannuo carrier`: cards, guides, boards, commitments and bulletins from what is published; and whether what hangs there still agrees with it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import track

from engine.cli.columns import Column, print_columns
from engine.cli.output import Output, print_json
from engine.cli.texts import language, pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from engine.carriers.check import Shown
    from engine.carriers.printing import Printed
    from engine.storage.connect import Pool
    from rules.world import World

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
Place = Annotated[str, typer.Option(help="在哪里 · where it is")]
Actor = Annotated[str, typer.Option(help="由谁；不写为系统登录名 · by whom; default: the login")]
Kind = Annotated[str, typer.Option("--carrier", help="载体种类 · the kind of carrier")]
_MANY = 10  # names; for fewer no bar is shown
_COLUMNS = (
    Column("item", "事项", "item"),
    Column("unit", "单位", "unit"),
    Column("carrier", "载体", "carrier", "carrier"),
    Column("place", "地点", "place"),
    Column("since", "自", "since"),
    Column("differs", "差异", "differs"),
)


@app.callback()
def carrier() -> None:
    """公开载体 · what tells the public what is promised."""


@app.command("print")
def print_(
    names: Annotated[list[str] | None, typer.Argument(help="事项编码或单位 · codes of items, or units")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="全部单位和事项 · all units and items")] = False,
    kind: Annotated[list[str] | None, typer.Option(help="只印这些 · only these kinds")] = None,
    to: Annotated[Path, typer.Option(help="文件夹 · the folder")] = Path(),
    lang: Annotated[Literal["zh", "en"] | None, typer.Option(help="语言 · the language")] = None,
    since: Day = None,
) -> None:
    """由公布的事项印制明白卡、办事指南、公示栏、公开承诺书、公报（PDF/A） · PDFs from what is published."""
    from engine.certificates.issue import site_of
    from engine.cli.database import installation, opened
    from engine.storage.world import load_world

    _known_kinds(kind or [])
    settings = installation()
    to.mkdir(parents=True, exist_ok=True)
    with opened() as (pool, clock), pool.connection() as connection:
        world = load_world(connection)
        on = world.calendar(clock.now()).local_date(clock.now())
        where = (lang or language(), on, site_of(settings))
        named = _everything(world, on) if every else names
        if not named or (every and names):
            raise OperatorError(pick("请写明事项或单位，或者用 --all", "name items or units, or say --all, not both"))
        bar = track(named, pick("印制", "printing"), console=Console(stderr=True), disable=len(named) < _MANY)
        papers = (
            (to / f"{_safe(name)}-{printed.kind}.pdf", printed)
            for name in bar
            for printed in _printed(world, name, kind, where, since.date() if since else None)
        )
        refused = [said for file, printed in papers if (said := _write(file, printed))]
    if refused:
        raise OperatorError("\n".join(refused))


@app.command()
def check(
    item: Annotated[str | None, typer.Argument(help="只看这一事项 · only this item")] = None,
    every: Annotated[bool, typer.Option("--all", help="一致的也列出 · those that agree too")] = False,
    output: Output = "table",
) -> None:
    """上墙的与公布的是否一致，不一致则退出码为 1 · whether what is shown agrees with what is published; exit status 1 if not."""
    import msgspec

    from engine.carriers.check import check as look
    from engine.cli.database import opened
    from engine.storage.world import load_world

    with opened() as (pool, clock), pool.connection() as connection:
        found = look(connection, load_world(connection), clock.now(), item)
    wrong = [one for one in found if one.differences]
    shown = found if every else wrong
    if output == "json":
        print_json([{**msgspec.to_builtins(one), "binds": one.binds} for one in shown])
    else:
        print_columns([_row(one) for one in shown], _COLUMNS, output)
    if output == "table" and not wrong:
        print(pick(f"{len(found)} 件公开载体，与公布的一致", f"{len(found)} carriers, all as published"))
    raise typer.Exit(1 if wrong else 0)


@app.command()
def display(
    item: Annotated[str, typer.Argument(help="事项编码 · the item's code")],
    kind: Kind,
    place: Place = "",
    version: Annotated[int | None, typer.Option(help="所示版本 · the version it shows")] = None,
    limit: Annotated[str | None, typer.Option(help="所示承诺时限，如 5working_days · the time it promises")] = None,
    sha256: Annotated[str | None, typer.Option(help="所示指纹 · the fingerprint on it")] = None,
    actor: Actor = "",
) -> None:
    """登记：什么在哪里展示 · put on record what is on display where."""
    said = {"version": version, "committed_limit": _limit(limit) if limit else None, "sha256": sha256}
    _say(
        "carrier.displayed",
        item,
        kind,
        place,
        actor,
        {name: value for name, value in said.items() if value is not None},
    )


@app.command()
def remove(
    item: Annotated[str, typer.Argument(help="事项编码 · the item's code")],
    kind: Kind,
    place: Place = "",
    actor: Actor = "",
) -> None:
    """登记：已撤下 · put on record that it was taken down."""
    _say("carrier.removed", item, kind, place, actor, {})


def _say(type_: str, item: str, kind: str, place: str, actor: str, said: dict[str, Any]) -> None:
    from engine.cli.database import opened

    with opened() as (pool, clock):
        answer = _decided(
            pool, clock, type_, actor or getuser(), {"item": item, "carrier": kind, "place": place, **said}
        )
    if answer.code is not None:
        raise OperatorError(f"{answer.message} ({answer.code})")
    print(pick("已登记", "on record"))


def _decided(pool: Pool, clock: Any, type_: str, actor: str, data: dict[str, Any]) -> Any:
    import msgspec

    from engine.intake.check import CONSOLE
    from engine.intake.decide import decide
    from engine.intake.envelope import Envelope

    now = clock.now()
    body = {"type": type_, "actor": actor, "time": now.isoformat(), "data": data}
    envelope = Envelope(
        source=CONSOLE, message_id=secrets.token_urlsafe(18), type=type_, case="", occurred_at=now, actor=actor, data=data,
        raw=msgspec.json.encode(body),
    )  # fmt: skip
    with pool.connection() as connection:
        return decide(connection, [envelope], clock)[0]


def _limit(text: str) -> dict[str, Any]:
    amount = "".join(c for c in text if c.isdigit())
    unit = text.replace(amount, "", 1).strip().replace("-", "_") or "working_days"
    if not amount:
        raise OperatorError(pick(f"看不懂时限 {text!r}，例：5working_days", f"no limit: {text!r}; write 5working_days"))
    return {"amount": int(amount), "unit": unit}


def _known_kinds(kinds: list[str]) -> None:
    from rules.carriers import PRINTED

    for kind in kinds:
        if kind not in PRINTED:
            raise OperatorError(
                pick(f"没有 {kind!r} 这种印制品：", f"nothing is printed as {kind!r}; there are ") + ", ".join(PRINTED)
            )


def _printed(world: World, name: str, kinds: list[str] | None, where: Any, since: Any) -> Iterator[Printed]:
    from engine.carriers import printing
    from rules.carriers import OF_UNITS

    item = world.published(name, where[1])
    if item is not None:
        for kind in kinds or printing.chosen(item):
            if kind in printing.OF_ITEMS:
                yield printing.of_item(world, item, kind, where[0], where[1], where[2])
    elif name in world.units:
        for kind in kinds or sorted(OF_UNITS):
            if kind in OF_UNITS:
                yield printing.of_unit(world, name, kind, where[0], where[1], where[2], since)
    else:
        raise OperatorError(pick(f"没有事项或单位 {name!r}", f"no item in force and no unit is called {name!r}"))


def _write(file: Path, printed: Printed) -> str:
    """Why a paper cannot be printed; nothing where it was. One that cannot keeps none of the others back."""
    from engine.certificates.glyphs import MissingGlyphError

    try:
        file.write_bytes(printed.pdf)
    except MissingGlyphError as error:
        return f"{file}: {error}"
    print(file)
    return ""


def _everything(world: World, on: date) -> list[str]:
    """Each unit that has published something, and each item that is published and exercised."""
    codes = sorted({item.code for item in world.items()})
    items = [item for code in codes if (item := world.published(code, on)) is not None and not item.retired]
    return [*sorted({item.unit for item in items if item.unit in world.units}), *(item.code for item in items)]


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)


def _row(one: Shown) -> dict[str, Any]:
    return {
        "item": one.item, "unit": one.unit, "carrier": one.display.kind, "place": one.display.place,
        "since": one.display.since.astimezone().date().isoformat(),
        "differs": "; ".join(_said(difference) for difference in one.differences),
    }  # fmt: skip


def _said(difference: Any) -> str:
    from engine.console.i18n import Texts

    words = Texts(language())
    shown, published = (_value(words, value) for value in (difference.shown, difference.published))
    return f"{words.code('carrier_what', difference.what)}: {shown} ≠ {published}"


def _value(words: Any, value: Any) -> str:
    from rules.limit import Limit

    if isinstance(value, Limit):
        return str(words.amount(value.amount, value.unit))
    return "—" if value is None else str(value)
