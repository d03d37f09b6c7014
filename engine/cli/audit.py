"""`jiannuo audit`: every chain of the ledger recomputed, the whole of it sealed, seals held against it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from engine.cli.texts import pick
from engine.ledger.verify import Fault

if TYPE_CHECKING:
    from engine.config import Settings
    from engine.seals.document import Seal
    from engine.seals.verify import SealFault
    from engine.storage.connect import Connection

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Output = Annotated[Literal["table", "json"], typer.Option("-o", "--output")]
Folder = Annotated[
    Path | None, typer.Option("--copies", help="封存副本所在文件夹，缺省取 seal_folder · folder of the copies")
]
_WHAT = {
    "changed": ("内容与其散列不符", "its content is not what was hashed"),
    "missing": ("缺少条目", "an entry is missing"),
    "cut": ("与前一条不相连", "does not continue the entry before it"),
    "unknown_alg": ("散列算法未知", "hashed in a way not known here"),
    "head_differs": ("流首与最后一条不符", "the stream's head is another than its last entry"),
}
_SEALS = {
    "missing": ("缺少这次封存", "the seal is missing"),
    "unreadable": ("不是封存文件", "is no seal"),
    "signature": ("签名不成立或密钥不可信", "its signature does not hold, or its key is not trusted"),
    "previous": ("与前一次封存不相连", "does not continue the seal before it"),
    "root": ("树根与所封各流不符", "its root is not that of the streams it covers"),
    "ledger": ("封存后台账被改动", "the ledger was changed after it was sealed"),
    "stamp": ("时间戳不成立", "its time stamp does not hold"),
    "copy": ("与库外副本不符", "differs from the copy outside"),
}


@app.callback()
def audit() -> None:
    """台账校验与封存 · verify and seal the ledger."""


@app.command()
def verify(
    *,
    copies: Folder = None,
    roots: Annotated[
        Path | None,
        typer.Option(help="信任的时间戳机构证书（PEM），缺省取 seal_stamp_roots · authorities one trusts"),
    ] = None,
    output: Output = "table",
) -> None:
    """重算全部散列链，核对每次封存 · recompute every chain and check every seal; exit 1 if one does not hold."""
    from engine.config import load
    from engine.embedded.running import demand_servers
    from engine.ledger.verify import verify as verified
    from engine.rebuild.tables import count
    from engine.storage.connect import open_owner

    settings = demand_servers(load(), temporal=False)
    faults: list[Fault] = []
    streams = entries = 0
    with open_owner(settings.database_url) as connection, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(pick("台账", "ledger"), total=count(connection))
        for checked in verified(connection):
            streams, entries = streams + 1, entries + checked.entries
            faults += checked.faults
            progress.update(task, completed=entries)
        seals, of_seals = _seals(connection, settings, copies, roots, progress)
    found = {"streams": streams, "entries": entries, "faults": faults, "seals": seals, "seal_faults": of_seals}
    if output == "json":
        print(msgspec.json.encode(found).decode())
    else:
        _say(faults, of_seals, streams, entries, seals)
    raise typer.Exit(1 if faults or of_seals else 0)


@app.command()
def seal(*, copies: Folder = None, output: Output = "table") -> None:
    """封存台账：签名、盖时间戳、写出副本 · seal what was committed since the last seal; signed, stamped, copied out."""
    from engine.cli.database import installation, opened
    from engine.seals.document import read
    from engine.seals.export import export
    from engine.seals.making import make
    from engine.seals.stamp import stamp_missing

    settings = installation()
    with opened() as (pool, clock), pool.connection() as connection:
        document = make(connection, clock.now())
        stamped = stamp_missing(connection, settings.seal_stamp_url) if settings.seal_stamp_url else 0
        folder = _folder(copies, settings)
        written = export(connection, folder) if folder else []
    if output == "json":
        made = msgspec.Raw(document) if document else None
        print(msgspec.json.encode({"seal": made, "stamped": stamped, "written": list(map(str, written))}).decode())
    else:
        _say_sealed(read(document).seal if document else None, written, stamping=bool(settings.seal_stamp_url))


def _say_sealed(seal: Seal | None, written: list[Path], *, stamping: bool) -> None:
    if seal is None:
        print(pick("上次封存以来台账没有变动", "nothing has been written since the last seal"))
    else:
        print(
            pick(
                f"第 {seal.number} 次封存：{seal.streams} 条流，{seal.entries} 条新条目，树根 {seal.root}",
                f"seal {seal.number}: {seal.streams} streams, {seal.entries} new entries, root {seal.root}",
            )
        )
    for path in written:
        print(f"  {path}")
    if not stamping:
        print(
            pick("  未盖时间戳：没有设置 seal_stamp_url", "  no time stamp: seal_stamp_url names no RFC 3161 authority")
        )


def _seals(
    connection: Connection, settings: Settings, copies: Path | None, roots: Path | None, progress: Progress
) -> tuple[int, list[SealFault]]:
    from engine.seals.verify import verify as verified

    trusted = roots or (Path(settings.seal_stamp_roots).expanduser() if settings.seal_stamp_roots else None)
    certificates = []
    if trusted:
        from engine.seals.stamp import read_roots

        certificates = read_roots(trusted)
    task = progress.add_task(pick("封存", "seals"), total=None)
    faults: list[SealFault] = []
    number = 0
    for checked in verified(connection, certificates, _folder(copies, settings)):
        number += 1
        faults += checked.faults
        progress.update(task, completed=number)
    progress.update(task, total=number)
    return number, faults


def _folder(copies: Path | None, settings: Settings) -> Path | None:
    return copies or (Path(settings.seal_folder).expanduser() if settings.seal_folder else None)


def _say(faults: list[Fault], of_seals: list[SealFault], streams: int, entries: int, seals: int) -> None:
    print(
        pick(
            f"{streams} 条流，{entries} 条条目，{seals} 次封存，问题 {len(faults) + len(of_seals)} 处",
            f"{streams} streams, {entries} entries, {seals} seals, {len(faults) + len(of_seals)} faults",
        )
    )
    for fault in faults:
        print(f"  {fault.stream_id} #{fault.version}: {pick(*_WHAT[fault.what])}")
    for found in of_seals:
        print(
            pick("  第", "  seal")
            + f" {found.number}{pick(' 次封存：', ': ')}{pick(*_SEALS[found.what])} {found.detail}".rstrip()
        )
