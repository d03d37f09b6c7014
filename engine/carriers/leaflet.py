"""What a carrier says, in one language and for any medium: blocks that paper and screen lay out alike. Nothing is written but what is published."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from engine.console.i18n import Locale

_WORDS = Path(__file__).parent / "words"
Pairs = tuple[tuple[str, str], ...]


class Block(msgspec.Struct, frozen=True, tag_field="is"):
    heading: str = ""


class Promise(Block, frozen=True, tag="promise", kw_only=True):
    """The times, large: label, amount with unit, note."""

    times: tuple[tuple[str, str, str], ...]


class Facts(Block, frozen=True, tag="facts", kw_only=True):
    rows: Pairs


class Listed(Block, frozen=True, tag="list", kw_only=True):
    items: tuple[str, ...]
    numbered: bool = False


class Table(Block, frozen=True, tag="table", kw_only=True):
    """`weights`: how the columns share what those of weight 0 leave, which are as wide as their words. A cell's first line is the large one."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    weights: tuple[int, ...]

    @property
    def lead(self) -> int:
        """The column that a narrow screen shows first."""
        return self.weights.index(max(self.weights))


class Words(Block, frozen=True, tag="words", kw_only=True):
    paragraphs: tuple[str, ...]


class Signatures(Block, frozen=True, tag="signatures", kw_only=True):
    """Label and name of who signs; then place of the seal and the date."""

    rows: Pairs
    seal: str
    date: str


AnyBlock = Promise | Facts | Listed | Table | Words | Signatures


class Leaflet(msgspec.Struct, frozen=True):
    """`foot` names what it is made of: item code, version, effective date, fingerprint. `address` is what the QR code says."""

    kind: str
    lang: str
    label: str
    title: str
    unit: str
    blocks: tuple[AnyBlock, ...]
    foot: str
    address: str
    scan: str
    scan_note: str
    page: tuple[str, str, str]


@cache
def words(locale: Locale) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((_WORDS / f"{locale}.toml").read_text("utf-8"))
    return found


def texts(value: Any) -> Iterator[str]:
    """Every text that is to be drawn, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for part in value.values() for text in texts(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in texts(part))


def around(form: str) -> tuple[str, str, str]:
    """What stands before, between and after the two figures of a page number."""
    before, rest = form.split("{page}")
    between, after = rest.split("{pages}")
    return before, between, after
