from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from notifications.check import check_templates
from notifications.errors import TemplateError
from notifications.words import TEMPLATES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    return tmp_path / "templates"


def test_the_shipped_templates_are_complete():
    assert check_templates() > 200


def test_every_file_belongs_to_a_notice_or_is_shared():
    from notifications.environment import PARTS
    from notifications.notices import NOTICES

    wanted = {f"{kind}.{part}.j2" for kind in NOTICES for part in PARTS}
    wanted |= {"layout.txt.j2", "layout.html.j2", "words.json"}
    for locale in ("zh", "en"):
        assert {path.name for path in (TEMPLATES / locale).iterdir()} == wanted


def test_an_unknown_variable_is_named_with_kind_language_and_part(root):
    (root / "en" / "red_card.txt.j2").write_text("{% if clock == 'never' %}{{ anser_by }}{% endif %}")
    with pytest.raises(TemplateError, match=r"templates/en/red_card\.txt\.j2: names anser_by"):
        check_templates(root)


def test_an_unknown_variable_in_the_layout_stops_the_start(root):
    with (root / "zh" / "layout.html.j2").open("a") as file:
        file.write("{{ motto }}")
    with pytest.raises(TemplateError, match=r"zh/.*'motto' is undefined"):
        check_templates(root)


def test_a_wrong_part_of_a_value_stops_the_start(root):
    (root / "zh" / "digest.txt.j2").write_text("{% for group in groups %}{{ group.town }}{% endfor %}")
    with pytest.raises(TemplateError, match=r"zh/digest.*town"):
        check_templates(root)


def test_a_missing_template_stops_the_start(root):
    (root / "en" / "remedies.subject.j2").unlink()
    with pytest.raises(TemplateError, match=r"en/remedies\.subject\.j2 is missing|remedies\.subject\.j2 is missing"):
        check_templates(root)


def test_a_broken_template_names_the_line(root):
    (root / "zh" / "remedies.html.j2").write_text("\n{% if %}")
    with pytest.raises(TemplateError, match=r"zh/remedies\.html\.j2: line 2"):
        check_templates(root)


def test_a_code_without_a_word_stops_the_start(root):
    words = root / "en" / "words.json"
    words.write_text(words.read_text().replace('"dismissal"', '"farewell"'))
    with pytest.raises(TemplateError, match=r"no word for measure\.dismissal"):
        check_templates(root)
