"""`jiannuo up`."""

from typing import Annotated

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def up(
    servers_only: Annotated[
        bool,
        typer.Option(
            "--servers-only", help="只启动 PostgreSQL 与 Temporal · only PostgreSQL and Temporal, to work on the parts"
        ),
    ] = False,
) -> None:
    """在一台机器上启动全部服务，Ctrl-C 停止全部 · everything on one machine, one Ctrl-C stops it all.

    设置 DATABASE_URL 与 TEMPORAL_ADDRESS 后不启动内置服务 · with both set nothing is embedded.
    """
    from engine.config import load
    from engine.supervisor.up import up as run

    run(load(), servers_only=servers_only)
