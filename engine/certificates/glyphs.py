"""Which characters the vendored font can draw. Typst prints boxes without a word, so every text is looked through before."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from engine.errors import OperatorError

FONTS = Path(__file__).parent / "vendor"
TEXT_FONT, TITLE_FONT = FONTS / "NotoSansSC-Regular.otf", FONTS / "NotoSerifSC-Title.otf"
_FORMAT = 4  # the one kind of table that characters of the basic plane need


class MissingGlyphError(OperatorError):
    """A character that the font cannot draw."""


def demand(texts: Iterable[str], font: Path = TEXT_FONT) -> None:
    """Raises MissingGlyphError naming the first character that would become a box, and the text it stands in."""
    known = drawable(font)
    for text in texts:
        for character in text:
            if ord(character) not in known and character != "\n":
                raise MissingGlyphError(
                    f"字体 {font.name} 没有“{character}”(U+{ord(character):04X})，无法排印“{text}”。 The font has no glyph for it;"
                    " the JSON document is complete without the PDF."
                )


@cache
def drawable(font: Path) -> frozenset[int]:
    """The code points of the font's character map (OpenType `cmap`, format 4)."""
    content = font.read_bytes()
    return frozenset(_characters(content, _map_at(content)))


def _map_at(content: bytes) -> int:
    tables = {tag: at for tag, _, at, _ in struct.iter_unpack(">4s3I", content[12 : 12 + 16 * _u16(content, 4)])}
    start = tables[b"cmap"]
    for number in range(_u16(content, start + 2)):
        (offset,) = struct.unpack_from(">I", content, start + 8 + 8 * number)
        if _u16(content, start + offset) == _FORMAT:
            return int(start + offset)
    raise MissingGlyphError("the vendored font has no character map of format 4; restore it from the release")


def _characters(content: bytes, at: int) -> Iterator[int]:
    count = _u16(content, at + 6) // 2
    ends, starts = at + 14, at + 16 + 2 * count
    deltas, offsets = starts + 2 * count, starts + 4 * count
    for segment in range(count):
        first, last = _u16(content, starts + 2 * segment), _u16(content, ends + 2 * segment)
        delta, place = _u16(content, deltas + 2 * segment), offsets + 2 * segment
        for code in range(first, last + 1):
            if code != 0xFFFF and _glyph(content, code, first, delta, place):
                yield code


def _glyph(content: bytes, code: int, first: int, delta: int, place: int) -> int:
    offset = _u16(content, place)
    if offset == 0:
        return (code + delta) & 0xFFFF
    found = _u16(content, place + offset + 2 * (code - first))
    return (found + delta) & 0xFFFF if found else 0


def _u16(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 2], "big")
