"""A font for tests: the title font of certificates with another character map, so that it draws what no font of ours has."""

import struct

from engine.certificates.fonts import VENDOR

NOBODY_HAS = "\U0002a6a5"  # four dragons, Extension B: not in Noto CJK
_GLYPH = 5
_TABLES = 12


def a_font(character: str = NOBODY_HAS, *, fs_type: int = 0) -> bytes:
    """Its only character is drawn by a glyph of the title. `fs_type`: what the maker allows (OS/2)."""
    content = bytearray((VENDOR / "NotoSerifSC-Title.otf").read_bytes())
    rows = {bytes(content[place : place + 4]): place for place in _rows(content)}
    (_, _, os2, _) = struct.unpack_from(">4s3I", content, rows[b"OS/2"])
    struct.pack_into(">H", content, os2 + 8, fs_type)
    groups = struct.pack(">HHIII3I", 12, 0, 28, 0, 1, ord(character), ord(character), _GLYPH)
    own = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + groups
    struct.pack_into(">4s3I", content, rows[b"cmap"], b"cmap", 0, len(content), len(own))
    return bytes(content + own)


def _rows(content: bytearray) -> range:
    (count,) = struct.unpack_from(">H", content, 4)
    return range(_TABLES, _TABLES + 16 * count, 16)
