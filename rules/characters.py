"""Characters that no paper may carry: private ones, which are others on another machine, and unseen ones, which turn or hide what stands there.

GBK and older editions of GB 18030 put some into the private area, as names in old registers still have them (䶮 as U+E863).
"""

from __future__ import annotations

import re

_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Control characters but tab and line ends; spaces without width, signs of direction, the mark of byte order. Joiners are letters' own.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

# GB 18030-2022: what the codec of Python, of the edition of 2000, still leaves in the private area.
_OF_2022 = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
    0xE7C7: 0x1E3F, 0xE7C8: 0x01F9,
}  # fmt: skip
# GBK's rows FE50 to FEA0 without FE7F, in order.
_FIRST, _LAST = 0xE815, 0xE864


def private(text: str) -> str | None:
    """The first private character of a text."""
    found = _PRIVATE.search(text)
    return found[0] if found else None


def unseen(text: str) -> str | None:
    """The first unseen character of a text."""
    found = _UNSEEN.search(text)
    return found[0] if found else None


def formal(character: str) -> str | None:
    """The character's own code point; None for one that an office made itself."""
    code = ord(character)
    if code in _OF_2022:
        return chr(_OF_2022[code])
    if not _FIRST <= code <= _LAST:
        return None
    low = 0x50 + code - _FIRST
    return bytes([0xFE, low + (low >= 0x7F)]).decode("gb18030")
