"""Every character of a name is drawn, or refused by name: looked at in the text and in the pixels of the pages that come out."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.carriers.pdf import _render
from engine.certificates import fonts
from engine.certificates.font_file import FontFileError
from engine.certificates.glyphs import MissingGlyphError, clusters, demand
from engine.certificates.keys import Signer
from engine.certificates.pdf import typeset
from engine.config import load
from engine.doctor import examine, paper_fonts
from engine.documents.pdf import render
from engine.ledger.canonical import canonical
from rules.characters import formal
from tests.support.fonts import NOBODY_HAS, a_font
from tests.support.papers import a_paper
from tests.support.papers_seen import cells, pictures, text_of
from tests.support.pdf_archive import faults

TABLE = (Path(__file__).parents[1] / "support" / "general_standard_table.txt").read_text("utf-8").split()
KEY = Signer("k" * 43, b"\1" * 32)
RARE = "䶮㙓𫖮𬭎喆堃昇镕𠮷𪟝𫓧𫘝𬱖𬍛㑇㺄䴘䲟鿍鿔"
GRID = """#let s = json(bytes(sys.inputs.sheet))
#set document(title: "x")
#set page(width: 210mm, height: 297mm, margin: 0mm)
#set text(font: "Noto Sans CJK SC", size: 12pt, lang: "zh")
#grid(columns: (7mm,) * 30, rows: 7mm, align: center + horizon, ..s)
"""
SIZE, COLUMNS, DPI = 7, 30, 96


def page_of(characters: str, tmp_path: Path) -> bytes:
    """A page as every paper is set, one character in each square."""
    template = tmp_path / "grid.typ"
    template.write_text(GRID, "utf-8")
    sheet = canonical(list(characters)).decode()
    return typeset(template, {"sheet": sheet}, datetime(2026, 3, 2, tzinfo=UTC))


def drawn(characters: str, tmp_path: Path) -> list[bytes]:
    shown = [cell for page in pictures(page_of(characters, tmp_path), DPI) for cell in cells(page, DPI, SIZE, COLUMNS)]
    return shown[: len(characters)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of the operator's own fonts, empty as yet; `start` reads it as a new process would."""
    place = tmp_path / "fonts" / "below"
    place.mkdir(parents=True)
    monkeypatch.setenv("JIANNUO_FONTS", str(place.parent))
    start()
    yield place
    monkeypatch.undo()
    start()


def start() -> None:
    for one in (fonts.for_texts, fonts.for_typst, render, _render):
        one.cache_clear()


# -- what the fonts have ------------------------------------------------------------------------------------------------


def test_the_general_standard_table_is_drawn_whole():
    assert [len(level) for level in TABLE] == [3500, 3000, 1605]
    demand(TABLE)


def test_what_gb_18030_asks_of_every_service_is_drawn():
    assert len({*range(0x4E00, 0x9FF0), *range(0x3400, 0x4DB6)}) == 27558
    demand(map(chr, (*range(0x4E00, 0x9FF0), *range(0x3400, 0x4DB6))))
    both = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    demand(text for pair in both if (text := pair.decode("gb2312", "ignore")))


def test_no_square_is_empty_and_no_two_of_the_rare_ones_look_alike(tmp_path):
    shown = drawn(RARE + "口囗", tmp_path)
    assert all(min(cell) < 90 for cell in shown)
    assert len(set(shown)) == len(RARE) + 2


@pytest.mark.long
def test_every_character_of_the_table_is_seen_on_the_page_and_read_from_it(tmp_path):
    characters = "".join(TABLE)
    assert Counter(
        text_of(page_of(characters, tmp_path)).replace(" ", "").replace("\f", "").replace("\n", "")
    ) == Counter(characters)
    shown = drawn(characters, tmp_path)
    assert len(shown) == 8105
    assert all(min(cell) < 120 for cell in shown)
    assert len(set(shown)) == len(shown), "a box looks like the next box"


# -- what they lack -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"赵{NOBODY_HAS}", ("没有“\U0002a6a5”（U+2A6A5）", "扩展 B 区", "JIANNUO_FONTS", "Extension B", "赵")),
        ("\U00031350", ("扩展 H 区",)),
        ("\u0f40", ("TIBETAN LETTER KA", "JIANNUO_FONTS")),
        ("王\U000e0100", ("U+738B U+E0100", "异体选择符", "variant")),
        ("李\ue123", ("U+E123", "自造字", "GB 18030-2022")),
        ("李\U000f0000", ("自造字",)),
        ("刘\ue863", ("U+E863", "U+4DAE“䶮”", "GBK")),
        ("甲\u202e乙", ("U+202E", "请删去", "“甲□乙”")),
        ("甲\u200b", ("U+200B", "unseen")),
        ("甲\t", ("U+0009",)),
        ("甲\u0323", ("U+7532 U+0323",)),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_character_place_and_what_to_do(text, said):
    with pytest.raises(MissingGlyphError) as refused:
        demand([text])
    assert all(words in str(refused.value) for words in said), str(refused.value)


def test_what_old_registers_have_in_the_private_area_is_known_by_its_own_code():
    known = [formal(chr(code)) for code in range(0xE000, 0xF900)]
    found = [character for character in known if character]
    assert len(found) == len(set(found)) == 82
    assert not [character for character in found if unicodedata.category(character) == "Co"]
    assert [formal(chr(code)) for code in (0xE816, 0xE7C7, 0xE863, 0x4E00)] == ["\U00020087", "ḿ", "䶮", None]
    demand(found)


def test_a_letter_with_its_mark_is_one_and_may_be_drawn_as_one():
    assert list(clusters("a\u0301bc\u0304")) == [(0, "a\u0301"), (2, "b"), (3, "c\u0304")]
    assert list(clusters("")) == []
    demand(["a\u0301 u\u0308\u030c ḿ Ünal"])


def test_a_variant_that_the_font_has_is_drawn_as_such(tmp_path):
    demand(["葛\u3000，\ufe00"])
    assert any(variant == (ord("，"), 0xFE00) for face in fonts.for_texts() for variant in face.variants)


# -- the operator's fonts -----------------------------------------------------------------------------------------------


def test_a_name_that_our_fonts_lack_is_printed_with_a_font_of_the_operators(folder, tmp_path):
    content = canonical(a_paper("decision", addressee=f"赵{NOBODY_HAS}"))
    digest = hashlib.sha256(content).hexdigest()
    with pytest.raises(MissingGlyphError, match="U\\+2A6A5"):
        render(content, digest, "zh", KEY)
    (folder / "own.otf").write_bytes(a_font())
    start()
    pdf = render(content, digest, "zh", KEY)
    assert f"赵{NOBODY_HAS}" in text_of(pdf)
    assert faults(pdf) == []
    ours, own = drawn(f"龙{NOBODY_HAS}", tmp_path)
    assert min(ours) < 90 and min(own) < 90 and ours != own


def test_doctor_says_what_the_folder_adds_and_what_is_wrong_with_it(folder):
    assert paper_fonts(load({})).found.startswith("ours alone")
    with_folder = load({"JIANNUO_FONTS": str(folder.parent)})
    assert paper_fonts(with_folder).level == "warning"
    (folder / "own.otf").write_bytes(a_font())
    assert paper_fonts(with_folder).found.endswith("1 with 1 characters")
    (folder / "broken.ttf").write_bytes(b"no font")
    (said,) = [one for one in examine(with_folder) if one.check == "paper_fonts"]
    assert said.level == "error" and "broken.ttf" in said.found


def test_a_private_character_is_refused_even_if_a_font_of_the_operators_has_it(folder):
    (folder / "own.ttf").write_bytes(a_font("\ue123"))
    start()
    with pytest.raises(MissingGlyphError, match="自造字"):
        demand(["\ue123"])


def test_a_font_of_the_operators_changes_nothing_that_ours_can_draw(folder):
    content = canonical(a_paper("decision"))
    before = render(content, "0" * 64, "zh", KEY)
    (folder / "own.otf").write_bytes(a_font("诺"))
    start()
    assert render(content, "0" * 64, "zh", KEY) == before


@pytest.mark.parametrize(
    ("made", "said"), [(b"not a font", "can be read"), (a_font()[:2000], "can be read"), (b"", "can be read")]
)
def test_a_file_that_is_no_font_is_refused_with_its_path(folder, made, said):
    (folder / "broken.ttf").write_bytes(made)
    start()
    with pytest.raises(FontFileError, match=said) as refused:
        demand(["甲"])
    assert "broken.ttf" in str(refused.value)


@pytest.mark.parametrize(
    ("fs_type", "allowed"), [(0, True), (4, True), (8, True), (2, False), (0x100, False), (0x200, False)]
)
def test_a_font_that_may_not_be_embedded_is_refused(folder, fs_type, allowed):
    (folder / "own.otf").write_bytes(a_font(fs_type=fs_type))
    start()
    if allowed:
        demand([NOBODY_HAS])
        return
    with pytest.raises(FontFileError, match="fsType"):
        demand(["甲"])
