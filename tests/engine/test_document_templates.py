"""Templates of papers: the shipped ones hold, an agency's are tried before anybody depends on them, and people's words are no marks."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import msgspec
import pytest

from engine.certificates.keys import Signer
from engine.certificates.pdf_seal import attachment
from engine.documents.check import TemplateError, check, check_shipped
from engine.documents.kinds import KINDS
from engine.documents.markup import Block, blocks, guarded
from engine.documents.pdf import render
from engine.documents.template import Template, in_force, shipped
from engine.ledger.canonical import canonical
from engine.provisioning.check import check as check_folder
from engine.provisioning.folder import ProvisionError, read_folder
from engine.storage.world import build
from tests.support.fonts import NOBODY_HAS
from tests.support.papers import a_paper
from tests.support.papers_seen import text_of
from tests.support.pdf_objects import Pdf

KEY = Signer("k" * 43, b"\1" * 32)
GOOD = "# 告知书\n{{ addressee }}：{{ cause }}"


def test_every_shipped_template_is_written_in_both_languages_with_every_value_that_chooses():
    assert check_shipped() >= 2 * len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_is_set_in_both_languages_with_its_content_attached(kind):
    content = canonical(a_paper(kind))
    digest = hashlib.sha256(content).hexdigest()
    for locale in ("zh", "en"):
        assert attachment(render(content, digest, locale, KEY)) == content


def test_an_archive_reads_who_signed_and_what_it_is_from_the_file():
    pdf = Pdf(render(canonical(a_paper("decision")), "0" * 64, "zh", KEY))
    told = pdf.of(pdf.catalog["Metadata"]).content.decode()
    assert "<dc:creator><rdf:Seq><rdf:li>安澜县优化营商环境领导小组办公室</rdf:li>" in told
    assert "违诺责任追究决定书 〔2026〕3" in told


def test_a_signature_never_stands_on_a_sheet_of_its_own():
    """Reasons of one line more each time, about one sheet long: the last sheet has text above the signature."""
    for lines in range(6, 18):
        content = canonical(a_paper("decision", reason="\n".join(["经查属实。"] * lines)))
        last = text_of(render(content, "0" * 64, "zh", KEY)).rstrip("\f").rpartition("\f")[2]
        assert last.index("申请复核") < last.index("领导小组办公室\n"), lines


@pytest.mark.parametrize(
    ("zh", "words"),
    [
        ("# 告知书\n{{ addresse }}", "addresse"),
        ("# 告知书\n{{ clause }}", "may be missing"),
        ("没有标题 {{ cause }}", "0 titles"),
        ("# 一\n# 二", "2 titles"),
        ("# 告知书\n{% if cause %}", "line"),
        ("# 告知书\n{{ cause.__class__ }}", "unsafe"),
        ("# 告知书\n{{ cycler('a') }}", "cycler"),
        ("# 告知书\n{% for part in legal_at %}{{ part.x }}{% endfor %}", "x"),
        (f"# 告知书\n{{{{ cause }}}} {NOBODY_HAS}", f"没有“{NOBODY_HAS}”"),
        ("# 告知书\n{% include 'other' %}", "no loader"),
    ],
)
def test_a_template_that_would_leave_a_blank_or_a_box_is_refused_with_its_place(zh, words):
    with pytest.raises(TemplateError) as refused:
        check(Template(kind="proceeding_notice", zh=zh, en=GOOD))
    assert words in str(refused.value)


def test_words_of_people_stay_where_the_template_put_them():
    said = guarded("# 标题\n: 名 | 值\n> 右")
    assert blocks(f"{said}\n\n: 理由 | {said}") == (
        Block("paragraph", "# 标题\n: 名 | 值\n> 右"),
        Block("fact", "# 标题\n: 名 | 值\n> 右", "理由"),
    )


def test_the_nearest_unit_and_the_last_beginning_win():
    world = build(
        {"unit": [{"id": "county"}, {"id": "urban", "parent": "county"}, {"id": "team", "parent": "urban"}]}, ""
    )
    known = [
        Template(kind="decision", zh="a", en="a", version=1),
        Template(kind="decision", zh="b", en="b", version=2, effective_from=date(2026, 3, 1)),
        Template(kind="decision", zh="c", en="c", version=1, unit="urban"),
        Template(kind="decision", zh="d", en="d", version=2, unit="urban", effective_from=date(2026, 5, 1)),
    ]

    def words(unit: str, on: date) -> str:
        return in_force(known, "decision", unit, on, world).zh

    assert words("county", date(2026, 2, 28)) == "a"
    assert words("county", date(2026, 3, 1)) == "b"
    assert words("team", date(2026, 4, 30)) == "c"
    assert words("team", date(2026, 5, 1)) == "d"
    assert in_force(known, "red_card", "team", date(2026, 5, 1), world) == shipped("red_card")


def test_the_same_words_are_the_same_template_whatever_its_number():
    one = Template(kind="decision", zh="a", en="b", version=1)
    assert one.sha256 == msgspec.structs.replace(one, version=9).sha256
    assert one.sha256 != msgspec.structs.replace(one, zh="c").sha256


FOLDER = """units: [{id: u, name: 某局}]
leading_group_office: u
documents:
- kind: %s
  version: %d
  unit: %s
  zh: |
    # 告知书
    {{ addressee }}：{{ %s }}
  en: |
    # Notice
    To {{ addressee }}
"""


def folder(place: Path, *values: object) -> Path:
    (place / "all.yaml").write_text(FOLDER % values, encoding="utf-8")
    return place


def test_templates_come_from_a_folder_of_yaml(tmp_path):
    catalogue = read_folder(folder(tmp_path, "decision", 1, "u", "measure"))
    check_folder(catalogue)
    assert [template.id for template in catalogue.documents] == ["decision/u"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("decision", 1, "u", "mesure"), "mesure"),
        (("decision", 1, "nowhere", "measure"), "nowhere"),
        (("decision", 0, "u", "measure"), "begin with 1"),
        (("decree", 1, "u", "measure"), "decree"),
    ],
)
def test_a_wrong_template_is_refused_before_it_is_published(tmp_path, values, words):
    with pytest.raises(ProvisionError) as refused:
        check_folder(read_folder(folder(tmp_path, *values)))
    assert words in str(refused.value)
