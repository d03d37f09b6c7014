"""`jiannuo provision FOLDER`."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.texts import pick

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def provision(
    folder: Annotated[Path, typer.Argument(help="YAML 文件夹 · the folder of YAML files")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查和计数,不写入 · check and count, write nothing")
    ] = False,
) -> None:
    """把单位、人员、事项等从 YAML 载入配置,可重复执行 · load units, people, items … from YAML; may be repeated."""
    from engine.bootstrap import open_database
    from engine.config import load
    from engine.demo.watch import open_clock
    from engine.embedded.running import demand_servers
    from engine.provisioning.folder import read_folder
    from engine.provisioning.record import provision as record

    catalogue = read_folder(folder)
    settings = demand_servers(load(), temporal=False)
    with open_database(settings.database_url, settings.key_file, size=1) as pool, pool.connection() as connection:
        counts = record(connection, catalogue, open_clock(settings.database_url).now(), "provision", dry_run=dry_run)
    for count in counts:
        if count.pieces:
            print(
                pick(
                    f"{count.kind}: {count.pieces} 条,新增或变更 {count.recorded}",
                    f"{count.kind}: {count.pieces}, new or changed {count.recorded}",
                )
            )
    if dry_run:
        print(pick("试运行:未写入任何内容", "dry run: nothing was written"))
