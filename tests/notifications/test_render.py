from __future__ import annotations

from html.parser import HTMLParser

import pytest

from notifications.errors import NoticeError
from notifications.fields import LOCALES
from notifications.notices import NOTICES
from notifications.render import render
from notifications.samples import samples
from tests.notifications.builders import MIDNIGHT, SHANGHAI, fields_of

EVERY = [(kind, who, locale) for kind, row in NOTICES.items() for who in row.audience for locale in LOCALES]
SCRIPT = '<script>alert("x")</script>'
VOID = {"meta"}


class Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(("kind", "who", "locale"), EVERY)
def test_every_notice_renders_for_each_audience_in_each_language(kind, who, locale):
    for fields in samples(NOTICES[kind]):
        message = render(kind, locale, fields, SHANGHAI, who)
        assert message.subject
        assert "\n" not in message.subject
        assert len(message.text.splitlines()) > 3
        assert "None" not in message.text + message.html + message.subject
        assert "  " not in message.subject
        balance = Balance()
        balance.feed(message.html)
        assert balance.open == []
        assert not balance.attributes & {"src", "background", "onclick", "onload"}


@pytest.mark.parametrize(("kind", "who", "locale"), EVERY)
def test_text_from_outside_is_escaped_in_html_and_left_alone_in_plain_text(kind, who, locale):
    message = render(kind, locale, fields_of(kind, lambda _: SCRIPT), SHANGHAI, who)
    assert "<script" not in message.html
    assert "&lt;script&gt;" in message.html
    assert SCRIPT in message.text


@pytest.mark.parametrize(("kind", "who", "locale"), EVERY)
def test_plain_text_and_html_tell_the_same(kind, who, locale):
    marks = {name: f"«{name}»" for name in [*NOTICES[kind].fields, "groups"]}
    message = render(kind, locale, fields_of(kind, lambda name: marks[name]), SHANGHAI, who)
    assert {mark for mark in marks.values() if mark in message.subject + message.text} == {
        mark for mark in marks.values() if mark in message.html
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_an_automatic_act_says_so_with_clause_legal_time_and_time_written(locale):
    times = {"legal_at": "2026-11-24T00:00:00+08:00", "recorded_at": "2026-11-24T00:10:07+08:00"}
    text = render("consent_implied", locale, fields_of("consent_implied", **times), SHANGHAI).text
    wanted = {
        "zh": ["系统自动作出", "依据：clause", "2026年11月24日 周二 00:00（中国标准时间）", "00:10:07"],
        "en": ["Issued automatically", "Basis: clause", "Tue 24 Nov 2026, 00:00 (China Standard Time)", "00:10:07"],
    }
    assert [each for each in wanted[locale] if each not in text] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_an_act_of_a_person_does_not_claim_to_be_automatic(locale):
    text = render("proceeding_opened", locale, fields_of("proceeding_opened"), SHANGHAI).text
    assert "系统自动作出" not in text
    assert "Issued automatically" not in text


def test_the_applicant_and_the_officer_read_different_words_about_the_same_consent():
    fields = fields_of("consent_implied")
    assert "您申请的" in render("consent_implied", "zh", fields, SHANGHAI, "applicant").text
    assert "不免除承办人和承办单位的责任" in render("consent_implied", "zh", fields, SHANGHAI, "holder").text


def test_remedies_before_the_statutory_end_name_its_date_and_after_it_the_way_to_court():
    committed = fields_of("remedies", clock="committed", statutory_due_on="2026-12-01")
    assert "法定时限将于 2026年12月1日 周二 届满" in render("remedies", "zh", committed, SHANGHAI).text
    statutory = render("remedies", "zh", fields_of("remedies", clock="statutory"), SHANGHAI).text
    assert "法定时限已经届满，可以依法申请行政复议或者提起行政诉讼" in statutory


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"due_on": None}, "due_on"),
        ({"case_number": ""}, "case_number"),
        ({"clock": "moon"}, "clock"),
        ({"legal_at": "2026-11-24T00:00:00"}, "legal_at"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_field_is_refused_by_name(change, named):
    with pytest.raises(NoticeError, match=rf"(?s)red_card.*{named}"):
        render("red_card", "zh", fields_of("red_card") | change, SHANGHAI)


def test_a_missing_field_is_refused_by_name():
    fields = fields_of("red_card")
    del fields["answer_by"]
    with pytest.raises(NoticeError, match=r"red_card.*answer_by"):
        render("red_card", "zh", fields, SHANGHAI)


def test_what_may_be_left_out_may_be_left_out():
    fields = fields_of("red_card")
    for name in ("addressee", "contact", "link", "clause"):
        del fields[name]
    assert "联系方式" not in render("red_card", "zh", fields, SHANGHAI).text


def test_an_unknown_notice_and_a_wrong_audience_are_refused():
    with pytest.raises(NoticeError, match="no notice 'birthday'"):
        render("birthday", "zh", {}, SHANGHAI)
    with pytest.raises(NoticeError, match="not for 'applicant'; it is for holder"):
        render("red_card", "zh", fields_of("red_card"), SHANGHAI, "applicant")


def test_a_subject_stays_one_line_and_hidden_characters_are_dropped():
    fields = fields_of("red_card", item_name="许可\r\nBcc: a@b.test\u202e\x07")
    message = render("red_card", "zh", fields, SHANGHAI)
    assert "许可 Bcc: a@b.test（" in message.subject
    assert "\x07" not in message.text + message.html
    assert "\u202e" not in message.text + message.html


def test_iso_texts_and_objects_give_the_same_message():
    told = fields_of("red_card", legal_at="2026-11-24T00:00:00+08:00")
    meant = fields_of("red_card", legal_at=MIDNIGHT)
    assert render("red_card", "zh", told, SHANGHAI) == render("red_card", "zh", meant, SHANGHAI)


def test_a_cause_nobody_put_into_words_is_shown_as_its_code_and_a_detail_is_kept():
    named = render("alert_escalated", "zh", fields_of("alert_escalated", cause="step_overdue:初审"), SHANGHAI)
    assert "环节超时（初审）" in named.text
    unnamed = render("alert_escalated", "en", fields_of("alert_escalated", cause="brand_new"), SHANGHAI)
    assert "brand_new" in unnamed.text
