"""Lists of the console: page by page without gap or repetition, the same rows as a file, each filter in the address bar."""

from __future__ import annotations

import csv
import io
import re

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tests.support.county import at
from tests.support.pages import sign_in

pytestmark = pytest.mark.postgres
# Path, the module of its page and view, who reads it.
LISTS = [
    ("/alerts?level=red", "alerts", "inspector"),
    ("/alerts?level=yellow", "alerts", "head"),
    ("/findings", "findings", "inspector"),
    ("/findings?status=open&kind=limit_expired", "findings", "head"),
    ("/proceedings", "proceedings", "leading"),
    ("/voices?phase=all", "voices", "inspector"),
    ("/holds?status=open", "holds", "inspector"),
    ("/certificates", "certificates", "inspector"),
    ("/certificates", "certificates", "head"),
    ("/parked", "parked", "operator"),
]


@pytest.fixture(scope="module")
def eventful(life):
    """Something in every list: complaints and ratings, proceedings, holds, facts that wait."""
    with life.pool.connection() as db:
        late = db.execute(
            "SELECT case_id, unit FROM finding WHERE kind = 'limit_expired' AND person IS NOT NULL ORDER BY 1 LIMIT 6"
        ).fetchall()
    for n, (case, _) in enumerate(late):
        minute = f"12:{n:02d}"
        life.happen(at("2026-03-26", minute), "complaint.filed", case, text="太慢")
        life.happen(at("2026-03-26", f"13:{n:02d}"), "rating.submitted", case, score=1 + n % 5)
        life.happen(at("2026-03-26", f"14:{n:02d}"), "step.completed", f"nobody-{n}", step="review")
        said = {"finding": "limit_expired", "grade": "ordinary", "actor": "inspection-you"}
        life.happen(at("2026-03-26", f"15:{n:02d}"), "finding.confirmed", case, **said)
    with life.pool.connection() as db:
        db.execute(
            "INSERT INTO hold (id, stream_id, case_id, key, status, recorded_at, changed_at, data, reason, owner)"
            " SELECT 'h' || case_id, 'case:' || case_id, case_id, 'hold:source_behind', 'open', now(), now(), '{}', 'source_behind', NULL"
            " FROM case_file ORDER BY case_id LIMIT 5"
        )
        db.execute(
            'INSERT INTO certificate (id, stream_id, case_id, key, status, recorded_at, changed_at, data, number, "for")'
            " SELECT 'c' || case_id, 'case:' || case_id, case_id, 'certificate', 'valid', now(), now(), '{}', 'N-' || case_id, 'case'"
            " FROM case_file WHERE unit = 'urban' ORDER BY case_id LIMIT 4"
        )
    return life


def rows_of(text):
    body = "".join(re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL))
    return re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)


def all_pages(client, address):
    found, pages = [], 0
    while address:
        text = client.get(address).text
        found += rows_of(text)
        pages += 1
        link = re.search(r'href="([^"]+)" rel="next"', text)
        address = link[1].replace("&amp;", "&") if link else None
    return found, pages


def as_file(address, kind):
    path, _, query = address.partition("?")
    return f"{path}.{kind}?{query}"


def set_page(monkeypatch, module, size):
    for place in ("views", "pages"):
        monkeypatch.setattr(f"engine.console.{place}.{module}.PAGE", size)


@pytest.mark.parametrize(("address", "module", "login"), LISTS)
def test_a_list_and_its_files_hold_the_same_rows_once_each(eventful, application, monkeypatch, address, module, login):
    client = sign_in(application, login)
    set_page(monkeypatch, module, 10_000)
    whole = rows_of(client.get(address).text)
    set_page(monkeypatch, module, 2)
    found, pages = all_pages(client, address)
    assert len(found) > 2 and pages > 1, "the list is too short to say anything"
    assert sorted(found) == sorted(whole)
    assert len(set(found)) == len(found)
    lines = list(csv.reader(io.StringIO(client.get(as_file(address, "csv")).text.lstrip("\ufeff"))))
    sheet = load_workbook(io.BytesIO(client.get(as_file(address, "xlsx")).content)).active
    assert len(lines) - 1 == sheet.max_row - 1 == len(found)
    assert all(lines[0]) and not any("." in head for head in lines[0]), "a head without its word"


@pytest.mark.parametrize(
    "address",
    [
        "/alerts",
        "/findings",
        "/holds",
        "/voices",
        "/proceedings",
        "/certificates",
        "/messages",
        "/deliveries",
        "/parked",
    ],
)
@pytest.mark.parametrize("after", ["x", "~", "2026-01-01~x", "2026-01-01T00:00:00+00:00~'", "%00~%00"])
def test_a_strange_place_in_a_list_is_no_error(eventful, application, address, after):
    assert sign_in(application, "operator").get(f"{address}?after={after}").status_code in {200, 403}
    assert sign_in(application, "leading").get(f"{address}?after={after}").status_code in {200, 403}


def test_a_file_is_refused_to_whom_the_page_is(eventful, application):
    officer = sign_in(application, "officer")
    for path in ("/parked", "/deliveries", "/findings", "/scores", "/cases"):
        page, as_csv, as_excel = (officer.get(there).status_code for there in (path, f"{path}.csv", f"{path}.xlsx"))
        assert page == as_csv == as_excel, path
    stranger = TestClient(application, follow_redirects=False)
    assert stranger.get("/findings.csv").status_code == 303


def test_a_file_has_no_place_in_the_list_and_keeps_the_filters(eventful, inspector):
    text = inspector.get("/findings?status=open&unit=urban&after=2026-03-01T00:00:00%2B00:00~x").text
    assert 'href="/findings.csv?status=open&amp;unit=urban"' in text


def test_facts_that_wait_are_counted_by_source_and_lead_there(eventful, application):
    leading = sign_in(application, "leading")
    assert 'href="/parked?source=hall"' in leading.get("/today").text
    assert len(rows_of(leading.get("/parked?source=hall").text)) == 6
    assert rows_of(leading.get("/parked?source=elsewhere").text) == []


def test_a_long_excel_file_says_that_it_was_cut(eventful, inspector, monkeypatch):
    monkeypatch.setattr("engine.console.export.MOST_EXCEL", 3)
    sheet = load_workbook(io.BytesIO(inspector.get("/cases.xlsx?status=all").content)).active
    assert sheet.max_row == 5
    assert "只含前 3 行" in sheet["A5"].value


def test_the_head_of_every_list_stays_in_sight_and_its_rows_can_be_walked(eventful, application):
    leading = sign_in(application, "leading")
    for path in (
        "/cases",
        "/alerts",
        "/findings",
        "/proceedings",
        "/voices",
        "/holds?status=open",
        "/certificates",
        "/parked",
        "/units",
        "/items",
        "/scores",
        "/scores/report",
        "/calendars",
    ):
        tables = re.findall(r"<table[^>]*>", leading.get(path).text)
        assert any("sticky" in table and "data-rows" in table for table in tables), path
