"""A complaint that names no case, from the public form to the answer and its review: who reads it, who is asked, what stands on record."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from starlette.testclient import TestClient

from engine.effects.collecting import Collector
from engine.rebuild.tables import compare
from engine.storage.connect import open_owner
from tests.support.county import a_county, app, at, command_line
from tests.support.pages import field, sign_in

pytestmark = pytest.mark.postgres
WORDS = "三号窗口十点还没有人，电话也没有人接"


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-03-02", "08:00")) as made:
        yield made


@pytest.fixture
def anybody(life):
    return TestClient(app(life), base_url="http://public.example", follow_redirects=False)


@pytest.fixture(scope="module")
def filed(life):
    """Number and code of a complaint about the head's unit."""
    return complain(TestClient(app(life), base_url="http://public.example"), subject="delay")


def complain(client, **given):
    page = client.get("/public/complain").text
    send = {"guard": field(page, "guard"), "token": field(page, "token"), "unit": "urban", "text": WORDS, **given}
    answer = client.post("/public/complain", data=send)
    assert answer.status_code == 200, answer.text
    number, code = re.findall(r'<dd class="mono"><b>([^<]+)</b>', answer.text)
    return number, code


def ask(life, query, *values):
    with life.pool.connection() as db:
        return db.execute(query, values).fetchall()


def said(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def follow(client, number, code):
    return client.post("/public/follow", data={"case": number, "code": code})


def test_it_is_received_with_a_number_an_owner_and_a_day_and_its_words_are_sealed(life, filed):
    number, _ = filed
    row = ask(life, "SELECT case_id, unit, phase, owner, phase_until FROM voice WHERE number = %s", number)[0]
    assert row[:3] == (f"complaint:{number}", "urban", "filed") and row[3] and row[4] == at("2026-03-10", "00:00")
    ledger = ask(life, "SELECT type, body FROM entry WHERE stream_id = %s ORDER BY version", f"complaint:{number}")
    assert [type_ for type_, _ in ledger] == ["complaint.filed", "yellow_card", "voice_opened"]
    assert not any(WORDS in str(body) for _, body in ledger)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_number_and_code_show_how_it_stands_and_name_no_official(anybody, life, filed, locale):
    anybody.cookies.set("jiannuo_language", locale)
    page = follow(anybody, *filed)
    assert (
        page.status_code == 200
        and WORDS in page.text
        and ("待受理" if locale == "zh" else "to be admitted") in page.text
    )
    names = [row[0] for row in ask(life, "SELECT body->>'name' FROM config_entry WHERE kind = 'person'")]
    assert [name for name in names if name and name in page.text] == []
    assert follow(anybody, filed[0], "AAAAA-AAAAA").status_code == 404


def test_it_is_admitted_and_answered_in_the_console_and_reviewed_by_somebody_else(application_of, anybody, life, filed):
    number, code = filed
    head = sign_in(application_of, "head")
    address = head.get(f"/voices/no-case/{number}").headers["location"]
    page = head.get(address).text
    assert WORDS in page and f"/voices/no-case/{number}" in page
    send = {"csrf": field(page, "csrf"), "token": field(page, "token")}
    assert head.post(f"{address}/say", data={**send, "type": "complaint.accepted"}).status_code == 303
    answer = {"type": "complaint.answered", "words": "已约谈值班人员", "result": "unfounded"}
    assert head.post(f"{address}/say", data={**send, **answer, "token": "second"}).status_code == 303
    mine = follow(anybody, number, code).text
    assert "已约谈值班人员" in mine and "已办结" in mine and "/public/complain/review" in mine
    wrong = anybody.post("/public/complain/review", data={"case": number, "code": "AAAAA-AAAAA", "text": "x"})
    assert wrong.status_code == 403 and ask(life, "SELECT phase FROM voice WHERE number = %s", number) == [("settled",)]
    again = anybody.post("/public/complain/review", data={"case": number, "code": code, "text": "没有人来过"})
    assert "复核中" in again.text
    phase, owner = ask(life, "SELECT phase, owner FROM voice WHERE number = %s", number)[0]
    head_of = ask(life, "SELECT person FROM app_user WHERE login = 'head'")[0][0]
    assert phase == "review" and owner != head_of, "whoever answered does not review"


@pytest.fixture(scope="module")
def application_of(life):
    return app(life)


def test_whom_it_is_about_does_not_read_it_and_officers_do_not_see_it(application_of, life, anybody):
    number, _ = complain(anybody)
    ((id_,),) = ask(life, "SELECT id FROM voice WHERE number = %s", number)
    assert sign_in(application_of, "officer").get(f"/voices/{id_}").status_code == 403
    person = ask(life, "SELECT person FROM app_user WHERE login = 'head'")[0][0]
    ask(life, "UPDATE voice SET about = %s WHERE id = %s RETURNING id", person, id_)
    page = sign_in(application_of, "head").get(f"/voices/{id_}").text
    assert WORDS not in page and "/say" not in page
    ask(life, "UPDATE voice SET about = NULL WHERE id = %s RETURNING id", id_)
    assert WORDS in sign_in(application_of, "inspector").get(f"/voices/{id_}").text


def test_its_card_is_on_the_first_page_is_told_and_climbs(application_of, life, anybody):
    number, _ = complain(anybody)
    ((alert, to),) = ask(life, "SELECT id, data->'to' FROM alert WHERE case_id = %s", f"complaint:{number}")
    assert Collector(life.pool, life.clock, "zh", site="https://example.test").collect() > 0
    body = ask(life, "SELECT body, subject FROM message WHERE person = %s ORDER BY created_at DESC LIMIT 1", to[0])[0]
    assert f"/voices/no-case/{number}" in body[0] or number in body[0]
    assert ask(life, "SELECT count(*) FROM outbox WHERE problem IS NOT NULL") == [(0,)]
    page = sign_in(application_of, "inspector").get(f"/alerts/{alert}")
    assert page.status_code == 200 and f"/voices/no-case/{number}" in page.text
    life.wait_until(life.clock.now() + timedelta(days=9))
    levels = ask(life, "SELECT level, id FROM alert WHERE case_id = %s ORDER BY fired_at, rung", f"complaint:{number}")
    inspector = sign_in(application_of, "inspector")
    assert {inspector.get(f"/alerts/{id_}").status_code for _, id_ in levels} == {200}, "with their papers"
    assert levels[0][0] == "yellow" and {"escalated", "red"} <= {level for level, _ in levels}


def test_a_form_that_is_not_filled_in_or_comes_from_elsewhere_or_too_often_files_nothing(anybody, life):
    page = anybody.get("/public/complain").text
    send = {"guard": field(page, "guard"), "token": "t", "text": " ", "unit": "nowhere", "contact": "13800000000"}
    before = ask(life, "SELECT count(*) FROM voice")
    refused = anybody.post("/public/complain", data=send)
    assert refused.status_code == 422 and "13800000000" in refused.text and 'class="wrong"' in refused.text
    assert (
        anybody.post("/public/complain", data={**send, "guard": "x", "text": "y", "unit": "urban"}).status_code == 403
    )
    assert ask(life, "SELECT count(*) FROM voice") == before
    for n in range(5):
        complain(anybody, token=f"many-{n}")
    page = anybody.get("/public/complain").text
    clash = {"guard": field(page, "guard"), "token": "many-0", "unit": "urban", "text": "another text"}
    taken = TestClient(app(life), base_url="http://public.example", cookies=anybody.cookies)
    refused = taken.post("/public/complain", data=clash)
    assert refused.status_code == 503 and "another text" in refused.text and "TS-" not in refused.text
    again = {"guard": field(page, "guard"), "token": "more", "unit": "urban", "text": "x"}
    assert anybody.post("/public/complain", data=again).status_code == 429


def test_pressing_twice_is_one_complaint(anybody, life):
    first = complain(anybody, token="the same")
    assert complain(anybody, token="the same") == first
    assert ask(life, "SELECT count(*) FROM voice WHERE number = %s", first[0]) == [(1,)]


def test_the_ledger_tells_the_tables_again(life, filed):
    with open_owner(life.pool.conninfo) as db:
        found = [one.table for one in compare(db, lambda _: None)]
        db.rollback()
    assert [table for table in found if table in {"voice", "alert", "alert_addressee", "finding"}] == []


def test_the_command_line_files_lists_admits_and_answers(life, monkeypatch, capsys):
    run = command_line(life, monkeypatch, capsys)
    status, out, _ = run("complaint", "file", "--unit", "urban", "--subject", "fee", "--text", WORDS)
    number = re.search(r"TS-[0-9A-Z]{10}", out)[0]
    assert status == 0 and re.search(r"code [0-9A-Z]{5}-[0-9A-Z]{5}", out)
    (mine,) = [one for one in json.loads(run("complaint", "list", "-o", "json")[1]) if number in one["case_id"]]
    head = ask(life, "SELECT person FROM app_user WHERE login = 'head'")[0][0]
    assert run("complaint", "accept", mine["id"], "--actor", head)[0] == 0
    assert run("complaint", "answer", mine["id"], "--actor", head, "--result", "upheld", "--text", "属实")[0] == 0
    life.wait_until(life.clock.now() + timedelta(minutes=1))
    assert run("complaint", "answer", mine["id"], "--actor", head, "--result", "upheld")[0] == 1, "answered already"
    assert run("complaint", "review", mine["id"], "--actor", "nobody", "--result", "upheld")[0] == 1
    assert run("complaint", "file", "--text", "")[0] == 2
    assert ask(life, "SELECT phase, result FROM voice WHERE number = %s", number) == [("settled", "upheld")]
