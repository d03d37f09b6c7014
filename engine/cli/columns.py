"""Lists for people and for machines: a table in the words of the language, JSON and CSV in the names and codes of the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from engine.cli.output import Form, print_rows
from engine.cli.texts import language, pick
from engine.console.i18n import Texts


class Column(NamedTuple):
    """`group`: where the catalogue has the words for this column's codes."""

    name: str
    zh: str
    en: str
    group: str | None = None


def print_columns(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], output: Form) -> None:
    """The columns of each row, in this order."""
    if output != "table":
        print_rows([{column.name: row[column.name] for column in columns} for row in rows], output)
        return
    words = Texts(language())
    print_rows([{pick(one.zh, one.en): _cell(row[one.name], one, words) for one in columns} for row in rows], "table")


def _cell(value: Any, column: Column, words: Texts) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.astimezone().isoformat(sep=" ", timespec="seconds")
    return words.code(column.group, str(value)) if column.group else value
