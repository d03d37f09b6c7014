"""`jiannuo item import` and `export`: many items from Excel or YAML as drafts, and everything that is configured as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli.deciding import Actor
from engine.cli.output import Output
from engine.cli.texts import language, pick

if TYPE_CHECKING:
    from engine.clock import Clock
    from engine.provisioning.folder import Catalogue
    from engine.storage.connect import Connection
    from engine.workbook.faults import Checked

_File = Annotated[Path, typer.Argument(help="Excel 工作簿,或含 items 的 YAML · an Excel workbook, or YAML with items")]


def add(app: typer.Typer) -> None:
    app.command("import")(import_)
    app.command("export")(export)


def import_(
    file: _File,
    actor: Actor,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查,不写入 · check only, write nothing")] = False,
    submit: Annotated[bool, typer.Option("--submit", help="随即报送审核 · submit each for review")] = False,
    output: Output = "table",
) -> None:
    """把许多事项登记为草稿;每处错误都指明单元格 · file many items as drafts; every mistake is named with its cell."""
    from engine.cli.database import opened
    from engine.cli.provision import print_faults
    from engine.provisioning.export import catalogue_of

    with opened() as (pool, clock), pool.connection() as connection:
        found = _checked(file, catalogue_of(connection))
        print_faults(found.faults, output)
        if found.catalogue is None or found.refused:
            raise typer.Exit(1)
        if not dry_run:
            _file_all(connection, found.catalogue, actor, clock, submit=submit)
    done = pick("试运行:未写入任何内容", "dry run: nothing was written") if dry_run else pick("已登记", "filed")
    print(f"{done} ({len(found.catalogue.items)})", file=sys.stderr)


def export(
    file: Annotated[Path, typer.Argument(help="写到 .xlsx 或 .yaml · written as .xlsx or .yaml")],
) -> None:
    """导出全部配置:Excel 为单位、人员、事项,YAML 为一切 · export: units, people and items as Excel, everything as YAML."""
    import yaml

    from engine.cli.database import opened
    from engine.provisioning.export import catalogue_of, written
    from engine.workbook.writing import write

    with opened() as (pool, _), pool.connection() as connection:
        catalogue = catalogue_of(connection)
    if file.suffix == ".xlsx":
        write(catalogue, file)
    else:
        file.write_text(yaml.safe_dump(written(catalogue), allow_unicode=True, sort_keys=False), encoding="utf-8")


def _checked(file: Path, base: Catalogue) -> Checked:
    from engine.workbook.faults import check, check_records

    if file.suffix == ".xlsx":
        return check(file, language(), base)
    return check_records(_records(file), str(file), language(), base)


def _records(file: Path) -> dict[str, Any]:
    from engine.lint.reading import form

    raw = form(str(file))
    return raw if isinstance(raw, dict) and "items" in raw else {"items": raw if isinstance(raw, list) else [raw]}


def _file_all(connection: Connection, catalogue: Catalogue, actor: str, clock: Clock, *, submit: bool) -> None:
    from engine.cli.rights import demand
    from engine.filings.importing import file_all

    for unit in sorted({item.unit for item in catalogue.items}):
        demand(connection, actor, "catalogue.edit", unit=unit)
    file_all(connection, catalogue.items, actor, clock, submit=submit)
