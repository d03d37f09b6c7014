"""Opens a log and gives its cases, whatever its format."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from engine.imports import csv_, excel, jsonl, xes
from engine.imports.mapping import Format, Mapping
from engine.imports.records import Broken, CaseRecord, Row
from engine.imports.spool import by_case


class Naming(Protocol):
    """Whoever can tell which case a row belongs to."""

    def case_of(self, row: Row) -> str | Broken: ...


class Log:
    """An open log. `read_bytes` tells how far the file has been read, of `size`."""

    def __init__(self, file: BinaryIO, path: Path, mapping: Mapping, naming: Naming) -> None:
        self._file = file
        self._path = path
        self._mapping = mapping
        self._naming = naming
        self.size = path.stat().st_size

    @property
    def read_bytes(self) -> int:
        return self._file.tell()

    def cases(self) -> Iterator[CaseRecord | Broken]:
        """The cases one after the other; rows of a table are first brought together by case."""
        kind = self._mapping.format_of(self._path)
        stream = self._unpacked()
        return xes.read(stream) if kind == "xes" else by_case(self._rows(kind, stream), self._naming.case_of)

    def _rows(self, kind: Format, stream: BinaryIO) -> Iterator[Row | Broken]:
        if kind == "csv":
            return csv_.read(stream, self._mapping.encoding, self._mapping.delimiter)
        return excel.read(stream, self._mapping.sheet) if kind == "xlsx" else jsonl.read(stream)

    def _unpacked(self) -> BinaryIO:
        return cast("BinaryIO", gzip.open(self._file)) if self._path.suffix.lower() == ".gz" else self._file


@contextmanager
def opened(path: Path, mapping: Mapping, naming: Naming) -> Iterator[Log]:
    """The log for as long as it is read."""
    with path.open("rb") as file:
        yield Log(file, path, mapping, naming)
