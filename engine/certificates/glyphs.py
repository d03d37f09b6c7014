"""Which characters can be drawn. A paper with a box in place of a name is worse than none: every text is looked through before."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from engine.certificates.font_file import Face
from engine.certificates.fonts import SETTING, for_texts
from engine.errors import OperatorError
from rules.characters import formal, private

_AROUND = 12  # characters of the text that are quoted on either side
_HAN = (
    (0x3400, 0x4DBF, "A"), (0x20000, 0x2A6DF, "B"), (0x2A700, 0x2B73F, "C"), (0x2B740, 0x2B81F, "D"), (0x2B820, 0x2CEAF, "E"),
    (0x2CEB0, 0x2EBEF, "F"), (0x30000, 0x3134F, "G"), (0x31350, 0x323AF, "H"), (0x2EBF0, 0x2EE5F, "I"), (0x323B0, 0x3347F, "J"),
)  # fmt: skip


class MissingGlyphError(OperatorError):
    """A character that no font at hand can draw. The text says which, where, and what to do."""


def demand(texts: Iterable[str], faces: tuple[Face, ...] | None = None) -> None:
    """Raises MissingGlyphError for the first character that would become a box, or another form than the one that was written."""
    known = for_texts() if faces is None else faces
    for text in texts:
        for place, cluster in clusters(text):
            if cluster != "\n" and not drawable(cluster, known):
                raise MissingGlyphError(_refusal(text, place, cluster))


def drawable(cluster: str, faces: tuple[Face, ...]) -> bool:
    """One face must have all of it: a mark from another font lands beside its letter. Marks may be drawn as one letter with them."""
    if private(cluster):
        return False
    forms = {cluster, unicodedata.normalize("NFC", cluster)} if len(cluster) > 1 else {cluster}
    return any(face.draws(form) for face in faces for form in forms)


def clusters(text: str) -> Iterator[tuple[int, str]]:
    """A character with the marks and variation selectors that belong to it, and its place."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.category(text[place]).startswith("M"):
            yield start, text[start:place]
            start = place


def _refusal(text: str, place: int, cluster: str) -> str:
    codes = " ".join(f"U+{ord(character):04X}" for character in cluster)
    named = f"没有“{cluster}”（{codes}）" if _visible(cluster) else codes
    around = "".join(_seen(text[max(0, place - _AROUND) : place + len(cluster) + _AROUND]))
    why, said = _reason(cluster)
    return f"{named}：{why}。原文“{around}”。 It cannot be printed: {said}."


def _visible(cluster: str) -> bool:
    """What is not assigned may have been since: Unicode grows faster than Python."""
    category = unicodedata.category(cluster[0])
    return category == "Cn" or category[0] not in "CZM"


def _seen(text: str) -> Iterator[str]:
    """Of a text that is quoted: a sign of direction would turn the message around as well."""
    for character in text:
        yield character if character == " " or _visible(character) or unicodedata.combining(character) else "□"


def _reason(cluster: str) -> tuple[str, str]:
    if own := formal(cluster[0]):
        return (
            f"旧系统（GBK）的私用区编码，请改用这个字的正式编码 U+{ord(own):04X}“{own}”（GB 18030-2022）",
            f"an old system's private code for {own}; write U+{ord(own):04X}",
        )
    if private(cluster):
        return (
            "自造字（私用区），换一台机器就是别的字；请改用这个字的正式编码（GB 18030-2022）",
            "a private character is another one on another machine; write the character's own code point",
        )
    if not _visible(cluster):
        return (
            "看不见的控制符或单独的附加符号；请删去",
            "it is unseen, or a mark without its letter; delete it",
        )
    if _selects(cluster[-1]):
        return (
            f"字体里没有这个指定的字形；请删去异体选择符，或把含该字形的字体放进 {SETTING} 所指的文件夹后重启",
            f"no font has this variant of the character; delete the selector, or put a font that has it into the folder of {SETTING} and restart",
        )
    block, name = _block(cluster)
    return (
        f"字体里没有这个字；请把含{block}的字体（.ttf、.otf、.ttc）放进 {SETTING} 所指的文件夹后重启",
        f"no font has it; put one that has {name} (.ttf, .otf, .ttc) into the folder of {SETTING} and restart",
    )


def _selects(character: str) -> bool:
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF


def _block(cluster: str) -> tuple[str, str]:
    """The part of Unicode to look for in a font's description."""
    for first, last, letter in _HAN:
        if first <= ord(cluster[0]) <= last:
            return f"中日韩统一表意文字扩展 {letter} 区", f"CJK Unified Ideographs Extension {letter}"
    name = unicodedata.name(cluster[0], f"U+{ord(cluster[0]):04X}")
    return f"“{name}”", name
