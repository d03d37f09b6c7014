"""A paper as PDF/A-3a on A4: set from its content alone, with the content attached and every byte sealed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from engine.certificates import glyphs
from engine.certificates.keys import Signer, signer
from engine.certificates.pdf import typeset
from engine.certificates.pdf_seal import sealed
from engine.documents.check import texts
from engine.documents.making import Paper
from engine.documents.markup import Block
from engine.documents.reading import read
from engine.storage.connect import Connection
from notifications.fields import Locale

ATTACHED_AS = "document.json"
_TEMPLATE = Path(__file__).parent / "page.typ"
_GREETING = 40  # characters
_FOOTER = {"zh": "{number} · 模板 {template} 第 {version} 版 · SHA-256 {hash}…", "en": "{number} · template {template} version {version} · SHA-256 {hash}…"}  # fmt: skip


def pdf_of(connection: Connection, content: bytes, digest: str, locale: Locale, at: datetime) -> bytes:
    """MissingGlyphError names a character that the font lacks; the page and the JSON are complete without the PDF."""
    return render(content, digest, locale, signer(connection, at))


@lru_cache(maxsize=32)
def render(content: bytes, digest: str, locale: Locale, key: Signer) -> bytes:
    """The same arguments give the same bytes."""
    paper = read(content)
    sheet = sheet_of(paper, digest, locale)
    glyphs.demand([*texts(paper.texts[locale]), sheet["footer"], sheet["number"]])
    inputs = {
        "sheet": msgspec.json.encode(sheet).decode(),
        "document": content.decode(),
        "name": ATTACHED_AS,
    }
    return sealed(typeset(_TEMPLATE, inputs, datetime.fromisoformat(paper.made_at)), key)


def sheet_of(paper: Paper, digest: str, locale: Locale) -> dict[str, Any]:
    """All texts of the page in one language, with what the page must know of each block's place."""
    written = paper.texts[locale]
    number = f"〔{paper.year}〕{paper.serial}" if locale == "zh" else f"{paper.year}/{paper.serial}"
    footer = _FOOTER[locale].format(
        number=number, template=paper.template["id"], version=paper.template["version"], hash=digest[:16]
    )
    before = [None, *(block.kind for block in written.blocks)]
    blocks = [
        msgspec.to_builtins(block) | _place(block, kind) for kind, block in zip(before, written.blocks, strict=False)
    ]
    return {
        "lang": locale,
        "title": written.title,
        "number": number,
        "issuer": _signer(written.blocks) or paper.unit or "",
        "red": paper.kind == "red_card",
        "blocks": blocks,
        "footer": footer,
    }


def _signer(blocks: tuple[Block, ...]) -> str:
    """Who signs, for the file's own description: the line above the date; a paper that signs otherwise has none."""
    right = [block.text for block in blocks if block.kind == "right"]
    return right[-2] if len(right) > 2 else ""


def _place(block: Block, before: str | None) -> dict[str, bool]:
    """A short line that ends with a colon greets, and is not indented; a signature keeps its distance from the text."""
    greets = block.kind == "paragraph" and len(block.text) <= _GREETING and block.text.endswith(("：", ":"))
    signs = block.kind == "right" and before not in {None, "right"}
    return {"flush": greets, "signs": signs}
