"""`jiannuo rehearse FILE|-`: a whole world in virtual time, through the same rules as live, without servers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def rehearse(
    file: Annotated[str, typer.Argument(help="演练文件,- 为标准输入 · the rehearsal file, - for standard input")],
) -> None:
    """在虚拟时间里推演一个世界,打印台账将会记载的内容 · play a world in virtual time and print what the ledger would hold."""
    import gc

    from engine.rehearsal.halves import rehearse as played
    from engine.rehearsal.loading import load
    from rules.errors import RuleError

    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        gc.disable()  # nothing here forms cycles, and the world only grows until it is printed
        report = played(load(text))
    except OSError as error:
        _fail("unreadable", f"{file}: {error.strerror}", "")
    except RuleError as error:
        _fail(error.code, error.message, error.field)
    sys.stdout.buffer.write(report + b"\n")


def _fail(code: str, message: str, field: str) -> None:
    import msgspec

    error = {"error": {"code": code, "message": message, "field": field}}
    sys.stderr.buffer.write(msgspec.json.encode(error) + b"\n")
    raise typer.Exit(2)
