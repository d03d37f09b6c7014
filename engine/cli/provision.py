"""`jiannuo provision FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.output import Form
from engine.cli.texts import pick

if TYPE_CHECKING:
    from engine.provisioning.folder import Catalogue
    from engine.workbook.reading import Fault

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def provision(
    folder: Annotated[
        Path, typer.Argument(help="YAML 文件夹,或 Excel 工作簿 · the folder of YAML files, or an Excel workbook")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查和计数,不写入 · check and count, write nothing")
    ] = False,
) -> None:
    """把单位、人员、事项等从 YAML 载入配置,可重复执行 · load units, people, items … from YAML; may be repeated."""
    from engine.bootstrap import open_database
    from engine.config import load
    from engine.demo.watch import open_clock
    from engine.embedded.running import demand_servers
    from engine.provisioning.export import catalogue_of, merged
    from engine.provisioning.folder import read_folder
    from engine.provisioning.record import provision as record

    settings = demand_servers(load(), temporal=False)
    with open_database(settings.database_url, settings.key_file, size=1) as pool, pool.connection() as connection:
        if folder.suffix == ".xlsx":
            before = catalogue_of(connection)
            catalogue = merged(before, _workbook(folder, before))
        else:
            catalogue = read_folder(folder)
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


def _workbook(path: Path, before: Catalogue) -> Catalogue:
    """What is wrong is printed with its cell; an error ends the command."""
    from engine.cli.texts import language
    from engine.workbook.faults import check

    found = check(path, language(), before)
    print_faults(found.faults)
    if found.refused or found.catalogue is None:
        raise typer.Exit(1)
    return found.catalogue


def print_faults(faults: tuple[Fault, ...], output: Form = "table") -> None:
    import msgspec

    from engine.cli.columns import Column, print_columns

    columns = (
        Column("sheet", "工作表", "sheet"), Column("cell", "单元格", "cell"), Column("severity", "级别", "severity", "severity"),
        Column("message", "说明", "message"), Column("code", "代码", "code"),
    )  # fmt: skip
    print_columns([msgspec.to_builtins(fault) for fault in faults], columns, output)
