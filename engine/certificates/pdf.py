"""The certificate as PDF/A-3a on A4: set from its document alone, with the document attached and every byte sealed."""

from __future__ import annotations

import io
import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import segno

from engine.certificates import fonts, glyphs
from engine.certificates.document import Certificate, read
from engine.certificates.keys import Signer, signer
from engine.certificates.pdf_seal import sealed
from engine.certificates.sheet import Standing, sheet_of, texts_of
from engine.certificates.verify import status_of
from engine.console.i18n import Locale
from engine.storage.connect import Connection

if TYPE_CHECKING:
    from typst import PDFStandard

ATTACHED_AS = "certificate.json"
_TEMPLATE = Path(__file__).parent / "certificate.typ"
_STANDARDS: list[PDFStandard] = ["a-3a", "ua-1"]
_SVG_TEXT = re.compile(r">([^<]+)<")


def pdf_of(connection: Connection, document: bytes, locale: Locale, at: datetime) -> bytes:
    """The sealed page of a document, with the certificate's present status across it where it is not simply valid."""
    status, since = status_of(connection, read(document).certificate.number)
    return render(document, locale, Standing(status, since), signer(connection, at))


@lru_cache(maxsize=32)
def render(document: bytes, locale: Locale, standing: Standing, key: Signer) -> bytes:
    """The same arguments give the same bytes. MissingGlyphError names a character that the font lacks."""
    read_document = read(document)
    sheet = sheet_of(read_document, locale, standing)
    _demand_glyphs(msgspec.to_builtins(sheet))
    inputs = {
        "sheet": msgspec.json.encode(sheet).decode(),
        "document": document.decode(),
        "name": ATTACHED_AS,
        "qr": _qr(read_document.certificate),
    }
    return sealed(typeset(_TEMPLATE, inputs, datetime.fromisoformat(read_document.certificate.issued_at)), key)


def typeset(template: Path, inputs: dict[str, str], at: datetime) -> bytes:
    """A page for archives (PDF/A-3a) that can also be read aloud (PDF/UA-1)."""
    import typst

    compiler = typst.Compiler(template.read_bytes(), font_paths=fonts.for_typst(), ignore_system_fonts=True)
    pdf = compiler.compile(
        format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=at.replace(microsecond=0)
    )
    assert isinstance(pdf, bytes)
    return pdf


def _demand_glyphs(sheet: dict[str, object]) -> None:
    title, svg = str(sheet["title"]), str(sheet["strip"])
    glyphs.demand([title], fonts.for_titles())
    rest = (part for name, part in sheet.items() if name not in {"title", "strip", "lang"})
    glyphs.demand([*texts_of(list(rest)), *_SVG_TEXT.findall(re.sub(r"<title>.*?</title>", "", svg))])


def _qr(certificate: Certificate) -> str:
    picture = io.BytesIO()
    segno.make(certificate.status_url, error="m").save(picture, kind="svg", scale=4, border=0, xmldecl=False)
    return picture.getvalue().decode()
