"""JSON Lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from engine.imports.records import Broken, Row

_object = msgspec.json.Decoder(dict[str, Any])


def read(stream: BinaryIO) -> Iterator[Row | Broken]:
    """Lines as rows; a line that is no JSON object is `Broken`. Empty lines are passed over."""
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            yield Row(f"line {number}", _object.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            yield Broken(f"line {number}", f"no JSON object: {error}")
