"""Pages of complaints and ratings: whose turn it is, what can be said, and that the ledger can be told again."""

from __future__ import annotations

import re

import pytest

from engine.rebuild.tables import compare
from engine.storage.connect import open_owner
from tests.support.county import at
from tests.support.pages import field, sign_in

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def told(life):
    with life.pool.connection() as db:
        ((case, unit),) = db.execute(
            "SELECT case_id, unit FROM case_file WHERE unit = (SELECT units[1] FROM app_user WHERE login = 'head') ORDER BY 1 LIMIT 1"
        ).fetchall()
    assert life.happen(at("2026-03-26", "10:00"), "complaint.filed", case, subject="delay", text="太慢").code is None
    assert life.happen(at("2026-03-26", "10:05"), "rating.submitted", case, score=1).code is None
    return case, unit


def rows(page: str) -> list[str]:
    return re.findall(r'href="(/voices/[0-9a-f]+)"', page)


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def test_what_waits_is_listed_with_deadline_and_turn_in_both_languages(application, told):
    page = text(sign_in(application, "inspector"), "/voices")
    assert "待受理" in page and "待整改" in page and len(rows(page)) == 2
    english = text(sign_in(application, "inspector", "en"), "/voices?what=complaint")
    assert "to be admitted" in english and len(rows(english)) == 1


def test_a_head_admits_and_answers_and_a_missing_result_is_told(application, told, life):
    head = sign_in(application, "head")
    address = rows(text(head, "/voices?what=complaint"))[0]
    page = text(head, address)
    send = {"csrf": field(page, "csrf"), "token": field(page, "token")}
    incomplete = head.post(f"{address}/say", data={**send, "type": "complaint.answered", "words": "已处理"})
    assert incomplete.status_code == 422 and "请选择结论" in incomplete.text and "已处理" in incomplete.text
    done = head.post(f"{address}/say", data={**send, "type": "complaint.accepted"})
    assert done.headers["location"] == f"{address}?done=said"
    page = text(head, address)
    answer = {
        "csrf": field(page, "csrf"),
        "token": field(page, "token"),
        "type": "complaint.answered",
        "words": "不属实",
        "result": "unfounded",
    }
    assert head.post(f"{address}/say", data=answer).status_code == 303
    assert "不属实" in text(head, address) and "已办结" in text(head, address)


def test_the_table_is_told_again_by_the_ledger(life, told):
    with open_owner(life.pool.conninfo) as db:
        assert [found for found in compare(db, lambda _: None) if found.table == "voice"] == []
        db.rollback()


def test_an_officer_sees_only_what_is_about_them_or_waits_for_them(application, told, life):
    with life.pool.connection() as db:
        ((person,),) = db.execute("SELECT person FROM app_user WHERE login = 'officer'").fetchall()
        mine = db.execute("SELECT id FROM voice WHERE about = %s OR owner = %s", (person, person)).fetchall()
        ((id_,),) = db.execute("SELECT id FROM voice WHERE about IS DISTINCT FROM %s LIMIT 1", ("nobody",)).fetchall()
        db.execute("UPDATE voice SET about = 'somebody-else', owner = NULL WHERE id = %s", (id_,))
    officer = sign_in(application, "officer")
    seen = {address.removeprefix("/voices/") for address in rows(text(officer, "/voices?phase=all"))}
    assert seen == {row[0] for row in mine} - {id_}
    assert officer.get(f"/voices/{id_}").status_code == 403
