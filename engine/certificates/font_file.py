"""What a font file can draw: the character maps of OpenType and TrueType files and collections, read without a library."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.errors import OperatorError

_COLLECTION = b"ttcf"
# The maps in the order in which a typesetter looks for one: (platform, encoding).
_MAPS = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
_VARIATIONS = (0, 5)
# OS/2 fsType: the maker allows no embedding; no part of the font; pictures only. PDF/A embeds parts of outlines.
_RESTRICTED, _LEVELS, _WHOLE_OR_PICTURES = 0x0002, 0x000E, 0x0300


class FontFileError(OperatorError):
    """A file that is no font, or one that may not be used in a document."""


class Face(msgspec.Struct, frozen=True):
    """`variants`: pairs of character and variation selector that have a form of their own or are the usual one."""

    file: Path
    characters: frozenset[int]
    variants: frozenset[tuple[int, int]]
    embeddable: bool

    def draws(self, text: str) -> bool:
        """Whether this face alone draws the characters of one cluster, variation selectors included."""
        codes = [ord(character) for character in text]
        if len(codes) == 2 and (codes[0], codes[1]) in self.variants:
            return codes[0] in self.characters
        return all(code in self.characters for code in codes)


def faces(file: Path) -> tuple[Face, ...]:
    """The faces of a file; a collection has several. FontFileError names a file that cannot be read."""
    try:
        content = file.read_bytes()
        return tuple(_face(file, content, start) for start in _starts(content))
    except (struct.error, KeyError, OSError) as error:
        raise FontFileError(f"{file}: 不是可用的字体文件 · no font that can be read ({error})") from error


def _starts(content: bytes) -> Iterator[int]:
    if content[:4] != _COLLECTION:
        yield 0
        return
    (count,) = struct.unpack_from(">I", content, 8)
    yield from struct.unpack_from(f">{count}I", content, 12)


def _face(file: Path, content: bytes, start: int) -> Face:
    tables = _tables(content, start)
    maps = _maps(content, tables[b"cmap"])
    found = next((maps[name] for name in _MAPS if name in maps), None)
    characters = frozenset(_characters(content, found)) if found is not None else frozenset()
    variants = frozenset(_variants(content, maps[_VARIATIONS])) if _VARIATIONS in maps else frozenset()
    return Face(file, characters, variants, _embeddable(content, tables))


def _tables(content: bytes, start: int) -> dict[bytes, int]:
    count = _u16(content, start + 4)
    rows = (struct.unpack_from(">4s3I", content, start + 12 + 16 * number) for number in range(count))
    return {tag: offset for tag, _, offset, _ in rows}


def _maps(content: bytes, start: int) -> dict[tuple[int, int], int]:
    rows = (struct.unpack_from(">HHI", content, start + 4 + 8 * number) for number in range(_u16(content, start + 2)))
    return {(platform, encoding): start + offset for platform, encoding, offset in rows}


def _embeddable(content: bytes, tables: dict[bytes, int]) -> bool:
    if b"OS/2" not in tables:
        return True
    kind = _u16(content, tables[b"OS/2"] + 8)
    return kind & _LEVELS != _RESTRICTED and not kind & _WHOLE_OR_PICTURES


def _characters(content: bytes, at: int) -> Iterator[int]:
    """Of the two kinds of map that hold text; the kind that draws a box for everything (13) draws nothing."""
    kind = _u16(content, at)
    if kind == 12:
        yield from _of_groups(content, at)
    elif kind == 4:
        yield from _of_segments(content, at)


def _of_groups(content: bytes, at: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", content, at + 12)
    for first, last, glyph in struct.iter_unpack(">3I", _cut(content, at + 16, 12 * count)):
        yield from range(first if glyph else first + 1, last + 1)


def _of_segments(content: bytes, at: int) -> Iterator[int]:
    count = _u16(content, at + 6) // 2
    ends, starts, deltas, offsets = (at + place + 2 * number * count for number, place in enumerate((14, 16, 16, 16)))
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


def _variants(content: bytes, at: int) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", content, at + 6)
    for row in struct.iter_unpack(">3sII", _cut(content, at + 10, 11 * count)):
        selector, usual, own = int.from_bytes(row[0], "big"), row[1], row[2]
        for code, more in _rows(content, at + usual, ">3sB") if usual else ():
            yield from ((each, selector) for each in range(code, code + more + 1))
        for code, _ in _rows(content, at + own, ">3sH") if own else ():
            yield code, selector


def _rows(content: bytes, at: int, shape: str) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", content, at)
    for code, value in struct.iter_unpack(shape, _cut(content, at + 4, struct.calcsize(shape) * count)):
        yield int.from_bytes(code, "big"), value


def _cut(content: bytes, at: int, length: int) -> bytes:
    if at + length > len(content):
        raise struct.error("it ends too early")
    return content[at : at + length]


def _u16(content: bytes, at: int) -> int:
    (value,) = struct.unpack_from(">H", content, at)
    return int(value)
