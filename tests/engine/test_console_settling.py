"""Pages about calendars, holds and facts that wait: what is shown first is what then happens. The 2027 used here is invented."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from engine.storage.config import record
from engine.storage.world import load_world
from tests.support.calendars import NOTICE
from tests.support.county import PASSWORD, a_county, app, at
from tests.support.worlds import ITEM

pytestmark = pytest.mark.postgres
NEXT_YEAR = """version: AL-2027
extends: AL-2026
years: {2027: official}
instruments:
  - title: 测试用，虚构
    number: 测试发〔2026〕1号
    days:
      - {on: 2027-01-01, kind: off, name: 元旦}
      - {on: 2027-01-04, kind: off, name: 元旦}
days:
  - {on: 2026-12-14, kind: off, basis: 测试更正}
"""


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-12-01", "08:00")) as made:
        with made.pool.connection() as connection:
            plain = {**ITEM, "code": "T-01", "unit": "urban", "holder": "urban-ren", "effective_from": "2026-01-01"}
            record(connection, "item", "T-01", plain, at=made.clock.now())
            assert load_world(connection).calendar(made.clock.now()).version == "AL-2026"
        for case in ("S1", "H1"):
            made.happen(at("2026-12-07"), "application.accepted", case, item="T-01", applicant="赵某")
        made.happen(at("2026-12-08"), "agency_data.failed", "H1")
        made.happen(at("2026-12-21"), "application.accepted", "N1", item="T-01", applicant="赵某")
        made.happen(at("2026-12-22"), "application.accepted", "Z1", item="NEW-01", applicant="钱某")
        made.happen(at("2026-12-22"), "clock.suspended", "Y1", reason="hearing")
        made.happen(at("2026-12-22"), "clock.suspended", "Y2", reason="hearing")
        yield made


@pytest.fixture(scope="module")
def application(life):
    return app(life)


@pytest.fixture
def visit(application):
    def signing_in(login, locale="en"):
        client = TestClient(application, base_url="http://console.example", follow_redirects=False)
        client.cookies.set("jiannuo_language", locale)
        guard = field(client.get("/signin").text, "guard")
        client.post("/signin", data={"login": login, "password": PASSWORD, "guard": guard, "next": "/today"})
        return client

    return signing_in


def field(text, name):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', text)[1])


def ask(life, query, *values):
    with life.pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def words(text):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


# -- holds --------------------------------------------------------------------------------------------------------------


def test_the_register_says_what_each_hold_stops_and_whose_it_is(visit):
    said = words(visit("leading").get("/holds").text)
    assert "the unit's data failed" in said and "H1" in said and "counts as approval" in said


def hold_of(life, case="H1"):
    return ask(life, "SELECT id FROM hold WHERE case_id = %s AND status = 'open'", case)[0][0]


def test_a_hold_is_closed_knowing_what_follows(life, visit):
    client, id_ = visit("leading"), hold_of(life)
    form = client.get(f"/holds/{id_}").text
    given = {"csrf": field(form, "csrf"), "token": field(form, "token"), "result": "effect"}
    foreseen = client.post(f"/holds/{id_}/consequence", data=given)
    assert "Outcome: implied consent" in words(foreseen.text) and "Mon 14 Dec 2026 24:00" not in foreseen.text
    assert ask(life, "SELECT outcome_kind FROM case_file WHERE case_id = 'H1'") == [(None,)]
    refused = client.post(f"/holds/{id_}/close", data=given)
    assert refused.status_code == 422 and refused.text.count('class="wrong"') == 2
    approver = re.search(r'<option value="([^"]+)">', form[form.index('id="approver"') :])[1]
    done = client.post(f"/holds/{id_}/close", data={**given, "reason": "核实", "approver": approver})
    assert done.headers["location"] == f"/holds/{id_}?done=closed"
    assert ask(life, "SELECT outcome_kind FROM case_file WHERE case_id = 'H1'") == [("implied_consent",)]


def test_an_officer_closes_no_hold(life, visit):
    id_ = ask(life, "SELECT id FROM hold LIMIT 1")[0][0]
    client = visit("officer")
    csrf = field(client.get("/today").text, "csrf")
    assert client.post(f"/holds/{id_}/close", data={"csrf": csrf}).status_code in {403, 404}


# -- facts that wait ----------------------------------------------------------------------------------------------------


def test_every_waiting_fact_is_shown_with_its_reason(visit):
    client = visit("operator")
    assert "Its case is not known" in words(client.get("/parked/fact?source=hall&id=m6").text)
    assert "case unknown" in words(client.get("/parked").text)
    assert "NEW-01" in client.get("/parked?view=quarantined").text
    assert client.get("/parked/fact?source=hall&id=nothing").status_code == 404


def test_a_quarantined_fact_is_taken_up_from_its_page(life, visit):
    client = visit("operator")
    form = client.get("/parked/fact?source=hall&id=m5").text
    given = {"csrf": field(form, "csrf"), "token": field(form, "token"), "source": "hall", "id": "m5"}
    refused = client.post("/parked/release", data=given)
    assert refused.status_code == 422 and "still_unknown_item" in refused.text
    with life.pool.connection() as connection:
        record(connection, "item", "NEW-01", {**ITEM, "code": "NEW-01", "unit": "urban"}, at=life.clock.now())
    foreseen = words(client.post("/parked/consequence", data=given).text)
    assert "The fact is taken up" in foreseen and "due Tue 29 Dec 2026" in foreseen
    assert ask(life, "SELECT count(*) FROM case_file WHERE case_id = 'Z1'") == [(0,)], "only shown"
    assert client.post("/parked/release", data=given).headers["location"] == "/parked?done=released"
    assert ask(life, "SELECT due_on::text FROM case_file WHERE case_id = 'Z1'") == [("2026-12-29",)]


def test_a_parked_fact_is_discarded_with_a_reason_and_stays_on_record(life, visit):
    client = visit("operator")
    form = client.get("/parked/fact?source=hall&id=m7").text
    given = {"csrf": field(form, "csrf"), "token": field(form, "token"), "source": "hall", "id": "m7"}
    assert client.post("/parked/discard", data=given).status_code == 422
    assert (
        client.post("/parked/discard", data={**given, "reason": "编号有误"}).headers["location"]
        == "/parked?done=discarded"
    )
    assert "hall m7" in client.get("/parked?view=settled").text
    assert ask(life, "SELECT count(*) FROM entry WHERE stream_id = 'source:hall'") == [(2,)]


def test_who_runs_nothing_sees_no_waiting_facts(visit):
    assert visit("officer").get("/parked").status_code == 403


# -- calendars ----------------------------------------------------------------------------------------------------------


def test_the_missing_next_year_is_an_alarm(visit):
    said = words(visit("operator").get("/calendars").text)
    assert "The arrangement of 2027 has not been imported" in said


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_year_is_shown_day_by_day_with_its_instrument(visit, locale):
    page = visit("officer", locale).get("/calendars/v/AL-2026?year=2026").text
    assert page.count('class="make_up"') == 6 and "国办发明电〔2025〕7号" in page
    assert ("调休上班" if locale == "zh" else "make-up working day") in page
    assert visit("officer", locale).get("/calendars/v/nothing").status_code == 404


def test_a_calendar_that_is_refused_is_shown_again_with_the_reason(visit):
    client = visit("operator")
    csrf = field(client.get("/calendars/import").text, "csrf")
    answer = client.post(
        "/calendars/impact", data={"csrf": csrf, "text": "version: x\nweekend: [mon, tue, wed, thu, fri, sat, sun]"}
    )
    assert (
        answer.status_code == 422 and "calendar_without_working_time" in answer.text and "weekend: [mon" in answer.text
    )


def test_an_import_shows_its_impact_and_the_confirmation_brings_it_about(life, visit):
    client = visit("operator")
    csrf = field(client.get("/calendars/import").text, "csrf")
    page = client.post("/calendars/impact", data={"csrf": csrf}, files={"file": ("next.yaml", NEXT_YEAR.encode())}).text
    said = words(page)
    assert "S1" in said[said.index("Effects in doubt") : said.index("Cases whose date moves")]
    assert "N1" in said[said.index("Cases whose date moves") :] and page.index("width: 100%") < page.index("S1")
    assert ask(life, "SELECT count(*) FROM config_entry WHERE id = 'AL-2027'") == [(0,)]
    text = unescape(re.search(r'<textarea name="text" hidden>(.*?)</textarea>', page, re.DOTALL)[1])
    done = client.post("/calendars/confirm", data={"csrf": csrf, "digest": field(page, "digest"), "text": text})
    assert done.headers["location"] == "/calendars/v/AL-2027?done=imported"
    life.conclude()
    assert ask(life, "SELECT outcome_status FROM case_file WHERE case_id = 'S1'") == [("under_review",)]
    assert (
        "in force" in words(client.get("/calendars/v/AL-2027").text)
        and NOTICE["number"] in client.get("/calendars/v/AL-2027").text
    )


def test_an_old_confirmation_brings_nothing_about(visit):
    client = visit("operator")
    csrf = field(client.get("/calendars/import").text, "csrf")
    answer = client.post(
        "/calendars/confirm", data={"csrf": csrf, "digest": "0", "text": NEXT_YEAR.replace("AL-2027", "AL-2028")}
    )
    assert answer.status_code == 422


def test_only_who_may_imports(visit):
    client = visit("officer")
    assert client.get("/calendars").status_code == 200
    assert client.get("/calendars/import").status_code == 403
