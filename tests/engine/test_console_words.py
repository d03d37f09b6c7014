"""The words of the console: complete, the same in both languages, none of them idle."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from engine.console.i18n import Texts, catalogue, locale_from
from engine.documents.kinds import KINDS
from engine.rights import ROLES
from notifications.notices import NOTICES
from rules.accountability import GRADES, MEASURES
from rules.payloads import PAYLOADS
from rules.records import TYPES

FOLDER = Path(__file__).parents[2] / "engine" / "console"
TEXT = "".join(f.read_text() for f in FOLDER.rglob("*.*") if f.suffix in {".py", ".html"})
# Groups that are looked up by a code of the data (`t.code(group, code)`).
CODES = frozenset(re.findall(r"(?:t\.code\(|p\.status\(t,)\s*[\"'](\w+)[\"']", TEXT))
MORE_CODES = {
    "entry",
    "fact",
    "clock",
    "finding",
    "hold",
    "finding_status",
    "lint",
    "severity",
    "filing_phase",
    "filing_kind",
    "filing_effect",
    "filing_type",
    "filing_stop",
    "filing_after",
    "filing_check",
    "filing_operator",
    "filing_join",
    "measure",
    "unit_measure",
}


def test_both_languages_have_the_same_messages():
    assert set(catalogue("zh")) == set(catalogue("en"))


def test_both_languages_fill_in_the_same_values():
    def fields(words: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(words) if name}

    zh, en = catalogue("zh"), catalogue("en")
    assert [key for key in zh if fields(zh[key]) != fields(en[key])] == []


def test_every_message_is_used_somewhere():
    whole = set(re.findall(r"[\"']([a-z_]+(?:\.[a-z_0-9]+)*)[\"']", TEXT))
    begun = set(re.findall(r"[\"']([a-z_.]+[._])(?:[\"'] ~|\{)", TEXT))
    idle = [
        key for key in catalogue("zh")
        if key not in whole and key.split(".")[0] not in CODES | MORE_CODES and not any(key.startswith(start) for start in begun)
    ]  # fmt: skip
    assert idle == []


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_code_of_the_rules_has_its_word(locale):
    words = catalogue(locale)
    wanted = [f"entry.{type_}" for type_ in TYPES]
    wanted += [f"fact.{type_}" for type_ in PAYLOADS]
    wanted += [f"grade.{grade}" for grade in GRADES] + [f"role.{role}" for role in ROLES]
    wanted += [f"measure.{level}" for level in range(1, len(MEASURES) + 1)]
    assert [key for key in wanted if key not in words] == []


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_kind_of_notice_and_paper_has_its_word(locale):
    wanted = [f"notice.{kind}" for kind in NOTICES] + [f"document.{kind}" for kind in KINDS]
    assert [key for key in wanted if key not in catalogue(locale)] == []


def test_a_code_that_came_later_stands_for_itself():
    t = Texts("zh")
    assert t.code("finding", "brand_new") == "brand_new"
    assert t.code("finding", "step_overdue:review") == "环节超时 · review"


def test_chinese_is_the_language_of_who_asks_for_nothing():
    assert locale_from(None, None) == "zh"
    assert locale_from(None, "fr, en;q=0.5") == "en"
    assert locale_from("zh", "en") == "zh"
