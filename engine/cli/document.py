"""`jiannuo document`: papers of supervision, and the templates they are written by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from engine.cli.columns import Column, print_columns
from engine.cli.output import Output
from engine.cli.texts import pick
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Locale = Annotated[Literal["zh", "en"], typer.Option("--lang", help="语言 · language")]
_COLUMNS = (
    Column("id", "编号", "id"),
    Column("kind", "文书", "document", "document"),
    Column("about", "关于", "about"),
    Column("about_id", "对象", "of"),
    Column("year", "年度", "year"),
    Column("serial", "序号", "number"),
    Column("template_id", "模板", "template"),
    Column("template_version", "版本", "version"),
    Column("made_at", "生成时间", "made at"),
)


@app.callback()
def document() -> None:
    """监察文书与模板 · papers of supervision and their templates."""


@app.command("list")
def list_(
    about: Annotated[
        str | None, typer.Option("--of", help="追究程序、警示的编号 · id of a proceeding or alert")
    ] = None,
    size: Annotated[int, typer.Option("--limit", min=1, max=500, help="最多行数 · rows at most")] = 100,
    output: Output = "table",
) -> None:
    """已生成的文书，不含内容 · papers that were made, without their words."""
    from psycopg.rows import dict_row

    from engine.cli.database import opened

    query = (
        f"SELECT {', '.join(column.name for column in _COLUMNS)} FROM supervision_document"  # noqa: S608 - names of our own
        " WHERE %(about)s::text IS NULL OR about_id = %(about)s ORDER BY made_at DESC LIMIT %(size)s"
    )
    with opened() as (pool, _), pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query.encode(), {"about": about, "size": size}).fetchall()
    print_columns(rows, _COLUMNS, output)


@app.command()
def save(
    id_: Annotated[str, typer.Argument(metavar="ID", help="编号，见 document list · its id, see document list")],
    file: Annotated[Path, typer.Argument(help="写入的文件，.pdf 或 .json · file to write, .pdf or .json")],
    actor: Annotated[str, typer.Option(help="由谁查阅，人员编号 · who reads it, by person id")],
    lang: Locale = "zh",
) -> None:
    """把一份文书存为 PDF 或 JSON · a paper as PDF or JSON."""
    from engine.cli.database import opened
    from engine.cli.rights import demand
    from engine.documents.access import right_to
    from engine.documents.kinds import About
    from engine.documents.pdf import pdf_of
    from engine.documents.reading import by_id, content_of
    from engine.documents.record import matter

    with opened() as (pool, clock), pool.connection() as connection:
        row = by_id(connection, id_)
        found = matter(connection, About(row.about, row.about_id)) if row else None  # type: ignore[arg-type]
        if row is None or found is None:
            raise OperatorError(pick(f"没有文书 {id_}", f"there is no paper {id_}; see jiannuo document list"))
        right = right_to(found)
        demand(connection, actor, right.action, unit=right.unit, concerned=right.concerned)
        content = content_of(connection, row)
        as_json = file.suffix == ".json"
        file.write_bytes(content if as_json else pdf_of(connection, content, row.content_hash, lang, clock.now()))
    print(pick(f"已写入 {file}", f"written to {file}"))


@app.command()
def template(kind: Annotated[str, typer.Argument(help="文书种类 · kind of paper")], lang: Locale = "zh") -> None:
    """打印随附的模板，可由此改起；provision 时试排并校验 · prints the shipped template to start from; provision tries it."""
    from engine.documents.kinds import FIELDS, KINDS
    from engine.documents.template import shipped

    found = next((known for known in KINDS if known == kind), None)
    if found is None:
        raise OperatorError(f"没有 {kind!r} · no such paper; one of {', '.join(KINDS)}")
    print(shipped(found).text(lang), end="")
    print(pick(f"\n可用的名称：{', '.join(FIELDS[found])}", f"\nnames it may use: {', '.join(FIELDS[found])}"))
