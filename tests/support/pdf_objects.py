"""A small reader of PDF files as typesetters write them: cross-reference table, objects, streams, and what a page draws with which font."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

_SPACE = re.compile(rb"(?:\s|%[^\r\n]*)*")
_REFERENCE = re.compile(rb"(\d+) (\d+) R\b")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_WORD = re.compile(rb"[^\s<>\[\](){}/%]+")
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r\n": b""}


class Reference(NamedTuple):
    number: int
    generation: int


class Name(str):
    """`/Name`."""

    __slots__ = ()


class Operator(bytes):
    """A bare word: `Tj` in a page's content, `obj`, `true` …"""

    __slots__ = ()


class Stream(NamedTuple):
    dictionary: dict[str, Any]
    content: bytes


class Pdf:
    """A file with a classic cross-reference table and direct objects; another kind is a ValueError."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        start = int(content[content.rindex(b"startxref") + 9 :].split()[0])
        found = re.compile(rb"xref\s+0 (\d+)\s+").match(content, start)
        if found is None:
            raise ValueError("no cross-reference table where startxref says")
        rows = (content[found.end() + 20 * n :][:20] for n in range(int(found[1])))
        self.places = {n: int(row[:10]) for n, row in enumerate(rows) if row[17:18] == b"n"}
        self.trailer, _ = read(content, content.index(b"trailer", found.end()) + 7)

    def __getitem__(self, number: int) -> Any:
        return self.at(self.places[number], number)

    def at(self, place: int, number: int) -> Any:
        head = re.compile(rb"%d 0 obj\s" % number).match(self.content, place)
        if head is None:
            raise ValueError(f"no object {number} at its place")
        value, end = read(self.content, head.end())
        body = re.compile(rb"\s*stream\r?\n").match(self.content, end)
        if body is None:
            return value
        packed = self.content[body.end() : body.end() + self.of(value["Length"])]
        return Stream(value, zlib.decompress(packed) if value.get("Filter") == "FlateDecode" else packed)

    def of(self, value: Any) -> Any:
        """What a reference stands for."""
        return self[value.number] if isinstance(value, Reference) else value

    def every(self) -> Iterator[Any]:
        return (self[number] for number in self.places)

    @property
    def catalog(self) -> dict[str, Any]:
        return self.of(self.trailer["Root"])


def read(content: bytes, at: int) -> tuple[Any, int]:
    """The value at a place, and where it ends."""
    at = _SPACE.match(content, at).end()
    if content.startswith(b"<<", at):
        return _dictionary(content, at + 2)
    first = content[at : at + 1]
    if first == b"[":
        return _list(content, at + 1)
    if first == b"/":
        found = _WORD.match(content, at + 1)
        return (Name(found[0].decode("latin-1")), found.end()) if found else (Name(""), at + 1)
    if first == b"(":
        return _text(content, at + 1)
    if first == b"<":
        end = content.index(b">", at)
        return bytes.fromhex(content[at + 1 : end].decode()), end + 1
    if found := _REFERENCE.match(content, at):
        return Reference(int(found[1]), int(found[2])), found.end()
    if found := _NUMBER.match(content, at):
        return (float(found[0]) if b"." in found[0] else int(found[0])), found.end()
    found = _WORD.match(content, at)
    if found is None:
        raise ValueError(f"nothing that can be read at {at}")
    return {b"true": True, b"false": False, b"null": None}.get(found[0], Operator(found[0])), found.end()


def _dictionary(content: bytes, at: int) -> tuple[dict[str, Any], int]:
    items, end = _until(content, at, b">>")
    return dict(zip(items[::2], items[1::2], strict=True)), end


def _list(content: bytes, at: int) -> tuple[list[Any], int]:
    return _until(content, at, b"]")


def _until(content: bytes, at: int, closing: bytes) -> tuple[list[Any], int]:
    items: list[Any] = []
    while not content.startswith(closing, at := _SPACE.match(content, at).end()):
        value, at = read(content, at)
        items.append(value)
    return items, at + len(closing)


def _text(content: bytes, at: int) -> tuple[bytes, int]:
    end, depth = at, 1
    while depth:
        letter = content[end : end + 1]
        depth += (letter == b"(") - (letter == b")")
        end += 2 if letter == b"\\" else 1
    return _ESCAPED.sub(_plain, content[at : end - 1]), end


def _plain(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8) & 0xFF]) if said[:1].isdigit() else _LETTERS.get(said, said)


def values(content: bytes) -> Iterator[Any]:
    """Operands and operators of a page's content."""
    at = _SPACE.match(content, 0).end()
    while at < len(content):
        value, at = read(content, at)
        yield value
        at = _SPACE.match(content, at).end()
