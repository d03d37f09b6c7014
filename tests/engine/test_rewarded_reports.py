"""A rewarded report from the public form to the payment: nobody but those who may sees it, and who reported stands nowhere in clear."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from engine.effects.collecting import Collector
from engine.rebuild.tables import compare
from engine.storage.connect import open_owner
from tests.support.county import a_county, app, at, command_line
from tests.support.pages import field, sign_in

pytestmark = pytest.mark.postgres
WORDS, REPORTER = "收两千元才给办证", "举报人钱某某 13911112222"
PAGES = ("/today", "/voices?phase=all", "/alerts?level=yellow", "/findings", "/messages", "/cases", "/units/urban")


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-03-02", "08:00")) as made:
        yield made


@pytest.fixture(scope="module")
def application(life):
    return app(life)


@pytest.fixture(scope="module")
def filed(application):
    """Number and code of a report about the head's unit."""
    return report(application)


def report(application, **given):
    client = TestClient(application, base_url="http://public.example")
    page = client.get("/public/report").text
    send = {"guard": field(page, "guard"), "token": field(page, "token"), "unit": "urban", "text": WORDS, **given}
    answer = client.post("/public/report", data={"contact": REPORTER, **send})
    assert answer.status_code == 200, answer.text
    number, code = re.findall(r'<dd class="mono"><b>([^<]+)</b>', answer.text)
    return number, code


def ask(life, query, *values):
    with life.pool.connection() as db:
        return db.execute(query, values).fetchall()


def page_of(client, number):
    address = client.get(f"/voices/no-case/{number}").headers.get("location", "/none")
    return address, client.get(address)


def say(client, number, **said):
    address, page = page_of(client, number)
    send = {"csrf": field(page.text, "csrf"), "token": said["type"] + number}
    return client.post(f"{address}/say", data={**send, **said})


def test_the_inspectors_see_it_with_a_day_and_the_unit_sees_nothing(application, life, filed):
    number, _ = filed
    _, page = page_of(sign_in(application, "inspector"), number)
    assert page.status_code == 200 and WORDS in page.text and REPORTER not in page.text and "待核实" in page.text
    for login in ("head", "officer"):
        client = sign_in(application, login)
        assert page_of(client, number)[1].status_code == 404
        seen = "".join(client.get(path).text for path in PAGES)
        assert number not in seen and WORDS not in seen
    assert ask(life, "SELECT unit FROM finding WHERE case_id = %s", f"report:{number}") == []


def test_it_is_verified_rewarded_by_somebody_else_and_paid_and_the_reporter_follows(application, life, filed):
    number, code = filed
    inspector, office = sign_in(application, "inspector"), sign_in(application, "leading")
    assert say(inspector, number, type="report.verified", result="substantiated").status_code == 422, "no words"
    done = say(inspector, number, type="report.verified", result="substantiated", words="已核实")
    assert done.status_code == 303
    assert say(inspector, number, type="report.rewarded", result="granted", words="x", amount="5").status_code == 404
    granted = {"type": "report.rewarded", "result": "granted", "words": "属实"}
    assert say(office, number, **granted).status_code == 422, "no amount"
    assert say(office, number, **granted, amount="800").status_code == 303
    public = TestClient(application, base_url="http://public.example")
    mine = public.post("/public/follow", data={"case": number, "code": code}).text
    assert "800" in mine and "领取" in mine and "给予奖励" in mine and REPORTER not in mine
    assert say(office, number, type="report.paid", words="凭证 12 号").status_code == 303
    assert ask(life, "SELECT phase, result FROM voice WHERE number = %s", number) == [("settled", "granted")]


def test_whoever_looks_who_reported_is_on_the_ledger_before_the_name_is_shown(application, life, filed):
    number, _ = filed
    address, page = page_of(sign_in(application, "inspector"), number)
    send = {"csrf": field(page.text, "csrf"), "token": "look", "reason": "发放奖金"}
    assert sign_in(application, "inspector").post(f"{address}/reporter", data=send).status_code == 403
    office = sign_in(application, "leading")
    send["csrf"] = field(office.get(address).text, "csrf")
    seen = "SELECT actor FROM entry WHERE stream_id = %s AND type = 'reporter.revealed' AND kind = 'fact'"
    bare = office.post(f"{address}/reporter", data={**send, "reason": ""})
    assert bare.status_code == 422 and REPORTER not in bare.text and ask(life, seen, f"report:{number}") == []
    shown = office.post(f"{address}/reporter", data=send)
    assert REPORTER in shown.text and len(ask(life, seen, f"report:{number}")) == 1
    assert REPORTER not in office.get(address).text, "once"


def test_who_reported_stands_in_no_page_no_table_and_no_message(application, life, filed):
    report(application)
    Collector(life.pool, life.clock, "zh", site="https://example.test").collect()
    with life.pool.connection() as db:
        tables = [
            row[0]
            for row in db.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ]
        for table in tables:
            rows = db.execute(f"SELECT t::text FROM {table} t").fetchall()
            assert [row for (row,) in rows if "钱某某" in row or "13911112222" in row] == [], table
    for login in ("inspector", "head", "officer", "leading", "operator"):
        client = sign_in(application, login)
        assert "钱某某" not in "".join(client.get(path).text for path in PAGES), login


def test_the_ledger_tells_the_tables_again(life, filed):
    with open_owner(life.pool.conninfo) as db:
        found = [one.table for one in compare(db, lambda _: None)]
        db.rollback()
    assert [table for table in found if table in {"voice", "alert", "alert_addressee", "finding"}] == []


def test_the_command_line_files_verifies_rewards_and_pays(life, monkeypatch, capsys):
    run = command_line(life, monkeypatch, capsys)
    _, out, _ = run("report", "file", "--unit", "urban", "--text", WORDS, "--contact", REPORTER)
    number = re.search(r"TS-[0-9A-Z]{10}", out)[0]
    listed = run("report", "list", "-o", "json")[1]
    assert number in listed and "钱某某" not in listed
    ((id_,),) = ask(life, "SELECT id FROM voice WHERE number = %s", number)
    who = dict(
        ask(life, "SELECT login, coalesce(person, login) FROM app_user WHERE login IN ('inspector', 'leading', 'head')")
    )
    verify = ("report", "verify", id_, "--result", "substantiated", "--text", "属实", "--actor")
    assert run(*verify, who["head"])[0] == 1, "not the unit itself"
    assert run(*verify, who["inspector"])[0] == 0
    reward = ("report", "reward", id_, "--result", "granted", "--reason", "属实", "--actor", who["leading"])
    assert run(*reward)[0] == 1, "an amount is missing"
    assert run(*reward, "--amount", "300")[0] == 0
    assert run("report", "pay", id_, "--text", "凭证", "--actor", who["leading"])[0] == 0
    assert ask(life, "SELECT phase, data->>'amount' FROM voice WHERE id = %s", id_) == [("settled", "300")]
