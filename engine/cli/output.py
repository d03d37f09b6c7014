"""Rows of a command as a table, JSON or CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table

Form = Literal["table", "json", "csv"]
Output = Annotated[Form, typer.Option("-o", "--output")]


def print_json(value: Any) -> None:
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_rows(rows: Sequence[Mapping[str, Any]], output: Form) -> None:
    """All rows have the same columns. No rows: an empty list as JSON, otherwise nothing."""
    if output == "json":
        print_json(rows)
    elif not rows:
        return
    elif output == "csv":
        writer = csv.DictWriter(sys.stdout, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    else:
        table = Table(*rows[0])
        for row in rows:
            table.add_row(*("" if value is None else str(value) for value in row.values()))
        Console().print(table)
