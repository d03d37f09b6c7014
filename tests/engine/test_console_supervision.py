"""Supervision from the console: who is told and by when is shown before anything is sent; answers, referrals, evidence, closing of alerts."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from html import unescape

import pytest

from engine.api.acts import Answer
from engine.api.orders import answering
from engine.certificates.keys import all_keys
from engine.evidence.verify import verify
from tests.support.pages import field, sign_in

pytestmark = pytest.mark.postgres


def ask(life, query, *values):
    with life.pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def said(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def late_cases(life, most):
    """Cases of the head's unit with an open finding, oldest first."""
    query = (
        "SELECT DISTINCT case_id FROM finding f WHERE status = 'open' AND kind = 'limit_expired' AND case_id IS NOT NULL"
        " AND unit = (SELECT units[1] FROM app_user WHERE login = 'head') ORDER BY 1 LIMIT %s"
    )
    return [row[0] for row in ask(life, query, most)]


def a_late_case(life, n=0):
    return late_cases(life, n + 1)[n]


class Forms:
    """The page of a case as somebody fills it in."""

    def __init__(self, client, case):
        self.client, self.address = client, f"/supervision/{case}"
        self.page = client.get(self.address).text

    def post(self, what, kind, **given):
        data = {"csrf": field(self.page, "csrf"), "token": self.token(what, kind), "kind": kind, **given}
        return self.client.post(f"{self.address}/{what}", data=data)

    def token(self, what, kind):
        part = self.page[self.page.index(f'id="{kind}"' if what != "answer" else f'id="answer-{kind}"') :]
        return field(part, "token")


def test_an_inquiry_shows_whom_it_reaches_and_when_it_would_climb_before_it_is_sent(application, life):
    case = a_late_case(life)
    forms = Forms(sign_in(application, "inspector", "en"), case)
    before = ask(life, "SELECT version FROM stream WHERE stream_id = %s", f"case:{case}")
    shown = said(forms.post("consequence", "inquiry", text="why").text)
    assert "is told at once, to answer by Wed 1 Apr 2026" in shown
    assert "If nobody answers, from Wed 1 Apr 24:00 on to" in shown
    sooner = said(forms.post("consequence", "inquiry", text="why", answer_by="2026-03-27").text)
    assert "to answer by Fri 27 Mar 2026" in sooner and "from Fri 27 Mar 24:00 on" in sooner
    assert ask(life, "SELECT version FROM stream WHERE stream_id = %s", f"case:{case}") == before


def test_an_inquiry_is_sent_answered_by_the_units_head_and_both_words_are_read_again(application, life):
    case = a_late_case(life)
    watcher = sign_in(application, "inspector")
    sent = Forms(watcher, case).post("ask", "inquiry", text="为何逾期", answer_by="2026-03-30")
    assert sent.headers["location"] == f"/supervision/{case}?done=asked"
    page = watcher.get(f"/supervision/{case}").text
    assert "为何逾期" in page and "等待答复" in page and 'id="answer-inquiry"' not in page, "nobody answers for others"
    head = Forms(sign_in(application, "head"), case)
    assert 'id="inquiry"' not in head.page, "the unit does not question itself"
    assert head.post("answer", "inquiry", text=" ").status_code == 422
    assert head.post("answer", "inquiry", text="人手不足，已补办").headers["location"].endswith("?done=answered")
    assert "人手不足，已补办" in watcher.get(f"/supervision/{case}").text
    stored = ask(life, "SELECT body FROM entry WHERE stream_id = %s AND type LIKE 'inquiry.%%'", f"case:{case}")
    assert len(stored) == 2 and not any("为何逾期" in str(body) or "人手" in str(body) for (body,) in stored)


def test_a_proposal_makes_its_paper_and_words_that_are_missing_are_told_beside_the_field(application, life):
    case = a_late_case(life)
    forms = Forms(sign_in(application, "inspector"), case)
    refused = forms.post("ask", "supervision", text="", answer_by="2020-01-01")
    assert refused.status_code == 422 and refused.text.count('class="wrong"') == 2
    assert forms.post("ask", "supervision", text="完善窗口授权").status_code == 303
    page = forms.client.get(forms.address).text
    assert "监察建议书" in page and "完善窗口授权" in page


def test_a_referral_shows_whose_proceedings_stop_and_leaves_with_evidence_that_verifies(application, life):
    case, _unit, person = ask(
        life, "SELECT case_id, unit, person FROM finding WHERE kind = 'limit_expired' AND status = 'open' AND person IS NOT NULL ORDER BY id LIMIT 1"
    )[0]  # fmt: skip
    inspector = sign_in(application, "inspector", "en")
    id_ = ask(life, "SELECT id FROM finding WHERE case_id = %s AND kind = 'limit_expired' AND status = 'open'", case)[
        0
    ][0]
    form = inspector.get(f"/findings/{id_}").text
    assert f"/supervision/{case}?ask=referral" in form
    given = {"csrf": field(form, "csrf"), "token": field(form, "token"), "grade": "minor", "reason": "x"}
    assert inspector.post(f"/findings/{id_}/confirm", data=given).status_code == 303
    forms = Forms(inspector, case)
    assert forms.client.post(f"{forms.address}/evidence", data={"csrf": field(forms.page, "csrf")}).status_code == 404
    shown = said(forms.post("consequence", "referral", to="the commission").text)
    assert "A finding is opened: suspected offence" in shown and "is frozen" in shown and "yellow" in shown
    assert forms.post("ask", "referral", to="the commission").status_code == 422, "why is missing"
    assert forms.post("ask", "referral", to="the commission", why="a bribe", person=person).status_code == 303
    assert ask(life, "SELECT phase FROM proceeding WHERE case_id = %s AND person = %s", case, person) == [("referred",)]
    package = inspector.post(f"{forms.address}/evidence", data={"csrf": field(forms.page, "csrf")})
    assert package.headers["content-type"] == "application/zip"
    with life.pool.connection() as db:
        assert verify(package.content, all_keys(db)).holds
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(package.content)).namelist()
    again = inspector.get(forms.address).text
    assert package.headers["x-content-sha256"] in again
    receipt = Forms(inspector, case).post("answer", "referral", receipt="No 7", result="received")
    assert receipt.status_code == 303 and "the package was received" in inspector.get(forms.address).text


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_others_see_no_forms_and_officers_no_page(application, life, locale):
    case = a_late_case(life)
    page = sign_in(application, "leading", locale).get(f"/supervision/{case}?ask=inquiry").text
    assert '<details open id="inquiry"' in page
    assert sign_in(application, "officer", locale).get(f"/supervision/{case}").status_code == 404
    head = sign_in(application, "head", locale)
    csrf = field(head.get("/today").text, "csrf")
    form = {"csrf": csrf, "kind": "inquiry", "text": "x", "token": "t"}
    assert head.post(f"/supervision/{case}/ask", data=form).status_code == 403
    assert head.post(f"/supervision/{case}/evidence", data={"csrf": csrf}).status_code == 403


def test_an_alert_is_closed_with_a_reason_and_what_would_follow_is_shown_before(application, life):
    query = (
        "SELECT a.id, a.case_id, a.cause FROM alert a JOIN case_file c USING (case_id)"
        " WHERE a.level = 'red' AND a.status = 'open' AND a.respond_until > %s ORDER BY a.id LIMIT 1"
    )
    id_, case, cause = ask(life, query, life.clock.now())[0]
    inspector = sign_in(application, "inspector", "en")
    page = inspector.get(f"/alerts/{id_}").text
    assert "Left open and unanswered, from" in said(page)
    given = {"csrf": field(page, "csrf"), "token": field(page, "token")}
    assert inspector.post(f"/alerts/{id_}/close", data=given).status_code == 422
    done = inspector.post(f"/alerts/{id_}/close", data={**given, "reason": "settled"})
    assert done.headers["location"] == f"/alerts/{id_}?done=alert_closed"
    assert ask(life, "SELECT status FROM alert WHERE id = %s", id_) == [("closed",)]
    life.wait_until(life.clock.now() + timedelta(days=10))
    climbed = "SELECT count(*) FROM alert WHERE case_id = %s AND cause = %s AND level = 'escalated'"
    assert ask(life, climbed, case, cause) == [(0,)]


def test_nobody_closes_what_he_was_asked_himself(application, life):
    officer = ask(life, "SELECT person FROM app_user WHERE login = 'head'")[0][0]
    mine = ask(life, "SELECT alert_id FROM alert_addressee WHERE addressee = %s AND status = 'open' LIMIT 1", officer)
    head = sign_in(application, "head")
    page = head.get(f"/alerts/{mine[0][0]}").text
    assert f"/alerts/{mine[0][0]}/close" not in page
    refused = head.post(f"/alerts/{mine[0][0]}/close", data={"csrf": field(page, "csrf"), "reason": "x", "token": "t"})
    assert refused.status_code == 403


def test_another_unit_that_is_asked_answers_here_and_over_http_and_sees_nothing_else(application, life):
    case = a_late_case(life, 1)
    other = "health"
    ask(
        life, "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
        " SELECT 'other', 'other-head', '', '{unit_head}', ARRAY[%s], password_hash, 'zh', true, now() FROM app_user WHERE login = 'head' RETURNING login",
        other,
    )  # fmt: skip
    own = sign_in(application, "other")
    assert own.get(f"/supervision/{case}").status_code == 404
    life.happen(life.clock.now(), "inquiry.opened", case, actor="insp", text="本单位的问题")
    life.happen(life.clock.now(), "inquiry.opened", case, actor="insp", text="外单位的问题", unit=other)
    page = own.get(f"/supervision/{case}").text
    assert "外单位的问题" in page and "本单位的问题" not in page and 'id="inquiry"' not in page
    with life.pool.connection() as db:
        order = answering(db, case, "inquiry.answered", "inquiry.answer", Answer(actor="other-head", text="y"))
        stranger = answering(db, case, "inquiry.answered", "inquiry.answer", Answer(actor="nobody", text="y"))
    assert (order.unit, order.data["unit"], stranger.unit) == (other, other, "urban")
    assert (
        Forms(own, case).post("answer", "inquiry", text="外单位的说明").headers["location"].endswith("?done=answered")
    )
    rows = sign_in(application, "head").get(f"/supervision/{case}").text
    assert 'id="answer-inquiry"' in rows, "the unit's own question still waits"
