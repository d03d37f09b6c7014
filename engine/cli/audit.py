"""`jiannuo audit verify`: every chain of the ledger, recomputed."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from engine.cli.texts import pick
from engine.ledger.verify import Fault

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Output = Annotated[Literal["table", "json"], typer.Option("-o", "--output")]
_WHAT = {
    "changed": ("内容与其散列不符", "its content is not what was hashed"),
    "missing": ("缺少条目", "an entry is missing"),
    "cut": ("与前一条不相连", "does not continue the entry before it"),
    "unknown_alg": ("散列算法未知", "hashed in a way not known here"),
    "head_differs": ("流首与最后一条不符", "the stream's head is another than its last entry"),
}


@app.callback()
def audit() -> None:
    """台账校验与封存 · verify and seal the ledger."""


@app.command()
def verify(output: Output = "table") -> None:
    """重算全部散列链 · recompute every chain; exit 1 if one does not hold."""
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
    _say(faults, streams, entries, output)
    raise typer.Exit(1 if faults else 0)


def _say(faults: list[Fault], streams: int, entries: int, output: str) -> None:
    if output == "json":
        print(msgspec.json.encode({"streams": streams, "entries": entries, "faults": faults}).decode())
        return
    print(
        pick(
            f"{streams} 条流，{entries} 条条目，问题 {len(faults)} 处",
            f"{streams} streams, {entries} entries, {len(faults)} faults",
        )
    )
    for fault in faults:
        print(f"  {fault.stream_id} #{fault.version}: {pick(*_WHAT[fault.what])}")
