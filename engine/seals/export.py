"""Copies of seals in a folder outside the database, where they outlive whoever could change it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from engine.errors import OperatorError


class CopyDiffersError(OperatorError):
    """A file stands where the copy of a seal belongs, with another content. It is never written over."""


def name_of(number: int) -> str:
    return f"seal-{number:06}.json"


def export(connection: psycopg.Connection[TupleRow], folder: Path) -> list[Path]:
    """Writes each seal, and each stamp, that has no copy there yet; returns what was written. Raises CopyDiffersError, OperatorError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [path for path, content in _files(connection, folder) if _written(path, content)]
    except OSError as error:
        raise OperatorError(f"{error.filename or folder}: {error.strerror}") from error


def _files(connection: psycopg.Connection[TupleRow], folder: Path) -> Iterator[tuple[Path, bytes]]:
    for number, document, stamp in connection.execute("SELECT number, document, stamp FROM seal ORDER BY number"):
        path = folder / name_of(number)
        yield path, document.encode()
        if stamp is not None:
            yield path.with_suffix(".tsr"), stamp


def _written(path: Path, content: bytes) -> bool:
    """Whole or not at all: a crash leaves no half a copy."""
    if path.exists():
        if path.read_bytes() != content:
            raise CopyDiffersError(
                f"{path}: 与数据库中的封存不同；先查明原因，再执行 jiannuo audit verify"
                " · differs from the seal in the database; find out why (jiannuo audit verify) before anything else"
            )
        return False
    beside = path.with_suffix(path.suffix + ".part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    return True
