"""CSV tables as a stream of rows. The first line names the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from engine.imports.records import Broken, Row


def read(stream: BinaryIO, encoding: str = "utf-8-sig", delimiter: str = ",") -> Iterator[Row | Broken]:
    """Rows with their columns; a row with too few or too many fields, or with bytes of another encoding, is `Broken`."""
    text = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")
    try:
        yield from _rows(csv.reader(text, delimiter=delimiter, strict=True))
    finally:
        text.detach()  # the file belongs to the caller


def _rows(rows: Iterator[list[str]]) -> Iterator[Row | Broken]:
    head = [name.strip() for name in next(rows, [])]
    for number, fields in _counted(rows):
        place = f"row {number}"
        if isinstance(fields, str):
            yield Broken(place, fields)
        elif fields:
            yield _row(place, head, fields)


def _counted(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | str]]:
    number = 1
    while True:
        number += 1
        try:
            yield number, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"not readable as CSV: {error}"


def _row(place: str, head: list[str], fields: list[str]) -> Row | Broken:
    if len(fields) != len(head):
        return Broken(place, f"has {len(fields)} fields, the head has {len(head)}")
    if any("\udc80" <= letter <= "\udcff" for field in fields for letter in field):
        return Broken(
            place, "has bytes of another encoding; name the file's encoding in the mapping (for instance gb18030)"
        )
    return Row(place, dict(zip(head, fields, strict=True)))
