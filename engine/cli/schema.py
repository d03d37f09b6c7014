"""`jiannuo schema NAME`: the JSON Schema of a machine interface."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def schema(
    name: Annotated[str | None, typer.Argument(help="名称；不写则列出全部 · name; without one all are listed")] = None,
) -> None:
    """打印接口的 JSON Schema · print a JSON Schema."""
    from engine.api.schema_files import SCHEMAS, text

    if name is None:
        print("\n".join(SCHEMAS))
        return
    if name not in SCHEMAS:
        typer.echo(f"没有 {name!r} · no schema {name!r}; known are: {', '.join(SCHEMAS)}", err=True)
        raise typer.Exit(2)
    print(text(name), end="")
