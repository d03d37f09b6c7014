"""`jiannuo doctor`."""

from typing import Annotated, Literal

import msgspec
import typer

from engine.config import load
from engine.doctor import Diagnosis, examine

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


@app.command()
def doctor(output: Annotated[Literal["table", "json"], typer.Option("-o", "--output")] = "table") -> None:
    """检查环境并说明如何补齐；缺少必需项时以 1 结束 · what is missing and how to mend it; exit 1 if it cannot run."""
    found = examine(load())
    print(msgspec.json.encode(found).decode() if output == "json" else "\n".join(map(_line, found)))
    raise typer.Exit(1 if any(one.level == "error" for one in found) else 0)


def _line(one: Diagnosis) -> str:
    mend = f"\n{'':<20}→ {one.mend}" if one.mend else ""
    return f"{_MARKS[one.level]} {one.check:<18}{one.found}{mend}"
