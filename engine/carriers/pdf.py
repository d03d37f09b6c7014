"""A leaflet as PDF/A-3a: every character drawn, a QR code that leads to the rule in force, the published item attached as it was printed from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path

import msgspec
import segno

from engine.carriers.leaflet import Leaflet, texts
from engine.certificates import glyphs
from engine.certificates.pdf import typeset
from engine.ledger.canonical import canonical
from rules.items import Item

ATTACHED_AS = "published.json"
_TEMPLATE = Path(__file__).parent / "carrier.typ"


def pdf_of(leaflet: Leaflet, items: Sequence[Item]) -> bytes:
    """The same leaflet gives the same bytes. MissingGlyphError names a character that the font lacks."""
    return _render(leaflet, canonical(list(items)), max((item.effective_from for item in items), default=_NOTHING))


_NOTHING = date(2007, 5, 1)  # the date of a page on which nothing is published yet


@lru_cache(maxsize=64)
def _render(leaflet: Leaflet, published: bytes, on: date) -> bytes:
    shown = msgspec.to_builtins(leaflet)
    glyphs.demand(texts({name: value for name, value in shown.items() if name not in {"kind", "lang"}}))
    inputs = {
        "leaflet": msgspec.json.encode(leaflet).decode(),
        "document": published.decode(),
        "name": ATTACHED_AS,
        "qr": qr(leaflet.address),
    }
    return typeset(_TEMPLATE, inputs, datetime.combine(on, time(), UTC))


def qr(address: str) -> str:
    """As SVG. Level M: a paper on a wall is scratched."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=4, border=0, xmldecl=False)
    return picture.getvalue().decode()
