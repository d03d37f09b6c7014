"""Every paper is what it declares: PDF/A-3a, which archives take, and PDF/UA-1, which a screen reader reads.

Twice: by a look of our own into the objects of the file, which runs everywhere, and by veraPDF where there is Java.
"""

from __future__ import annotations

import re

import pytest

from engine.certificates.pdf_seal import attachment
from tests.support.every_paper import every_paper
from tests.support.pdf_archive import drawn, faults
from tests.support.pdf_objects import Pdf, Reference, read, values
from tests.support.verapdf import verdicts

CARD = "explanation_card-zh"
# What somebody could break, by changing bytes in their place, and what is said then.
BROKEN = [
    (rb"/FontFile3", b"/FontFileX", "not embedded"),
    (rb"/ToUnicode", b"/ToUnicodX", "stand for no character"),
    (rb"<pdfaid:part>3", b"<pdfaid:part>2", "declares itself"),
    (rb"<pdfaid:conformance>A", b"<pdfaid:conformance>B", "declares itself"),
    (rb"<pdfuaid:part>1", b"<pdfuaid:part>2", "declares itself"),
    (rb"/OutputIntents ", b"/OutputIntentX ", "colour profile"),
    (rb"/AFRelationship", b"/AFRelationshiX", "what it is to the paper"),
    (rb"/AF\[", b"/AX[", "0 associated"),
    (rb"/ID\[", b"/IX[", "file identifier"),
    (rb"/Info \d+ 0 R", b"/Encrypt[]", "encrypted"),
    (rb"/Lang\(zh-CN\)", b"/AA<</O 1>>", "something that acts: AA"),
    (rb"/Lang\(zh-CN\)", b"/L(zh-CN)", "no language"),
    (rb"/Marked true", b"/Marked null", "not tagged"),
    (rb"/DisplayDocTitle true", b"/DisplayDocTitle null", "file name"),
    (rb"/Alt", b"/Xlt", "without words"),
    (rb"%PDF-1.7", b"%PDF-2.0", "header"),
]


def broken(pattern: bytes, other: bytes) -> bytes:
    """The card with one thing changed, everything else at its place."""
    changed, count = re.subn(pattern, lambda found: other.ljust(len(found[0])), every_paper()[CARD])
    assert count and len(changed) == len(every_paper()[CARD])
    return changed


def test_every_paper_has_all_that_an_archive_asks_of_it():
    assert len(every_paper()) == 40
    assert {name: found for name, pdf in every_paper().items() if (found := faults(pdf))} == {}


@pytest.mark.parametrize(("pattern", "other", "said"), BROKEN)
def test_the_look_finds_what_is_missing(pattern, other, said):
    found = faults(broken(pattern, other))
    assert any(said in fault for fault in found), found


def test_the_look_finds_a_box():
    pdf = Pdf(every_paper()[CARD])
    (font, glyphs), *_ = drawn(pdf).items()
    assert pdf[font]["Type"] == "Font" and len(glyphs) > 40 and 0 not in glyphs
    assert list(values(b"/F0 12 Tf <00000001> Tj"))[-2] == b"\0\0\0\1"


def test_objects_are_read_as_they_are_written():
    said = rb"<</A[1 -2.5 (a\(b\)\051\\\n)]/B<0aFF>/C 7 0 R/D null/E true% no" + b"\n/F/G>>"
    assert read(said, 0)[0] == {
        "A": [1, -2.5, b"a(b))\\\n"], "B": b"\x0a\xff", "C": Reference(7, 0), "D": None, "E": True, "F": "G",
    }  # fmt: skip


def test_every_paper_carries_what_it_was_made_from():
    assert {attachment(pdf)[:1] for pdf in every_paper().values()} == {b"{", b"["}


@pytest.mark.long
def test_verapdf_finds_nothing_in_any_paper_and_something_in_one_without_fonts(tmp_path):
    bad = {
        "no-fonts": broken(rb"/FontFile3", b"/FontFileX"),
        "no-tags": broken(rb"/StructTreeRoot", b"/StructTreeRooX"),
    }
    found, said = verdicts(every_paper() | bad, tmp_path)
    assert {name: found[name] for name in every_paper()} == {
        name: {"3a": "PASS", "ua1": "PASS"} for name in every_paper()
    }, said
    assert all("FAIL" in found[name].values() for name in bad), said
