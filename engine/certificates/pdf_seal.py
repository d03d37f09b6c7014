"""A PDF that proves itself: every byte is signed, and the certificate's document lies in it as an attachment.

The signature stands in a comment before the last `startxref`, where it moves no offset and PDF/A allows it. It covers the file
without that comment, so a page that was painted over is found even though the attachment is whole.
"""

from __future__ import annotations

import re
import zlib

import msgspec

from engine.certificates.keys import Signer
from engine.certificates.signing import ALG

_END = b"startxref"
_MARK = b"%jiannuo-seal "
_LINE = re.compile(rb"%jiannuo-seal (\S+) (\S+) (\S+)\n")
_ATTACHED = re.compile(rb"<<[^>]*?/Length (\d+)/Type/EmbeddedFile/Filter/FlateDecode.{0,200}?stream\r?\n", re.DOTALL)
_LARGEST = 5_000_000


class Seal(msgspec.Struct, frozen=True):
    """What the comment says, and the bytes it speaks of."""

    alg: str
    kid: str
    value: str
    content: bytes


def sealed(pdf: bytes, key: Signer) -> bytes:
    """The file with the seal in it."""
    place = pdf.rindex(_END)
    line = _MARK + f"{ALG} {key.kid} {key.sign(pdf)}\n".encode()
    return pdf[:place] + line + pdf[place:]


def seal_of(pdf: bytes) -> Seal | None:
    """The seal at its place; None where there is none. ASCII only, so that a damaged byte is no exception."""
    place = pdf.rfind(_MARK)
    found = _LINE.match(pdf, place) if place >= 0 else None
    if found is None or not found[0].isascii() or not pdf.startswith(_END, found.end()):
        return None
    alg, kid, value = (part.decode() for part in found.groups())
    return Seal(alg, kid, value, pdf[: found.start()] + pdf[found.end() :])


def attachment(pdf: bytes) -> bytes | None:
    """The document within a PDF of ours; None where none can be read."""
    found = _ATTACHED.search(pdf)
    if found is None:
        return None
    packed = pdf[found.end() : found.end() + int(found[1])]
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, _LARGEST)
    except zlib.error:
        return None
    return content if unpacking.eof else None
