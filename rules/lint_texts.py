"""Checks of what an item says: every character is one that a carrier can show and everybody reads alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from rules.characters import formal, private, unseen
from rules.lint import Ground, Lint


def unprintable_character(at: Ground) -> Iterator[Lint]:
    """GB 18030-2022: what has a code point of its own is written with it; a private one is another character elsewhere."""
    for field, text in _texts(msgspec.to_builtins(at.item), ""):
        if (one := private(text)) is not None:
            own = formal(one)
            known = {"own": own, "write": _code(own)} if own else {}
            yield at.error("unprintable_character", field, "old_code" if own else "", character=_code(one), **known)
        elif (one := unseen(text)) is not None:
            yield at.error("unprintable_character", field, "unseen", character=_code(one))


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text with its place, as in `materials[0].name`."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(part, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _texts(part, f"{place}[{number}]")
