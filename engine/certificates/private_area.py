"""Characters that GBK and older editions of GB 18030 put into the private area, as names in old registers still have them (䶮 as U+E863)."""

from __future__ import annotations

# GB 18030-2022: what the codec of Python, of the edition of 2000, still leaves in the private area.
_OF_2022 = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
    0xE7C7: 0x1E3F, 0xE7C8: 0x01F9,
}  # fmt: skip
# GBK's rows FE50 to FEA0 without FE7F, in order.
_FIRST, _LAST = 0xE815, 0xE864


def formal(character: str) -> str | None:
    """The character's own code point; None for one that an office made itself."""
    code = ord(character)
    if code in _OF_2022:
        return chr(_OF_2022[code])
    if not _FIRST <= code <= _LAST:
        return None
    low = 0x50 + code - _FIRST
    return bytes([0xFE, low + (low >= 0x7F)]).decode("gb18030")
