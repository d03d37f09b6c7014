"""Pages of the console on a living county: who sees what, what an action does, and what it would do."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tests.support.county import PASSWORD, app
from tests.support.pages import field, sign_in

pytestmark = pytest.mark.postgres


def ask(life, query, *values):
    with life.pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def open_finding(life):
    query = "SELECT f.id, f.case_id, f.unit FROM finding f WHERE kind = 'limit_expired' AND status = 'open' AND person IS NOT NULL ORDER BY f.id LIMIT 1"
    return ask(life, query)[0]


# -- who may come in --------------------------------------------------------------------------------------------------


def test_without_a_session_every_page_leads_to_the_sign_in(application):
    client = TestClient(application, follow_redirects=False)
    for path in ("/today", "/cases?level=red", "/findings", "/proceedings", "/units", "/messages", "/cases.csv"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/signin?next={quote(path, safe='')}")


def test_a_wrong_password_is_told_apart_from_nothing_and_keeps_the_login(application):
    client = TestClient(application, base_url="http://console.example", follow_redirects=False)
    guard = field(client.get("/signin").text, "guard")
    known = client.post("/signin", data={"login": "head", "password": "wrong", "guard": guard})
    unknown = client.post("/signin", data={"login": "nobody", "password": "wrong", "guard": guard})
    assert known.status_code == unknown.status_code == 401
    assert 'value="head"' in known.text
    assert "jiannuo_session" not in client.cookies


def test_after_eight_failures_even_the_right_password_has_to_wait(life):
    client = TestClient(app(life), base_url="http://console.example", follow_redirects=False)
    guard = field(client.get("/signin").text, "guard")
    for _ in range(8):
        client.post("/signin", data={"login": "head", "password": "wrong", "guard": guard})
    answer = client.post("/signin", data={"login": "head", "password": PASSWORD, "guard": guard})
    assert answer.status_code == 429


def test_a_sign_in_form_from_elsewhere_signs_nobody_in(application):
    client = TestClient(application, follow_redirects=False)
    assert client.post("/signin", data={"login": "head", "password": PASSWORD}).status_code == 403


def test_the_sign_in_leads_to_no_other_site(application):
    client = TestClient(application, base_url="http://console.example", follow_redirects=False)
    for there in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert field(client.get("/signin", params={"next": there}).text, "next") == "/today"


def test_the_session_cookie_is_closed_to_scripts_and_ends_with_the_sign_out(application, inspector, life):
    assert ask(life, "SELECT count(*) FROM login_session WHERE token_hash = %s", b"")[0][0] == 0
    csrf = field(inspector.get("/today").text, "csrf")
    answer = inspector.post("/signout", data={"csrf": csrf})
    assert answer.headers["location"] == "/signin"
    assert inspector.get("/today").status_code == 303


def test_a_form_without_the_token_of_its_session_changes_nothing(inspector, life):
    id_, _, _ = open_finding(life)
    answer = inspector.post(f"/findings/{id_}/confirm", data={"grade": "minor", "reason": "x", "token": "t"})
    assert answer.status_code == 403
    assert ask(life, "SELECT status FROM finding WHERE id = %s", id_) == [("open",)]


# -- what is seen -----------------------------------------------------------------------------------------------------

PAGES = (
    "/today",
    "/cases",
    "/alerts?level=red",
    "/findings",
    "/proceedings",
    "/proceedings?ended=1",
    "/certificates",
    "/units",
    "/units/urban",
    "/items",
    "/items/PL-01",
    "/messages",
    "/help",
)


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("login", ["inspector", "head", "officer", "leading", "operator"])
def test_every_page_opens_or_says_that_the_role_does_not_allow_it(application, login, locale):
    client = sign_in(application, login, locale)
    codes = {path: client.get(path).status_code for path in PAGES}
    assert set(codes.values()) <= {200, 403}
    assert codes["/today"] == codes["/cases"] == codes["/help"] == 200
    if login in {"inspector", "leading"}:
        assert set(codes.values()) == {200}


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_case_has_a_page_with_its_strip(application, life, locale):
    client = sign_in(application, "inspector", locale)
    for (case_id,) in ask(life, "SELECT case_id FROM case_file ORDER BY case_id"):
        answer = client.get(f"/cases/{case_id}")
        assert answer.status_code == 200
        assert '<svg class="strip"' in answer.text


def test_the_ledger_marks_what_the_engine_did_by_itself_with_its_instants(inspector, life):
    ((case_id,),) = ask(life, "SELECT case_id FROM case_file WHERE outcome_kind = 'implied_consent' LIMIT 1")
    text = inspector.get(f"/cases/{case_id}").text
    assert text.count("系统自动") > 3
    assert "超时默许" in text
    ((head,),) = ask(life, "SELECT encode(head_hash, 'hex') FROM case_file WHERE case_id = %s", case_id)
    assert head in text
    assert f"workflows/case%3A{case_id}" in text


def test_a_head_sees_the_cases_of_the_own_unit_alone(application, life):
    client = sign_in(application, "head")
    listed = set(re.findall(r'href="/cases/(AL-[^"]+)"', client.get("/cases?status=all").text))
    own = {row[0] for row in ask(life, "SELECT case_id FROM case_file WHERE unit = 'urban'")}
    assert listed
    assert listed <= own
    ((other,),) = ask(life, "SELECT case_id FROM case_file WHERE unit <> 'urban' LIMIT 1")
    assert client.get(f"/cases/{other}").status_code == 404


def test_filters_of_the_address_bar_hold_on_page_and_in_both_exports(inspector, life):
    wanted = {
        row[0]
        for row in ask(life, "SELECT case_id FROM case_file WHERE level = 'red' AND status IN ('open', 'suspended')")
    }
    assert wanted
    assert set(re.findall(r'href="/cases/(AL-[^"]+)"', inspector.get("/cases?level=red").text)) == wanted
    rows = list(csv.reader(io.StringIO(inspector.get("/cases.csv?level=red").text.lstrip("\ufeff"))))
    sheet = load_workbook(io.BytesIO(inspector.get("/cases.xlsx?level=red").content)).active
    assert {row[0] for row in rows[1:]} == wanted == {row[0] for row in list(sheet.values)[1:]}
    assert rows[0][0] == "办件编号"


def test_pages_by_cursor_show_every_case_once_in_order(application, inspector, life, monkeypatch):
    monkeypatch.setattr("engine.console.views.cases.list_cases.__kwdefaults__", {"size": 7})
    seen, address = [], "/cases?status=all"
    while address:
        text = inspector.get(address).text
        seen += re.findall(r'<a class="mono nowrap" href="/cases/(AL-[^"]+)"', text)
        found = re.search(r'href="(/cases\?[^"]+)" rel="next"', text)
        address = found[1].replace("&amp;", "&") if found else None
    assert len(seen) == len(set(seen)) == ask(life, "SELECT count(*) FROM case_file")[0][0]


@pytest.mark.parametrize(
    "query", ["due_from=yesterday", "status=nonsense", "after=%00", "level=red&after=x~y", "text=%25"]
)
def test_a_strange_filter_is_no_error(inspector, query):
    assert inspector.get(f"/cases?{query}").status_code == 200


def test_an_unknown_thing_is_not_found(inspector):
    for path in (
        "/cases/none",
        "/findings/none",
        "/proceedings/none",
        "/alerts/none",
        "/units/none",
        "/items/none",
        "/mail",
        "/certificates/none",
        "/static/../app.py",
    ):
        assert inspector.get(path).status_code == 404


def test_the_certificate_is_public_and_names_nobody(application, life):
    ((number,),) = ask(life, "SELECT number FROM certificate LIMIT 1")
    answer = TestClient(application).get(f"/certificates/{number}")
    assert answer.status_code == 200
    assert "有效" in answer.text
    assert "赵某" not in answer.text
    assert "segno" not in answer.text


def test_what_was_written_by_others_is_shown_as_text(inspector, life):
    with life.pool.connection() as connection:
        connection.execute(
            "INSERT INTO message (id, person, subject, body, kind, level, created_at) VALUES ('x', 'inspection-you', '<script>1</script>', '<b>', 'k', 'none', now())"
        )
    text = inspector.get("/messages").text
    assert "<script>1" not in text
    assert "&lt;script&gt;1" in text


# -- what is done -----------------------------------------------------------------------------------------------------


def test_the_consequence_is_shown_before_and_leaves_no_trace(inspector, life):
    id_, case_id, _ = open_finding(life)
    page = inspector.get(f"/findings/{id_}").text
    form = {"csrf": field(page, "csrf"), "token": field(page, "token"), "grade": "ordinary"}
    before = ask(life, "SELECT count(*) FROM entry")
    answer = inspector.post(f"/findings/{id_}/consequence", data=form, headers={"hx-request": "true"})
    assert "系统拟处理" in answer.text
    assert "<html" not in answer.text
    assert ask(life, "SELECT count(*) FROM entry") == before
    assert ask(life, "SELECT status FROM finding WHERE id = %s", id_) == [("open",)]
    assert ask(life, "SELECT count(*) FROM proceeding WHERE case_id = %s", case_id) == [(0,)]


def test_a_finding_needs_grade_and_reason_and_loses_nothing_typed(inspector, life):
    id_, _, _ = open_finding(life)
    page = inspector.get(f"/findings/{id_}").text
    form = {"csrf": field(page, "csrf"), "token": field(page, "token"), "reason": "核对了系统记录"}
    answer = inspector.post(f"/findings/{id_}/confirm", data=form)
    assert answer.status_code == 422
    assert "请选择一个等级" in answer.text
    assert "核对了系统记录" in answer.text


def test_a_confirmed_finding_opens_a_proceeding_once_however_often_it_is_sent(inspector, application, life):
    id_, case_id, unit = open_finding(life)
    page = inspector.get(f"/findings/{id_}").text
    form = {"csrf": field(page, "csrf"), "token": field(page, "token"), "grade": "ordinary", "reason": "属实"}
    for _ in range(2):
        assert inspector.post(f"/findings/{id_}/confirm", data=form).headers["location"].endswith("?done=confirmed")
    assert ask(life, "SELECT status FROM finding WHERE id = %s", id_) == [("confirmed",)]
    ((proceeding, phase, person),) = ask(
        life, "SELECT proceeding_id, phase, person FROM proceeding WHERE case_id = %s", case_id
    )
    assert phase == "statement"
    text = inspector.get(f"/proceedings/{proceeding}").text
    assert "系统提出建议，由有权的人决定" in text
    assert "作出决定" not in text
    ((actor,),) = ask(
        life, "SELECT actor FROM entry WHERE type = 'finding.confirmed' AND stream_id = %s", f"case:{case_id}"
    )
    assert actor == "inspection-you"
    assert person
    assert unit


def test_an_alert_is_acknowledged_and_answered_by_its_addressee_alone(inspector, application, life):
    query = "SELECT a.id FROM alert a JOIN alert_addressee d ON d.alert_id = a.id WHERE d.addressee = 'inspection-you' AND a.status = 'open' AND a.level = 'red' LIMIT 1"
    ((id_,),) = ask(life, query)
    leading = sign_in(application, "leading")
    csrf = field(leading.get("/today").text, "csrf")
    assert leading.post(f"/alerts/{id_}/acknowledge", data={"csrf": csrf, "token": "x1"}).status_code == 403
    page = inspector.get(f"/alerts/{id_}").text
    form = {"csrf": field(page, "csrf"), "token": field(page, "token"), "next": f"/alerts/{id_}"}
    assert (
        inspector.post(f"/alerts/{id_}/acknowledge", data=form).headers["location"]
        == f"/alerts/{id_}?done=acknowledged"
    )
    assert ask(life, "SELECT status FROM alert WHERE id = %s", id_) == [("acknowledged",)]
    page = inspector.get(f"/alerts/{id_}?done=acknowledged").text
    assert "签收不等于解决" in page
    answer = {"csrf": field(page, "csrf"), "token": field(page, "token"), "text": "已核查"}
    assert inspector.post(f"/alerts/{id_}/answer", data=answer).status_code == 303
    assert ask(life, "SELECT status FROM alert WHERE id = %s", id_) == [("answered",)]


def test_a_refusal_of_the_door_is_shown_with_its_code(inspector, life):
    id_, _, _ = open_finding(life)
    page = inspector.get(f"/findings/{id_}").text
    form = {"csrf": field(page, "csrf"), "token": field(page, "token"), "grade": "minor", "reason": "a"}
    inspector.post(f"/findings/{id_}/confirm", data=form)
    answer = inspector.post(f"/findings/{id_}/confirm", data={**form, "reason": "another body under the same token"})
    assert answer.status_code == 422
    assert "message_id_reused" in answer.text
