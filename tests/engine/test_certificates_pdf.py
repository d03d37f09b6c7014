"""The page: official, complete, every character drawn, every byte sealed, the document within."""

from __future__ import annotations

import re
import tomllib

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.certificates import fonts, glyphs, keys
from engine.certificates.document import read, write
from engine.certificates.pdf import pdf_of, render
from engine.certificates.pdf_seal import attachment, seal_of
from engine.certificates.sheet import Standing, sheet_of, words
from engine.certificates.verify import check, verify_offline, verify_online
from tests.support.certificates import silence
from tests.support.fonts import NOBODY_HAS
from tests.support.papers_seen import text_of
from tests.support.worlds import message

pytestmark = pytest.mark.postgres
VALID = Standing("valid", None)


@pytest.fixture(scope="module")
def life(postgres_server, tmp_path_factory):
    with silence(postgres_server, tmp_path_factory.mktemp("vault")) as made:
        yield made


@pytest.fixture(scope="module")
def made(life):
    """Document, applicant's copy, key that signs, public keys."""
    with life.pool.connection() as db:
        return life.document(db), life.applicants_copy(db), keys.signer(db, life.clock.now()), keys.all_keys(db)


@pytest.fixture(scope="module")
def pdf(made):
    return render(made[1], "zh", VALID, made[2])


def test_the_page_carries_the_document_byte_for_byte(made, pdf):
    assert attachment(pdf) == made[1]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_page_verifies_online_and_offline(life, made, locale):
    with life.pool.connection() as db:
        page = pdf_of(db, made[0], locale, life.clock.now())
        assert verify_online(db, page).in_force
    verdict = verify_offline(page, made[3])
    assert (verdict.signature, verdict.status) == ("valid", "unknown")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_page_changed_in_one_byte_is_refused(made, pdf, data):
    place = data.draw(st.integers(0, len(pdf) - 1))
    byte = data.draw(st.integers(0, 255))
    if byte != pdf[place]:
        changed = pdf[:place] + bytes([byte]) + pdf[place + 1 :]
        assert check(changed, made[3]).signature in {"altered", "unknown_key"}


def test_what_is_added_after_the_end_is_refused(made, pdf):
    assert check(pdf + b"\n%%EOF", made[3]).signature == "altered"


def test_a_page_without_its_seal_is_refused(made, pdf):
    assert check(re.sub(rb"%jiannuo-seal [^\n]*\n", b"", pdf), made[3]).signature == "altered"


def test_the_same_document_gives_the_same_bytes(made, pdf):
    render.cache_clear()
    assert render(made[1], "zh", VALID, made[2]) == pdf


def test_it_is_made_for_archives(pdf):
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert seal_of(pdf).content.endswith(b"%%EOF")


def test_a_page_sealed_with_a_key_in_other_hands_is_not_trusted(made, pdf):
    known = [msgspec.structs.replace(key, compromised_at=key.created_at) for key in made[3]]
    assert check(pdf, known).signature == "unknown_key"


def test_what_is_no_longer_valid_says_so_across_the_page(life, made):
    with life.pool.connection() as db:
        before = pdf_of(db, made[0], "zh", life.clock.now())
    life.take(message("r", "consent.revocation_opened", "A1", life.clock.at))
    with life.pool.connection() as db:
        after = pdf_of(db, made[0], "zh", life.clock.now())
        assert verify_online(db, after).status == "under_review"
    assert after != before
    assert "复核中" in sheet_of(read(made[0]), "zh", Standing("under_review", life.clock.now())).banner


# -- words and characters -----------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_words():
    assert words("zh").keys() == words("en").keys()


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_word_can_be_drawn(locale):
    found = words(locale)
    glyphs.demand([found["title"]], fonts.for_titles())
    glyphs.demand(found.values())


def test_a_rare_name_is_drawn_and_one_that_cannot_be_is_refused_by_name(made):
    one = read(made[1])

    def page(name: str) -> bytes:
        disclosed = msgspec.structs.replace(one.disclosed, applicant=name)
        return render(write(msgspec.structs.replace(one, disclosed=disclosed)), "zh", VALID, made[2])

    assert "赵𬭎㙓" in text_of(page("赵𬭎㙓")).replace(" ", "")
    with pytest.raises(glyphs.MissingGlyphError, match=r"U\+2A6A5"):
        page(f"赵{NOBODY_HAS}")


def test_the_strip_shows_the_signed_days(made):
    svg = sheet_of(read(made[0]), "zh", VALID).strip
    counted = [day.n for day in read(made[0]).certificate.clocks[0].days if day.n]
    assert svg.count('class="day counted"') == len(counted) == 5
    assert svg.count('class="day suspended"') == 1
    assert "inherit" not in svg


@pytest.mark.parametrize(("locale", "shown"), [("zh", "超时默许证明"), ("en", "Certificate of Implied Consent")])
def test_the_words_are_text_that_can_be_searched(made, locale, shown):
    text = text_of(render(made[1], locale, VALID, made[2]))
    for part in (shown, "赵某某", "MX-A1-20260311"):
        assert part in text.replace(" ", "") or part in text


def test_the_template_writes_no_word_of_its_own():
    template = (fonts.VENDOR.parent / "certificate.typ").read_text("utf-8")
    code = "\n".join(line for line in template.splitlines() if not line.startswith("//"))
    assert code.isascii()


def test_the_words_are_toml_without_idle_entries():
    code = (fonts.VENDOR.parent / "sheet.py").read_text("utf-8")
    assert [
        name
        for name in tomllib.loads((fonts.VENDOR.parent / "words/zh.toml").read_text("utf-8"))
        if f'"{name}"' not in code
    ] == []
