"""`jiannuo config show`: the settings in force and where each came from."""

from typing import Annotated, Literal

import msgspec
import typer

from engine.config import Loaded, Settings, load, shown
from engine.embedded.running import complete

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def config() -> None:
    """配置 · settings."""


@app.command()
def show(
    origin: Annotated[bool, typer.Option("--origin", help="同时显示来源 · also where each value comes from")] = False,
    output: Annotated[Literal["table", "json"], typer.Option("-o", "--output")] = "table",
) -> None:
    """当前生效的配置，密码不显示 · the settings in force; passwords are masked."""
    loaded = complete(load())
    if output == "json":
        print(msgspec.json.encode(_as_data(loaded, origin=origin)).decode())
        return
    for name in Settings.__struct_fields__:
        print(f"{name:<20} {shown(loaded.settings, name):<44} {loaded.origins[name] if origin else ''}".rstrip())


def _as_data(loaded: Loaded, *, origin: bool) -> dict[str, object]:
    values = {name: shown(loaded.settings, name) for name in Settings.__struct_fields__}
    return (
        {name: {"value": text, "origin": loaded.origins[name]} for name, text in values.items()}
        if origin
        else {**values}
    )
