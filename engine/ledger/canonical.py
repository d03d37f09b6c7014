"""Canonical bytes: JSON with sorted keys, no spaces, UTF-8, no floats (equal to RFC 8785 for such data with ASCII keys)."""

from __future__ import annotations

from typing import Any

import msgspec

_encode = msgspec.json.Encoder(order="sorted").encode


class FractionError(ValueError):
    """A float, which two machines may write differently."""


def canonical(value: Any) -> bytes:
    """The one way this value is written. Structs and instants (UTC) are written as msgspec does."""
    return _encode(value)


def without_floats(value: Any, field: str = "data") -> None:
    """Raises FractionError naming the first float."""
    if isinstance(value, float):
        raise FractionError(f"{field}: {value!r} is a fraction; send whole numbers, or decimals as text")
    if isinstance(value, dict):
        for name, part in value.items():
            without_floats(part, f"{field}.{name}")
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            without_floats(part, f"{field}[{place}]")
