"""Pages of evaluation: each figure on a page leads to exactly its cases; who sees what; exports; settling."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from openpyxl import load_workbook

from tests.support.pages import field, sign_in

pytestmark = pytest.mark.postgres
LINK = re.compile(r'<a href="(/scores/cases\?[^"]+)">([^<]+)</a>')


@pytest.fixture
def leading(application):
    return sign_in(application, "leading")


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def links(page: str) -> dict[str, str]:
    return {unescape(address): words for address, words in LINK.findall(page)}


def cases(client, address: str) -> int:
    """How many rows the list has, page by page."""
    found = 0
    while True:
        page = text(client, address)
        found += page.count('<td data-label="办件"') + page.count('<td data-label="Case"')
        more = re.search(r'href="([^"]+)" rel="next"', page)
        if more is None:
            return found
        address = unescape(more[1])


def test_every_figure_of_the_list_leads_to_exactly_its_cases(inspector):
    found = {}
    for subject in ("unit", "person"):
        found |= links(text(inspector, f"/scores?period=2026Q1&subject={subject}"))
    counted = {address: int(words) for address, words in found.items() if words.isdecimal()}
    assert len(counted) > 30 and sum("%" in words for words in found.values()) > 3
    for address, number in list(counted.items())[:60]:
        assert cases(inspector, address) == number, address


def test_every_figure_of_the_report_leads_to_exactly_its_cases(inspector):
    page = text(inspector, "/scores/report?period=2026")
    assert all(title in page for title in ("按单位", "按月", "按权力类别"))
    found = {address: int(words) for address, words in links(page).items()}
    assert {kind for kind in ("own=1", "category=", "period=2026-0") if any(kind in address for address in found)} == {
        "own=1", "category=", "period=2026-0",
    }  # fmt: skip
    for address, number in list(found.items())[::4]:
        assert cases(inspector, address) == number, address


def test_the_page_of_one_tells_where_the_points_come_from(inspector):
    page = text(inspector, "/scores/one?period=2026Q1&id=finance")
    assert "按时办结率" in page and "得分由来" in page
    for address, words in links(page).items():
        if words.isdecimal():
            assert cases(inspector, address) == int(words), address


def test_a_head_sees_the_subtree_and_an_officer_only_their_own_row(application, life):
    with life.pool.connection() as db:
        ((units, person),) = db.execute("SELECT units, person FROM app_user WHERE login = 'head'").fetchall()
        ((officer,),) = db.execute("SELECT person FROM app_user WHERE login = 'officer'").fetchall()
    head = text(sign_in(application, "head"), "/scores?period=2026Q1")
    assert set(re.findall(r"/scores/one\?[^\"]*id=([\w-]+)", head)) == set(units), person
    own = text(sign_in(application, "officer"), "/scores?period=2026Q1&subject=unit")
    assert set(re.findall(r"/scores/one\?[^\"]*id=([\w-]+)", own)) <= {officer}
    assert sign_in(application, "officer").get("/scores/report").status_code == 403


def test_what_is_seen_is_exported(inspector):
    lines = list(csv.reader(io.StringIO(inspector.get("/scores.csv?period=2026Q1").text.removeprefix("\ufeff"))))
    assert lines[0][:4] == ["名次", "名称", "得分", "等次"] and len(lines) > 5
    book = load_workbook(io.BytesIO(inspector.get("/scores/report.xlsx?period=2026").content))
    assert book.sheetnames == ["按单位", "按月", "按权力类别", "按追究方式"]
    sheet = book["按月"]
    assert sheet.cell(sheet.max_row, 1).value == "合计" and isinstance(sheet.cell(2, 2).value, int)
    listed = inspector.get("/scores/cases.csv?period=2026Q1&figure=due").text.splitlines()
    assert len(listed) == 1 + cases(inspector, "/scores/cases?period=2026Q1&figure=due")


def test_both_languages_and_a_wrong_period_is_the_present_quarter(application):
    page = text(sign_in(application, "inspector", "en"), "/scores?period=nonsense")
    assert "Evaluation · 2026Q1" in page and "By version 1 of the formula, in force from Tue 1 Jul 2025" in page


def test_only_the_leading_group_settles_and_the_page_says_so_afterwards(application, inspector, leading):
    token = field(text(leading, "/scores?period=2026Q1"), "csrf")
    assert "核定本期" not in text(inspector, "/scores?period=2026Q1")
    assert (
        inspector.post(
            "/scores/settle", data={"csrf": field(text(inspector, "/scores"), "csrf"), "period": "2026Q1"}
        ).status_code
        == 403
    )
    answer = leading.post("/scores/settle", data={"csrf": token, "period": "2026Q1", "subject": "unit"})
    assert answer.status_code == 303
    page = text(leading, answer.headers["location"])
    assert "已核定，按此刻所知记入台账" in page and "至今没有变化" in page


def test_the_year_end_list_says_its_conditions(leading):
    page = text(leading, "/scores/commended?period=2026")
    assert "至少 3 个季度" in page and "没有符合条件的" in page
