"""An applicant follows a case by its number and a code: how it stands and why, nothing of others, nothing to be guessed."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from engine.vault.following import code_of, fits
from engine.vault.store import erase_case
from tests.support.county import app
from tests.support.pages import sign_in

pytestmark = pytest.mark.postgres
CASE, OTHER = "AL-2026-0008", "AL-2026-0001"


@pytest.fixture
def anybody(life):
    """Somebody without a session, at an application that has counted no failures yet."""
    return TestClient(app(life), base_url="http://public.example")


def code(life, case=CASE):
    with life.pool.connection() as db:
        return code_of(db, case)


def look_up(client, case, given):
    return client.post("/public/follow", data={"case": case, "code": given})


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_number_and_code_show_state_strip_and_the_reason_of_every_day(anybody, life, locale):
    anybody.cookies.set("jiannuo_language", locale)
    page = look_up(anybody, CASE, code(life))
    assert page.status_code == 200 and "strip-box" in page.text and page.text.count("<tr>") > 10
    assert ("为什么" in page.text or "怎么" in page.text) if locale == "zh" else "Why this date" in page.text
    with life.pool.connection() as db:
        ((due,),) = db.execute("SELECT due_on FROM case_file WHERE case_id = %s", (CASE,)).fetchall()
    assert (f"{due.month}月{due.day}日" if locale == "zh" else f"{due.day} {due:%b} {due.year}") in page.text


def test_no_official_and_no_other_case_is_on_the_page(anybody, life):
    page = look_up(anybody, CASE, code(life)).text
    with life.pool.connection() as db:
        people = [row[0] for row in db.execute("SELECT body->>'name' FROM config_entry WHERE kind = 'person'")]
        holder = db.execute("SELECT holder FROM case_file WHERE case_id = %s", (CASE,)).fetchone()[0]
    assert [name for name in people if name and name in page] == []
    assert holder not in page and set(re.findall(r"AL-2026-\d{4}", page)) == {CASE} and "赵" not in page


def test_a_code_is_read_however_it_was_typed_and_opens_no_other_case(anybody, life):
    typed = code(life).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert look_up(anybody, CASE, typed).status_code == 200
    assert look_up(anybody, OTHER, code(life)).status_code == 404
    assert code(life) != code(life, OTHER) and re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code(life))


def test_an_unknown_number_and_a_wrong_code_get_the_very_same_answer(anybody, life):
    wrong, unknown = look_up(anybody, CASE, "AAAAA-AAAAA"), look_up(anybody, "AL-2026-9999", "AAAAA-AAAAA")
    empty = look_up(anybody, "AL-2026-9999", "")
    assert wrong.status_code == unknown.status_code == empty.status_code == 404
    assert wrong.text.replace(CASE, "") == unknown.text.replace("AL-2026-9999", "")


def test_after_ten_failures_even_the_right_code_has_to_wait(anybody, life):
    for n in range(10):
        assert look_up(anybody, f"AL-2026-{n:04d}", "AAAAA-AAAAA").status_code == 404
    answer = look_up(anybody, CASE, code(life))
    assert answer.status_code == 429 and CASE in answer.text and "strip-box" not in answer.text


def test_the_code_goes_with_the_key_of_the_case(life):
    with life.pool.connection() as db, db.transaction(force_rollback=True):
        given = code_of(db, CASE)
        assert fits(db, CASE, given)
        erase_case(db, CASE, life.clock.now())
        assert code_of(db, CASE) is None and not fits(db, CASE, given) and not fits(db, CASE, "")


def test_the_window_hands_the_code_out_and_a_watcher_does_not_see_it(application, life):
    with life.pool.connection() as db:
        ((case,),) = db.execute(
            "SELECT case_id FROM case_file WHERE unit = (SELECT units[1] FROM app_user WHERE login = 'head') ORDER BY 1 LIMIT 1"
        ).fetchall()
    assert code(life, case) in sign_in(application, "head").get(f"/cases/{case}").text
    assert code(life, case) not in sign_in(application, "inspector").get(f"/cases/{case}").text
