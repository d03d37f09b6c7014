"""An agency's two days in Chromium: a clerk drafts from a template and mends what the checks say, offices review, the leading group publishes."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from engine.console.auth import hash_password
from tests.support.county import PASSWORD, a_county, app, at, serve

pytestmark = [pytest.mark.postgres, pytest.mark.browser]
# A refusal that the test asks for, and what htmx says of a request that a later one replaces.
EXPECTED = "409|htmx:sendAbort|htmx:afterRequest"
# Beside the clerk and the leading group: login, person, role, unit.
PEOPLE = (
    ("legal", "office-chen", "reviewer", "office"),
    ("centre", "hall-kong", "reviewer", "hall"),
)


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-03-02", "09:00")) as made:
        with made.pool.connection() as connection:
            for login, person, role, unit in PEOPLE:
                connection.execute(
                    "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s, 'zh', true, %s)",
                    (login, person, login, [role], [unit], hash_password(PASSWORD), made.clock.shows),
                )
        yield made


@pytest.fixture(scope="module")
def address(life):
    with serve(app(life)) as base:
        yield base


@pytest.fixture
def staff(visit):
    """Everybody who acts that day, signed in at their own desk."""
    return {login: visit(login) for login in ("clerk", "legal", "centre", "leading")}


def drafted(clerk, address) -> str:
    """From a template: a promise that is too long is told beside its field and mended; the address of the draft."""
    clerk.goto(f"{address}/filings/start")
    clerk.get_by_role("link", name="行政许可", exact=True).click()
    expect(clerk.get_by_label("单位", exact=True)).to_have_value("urban")
    expect(clerk.get_by_label("编码", exact=True)).to_have_value("UR-05")
    clerk.get_by_label("名称", exact=True).fill("城市照明设施迁移许可")
    clerk.get_by_label("承诺时限", exact=True).fill("15")
    clerk.get_by_label("如果受理于").fill("2026-03-03")
    expect(clerk.locator("#said-committed_limit")).to_contain_text("最长 13 个工作日")
    expect(clerk.locator("#preview")).to_contain_text("2026年3月24日 周二")
    clerk.get_by_role("button", name="保存草稿").click()
    expect(clerk.get_by_role("status")).to_contain_text("草稿已保存")
    place = clerk.url.partition("?")[0]
    clerk.get_by_role("button", name="报送").click()
    expect(clerk.get_by_role("alert")).to_contain_text("还有错误没有改正")
    clerk.get_by_role("link", name="修改", exact=True).click()
    clerk.get_by_label("承诺时限", exact=True).fill("13")
    clerk.get_by_label("承诺时限", exact=True).press("Tab")
    expect(clerk.locator("#said-committed_limit")).to_be_empty()
    expect(clerk.locator("#preview")).not_to_contain_text("个错误")
    return place


def with_rows(clerk) -> None:
    """A step that joins and moves up, an office that is asked, an exclusion picked without a word of syntax."""
    clerk.get_by_role("button", name="添加环节").click()
    expect(clerk.get_by_label("环节 5 名称")).to_be_focused()
    clerk.get_by_label("环节 5 名称").fill("公示")
    clerk.get_by_label("环节 5 时限", exact=True).fill("1")
    clerk.get_by_label("环节 1 时限", exact=True).fill("2")
    clerk.get_by_role("button", name="上移：环节 5").click()
    expect(clerk.get_by_label("环节 4 名称")).to_have_value("公示")
    clerk.get_by_label("名称", exact=True).press("Enter")
    expect(clerk.get_by_label("环节 4 名称")).to_have_value("公示")
    expect(clerk.get_by_label("名称", exact=True)).to_have_value("城市照明设施迁移许可")
    clerk.get_by_role("button", name="添加会办单位").click()
    clerk.get_by_label("会办单位 1 单位").select_option("planning")
    clerk.get_by_label("会办单位 1 时限", exact=True).fill("3")
    clerk.get_by_label("会办单位 1 逾期未答复").select_option("consent_of_office")
    clerk.get_by_label("会办单位 1 依据条款").fill("《本县并联审批办法》第六条")
    clerk.get_by_role("button", name="添加办件属性").click()
    clerk.get_by_label("办件属性 1 属性名称").fill("主干道")
    clerk.get_by_label("办件属性 1 属性名称").press("Tab")
    clerk.get_by_role("button", name="添加除外情形和例外").click()
    clerk.get_by_label("除外情形和例外 1 效力").select_option("excluded")
    clerk.get_by_label("除外情形和例外 1 属性").select_option("主干道")
    expect(clerk.locator("#text-rules-0")).to_have_text("attributes.主干道 == true")


def passed_by_everybody(staff, place: str, takes_effect: str) -> None:
    """Each office finds the entry on its first screen with its own day, says what it thinks, and the leading group publishes."""
    clerk = staff["clerk"]
    clerk.goto(place)
    tick(clerk)
    clerk.get_by_role("button", name="报送").click()
    expect(clerk.locator(".head .tag").first).to_have_text("审核中")
    for login in ("legal", "centre"):
        desk = staff[login]
        desk.goto(re.sub(r"/filings/.*", "/today", place))
        desk.get_by_role("link", name=re.compile("^审核：城市照明设施迁移许可")).click()
        desk.get_by_label("同意", exact=True).check()
        desk.get_by_role("button", name="登记意见").click()
        expect(desk.get_by_role("status")).to_contain_text("已登记")
    leading = staff["leading"]
    leading.goto(re.sub(r"/filings/.*", "/today", place))
    leading.get_by_role("link", name=re.compile("^审定：城市照明设施迁移许可")).click()
    leading.get_by_role("button", name="审定").click()
    leading.get_by_label("生效日期").fill(takes_effect)
    tick(leading)
    leading.get_by_role("button", name="公布").click()
    expect(leading.locator(".head .tag").first).to_have_text("已公布")


def tick(page) -> None:
    """Warnings are read before one goes on."""
    box = page.locator("#acknowledged")
    if box.count():
        box.check()


def due_on(page, address, case: str) -> str:
    page.goto(f"{address}/cases/{case}")
    return page.locator("main").inner_text()


def test_what_a_clerk_files_today_binds_the_cases_of_the_next_morning_and_no_earlier_one(life, staff, address):
    clerk = staff["clerk"]
    place = drafted(clerk, address)
    with_rows(clerk)
    clerk.get_by_role("button", name="保存草稿").click()
    passed_by_everybody(staff, place, "2026-03-03")

    life.happen(at("2026-03-03", "09:10"), "application.accepted", "NEW-1", item="UR-05", holder="urban-ren")
    clerk.goto(f"{address}/filings/new?from=UR-05")
    clerk.get_by_label("承诺时限", exact=True).fill("10")
    for n, days in ((1, "1"), (2, "3"), (3, "3")):
        clerk.get_by_label(f"环节 {n} 时限", exact=True).fill(days)
    clerk.get_by_role("button", name="保存草稿").click()
    expect(clerk.locator("main")).to_contain_text("committed_limit.amount")
    passed_by_everybody(staff, clerk.url.partition("?")[0], "2026-03-04")

    life.happen(at("2026-03-04", "09:10"), "application.accepted", "NEW-2", item="UR-05", holder="urban-ren")
    assert "2026年3月20日 周五" in due_on(clerk, address, "NEW-1"), (
        "thirteen working days, as promised when it was accepted"
    )
    assert "2026年3月18日 周三" in due_on(clerk, address, "NEW-2"), "ten, as published since"
    with life.pool.connection() as connection:
        versions = dict(connection.execute("SELECT case_id, due_on FROM case_file WHERE item = 'UR-05'").fetchall())
    assert versions == {"NEW-1": date(2026, 3, 20), "NEW-2": date(2026, 3, 18)}
    complaints = [line for page in staff.values() for line in page.errors if not re.search(EXPECTED, line)]
    assert complaints == []


def test_the_form_loses_nothing_without_javascript(visit, address):
    page = visit("clerk", scripts=False)
    page.goto(f"{address}/filings/new?template=low_risk")
    page.get_by_label("名称", exact=True).fill("占道促销")
    page.get_by_label("一次添加多种材料").fill("促销方案\n安全承诺书")
    page.get_by_role("button", name="添加环节").click()
    expect(page.get_by_label("环节 4 名称")).to_be_visible()
    expect(page.get_by_label("名称", exact=True)).to_have_value("占道促销")
    expect(page.get_by_label("申请材料 4 名称")).to_have_value("安全承诺书")
    page.get_by_role("button", name="删除：环节 1").click()
    expect(page.get_by_label("环节 1 名称")).to_have_value("业务审核")
    page.get_by_label("承诺时限", exact=True).fill("五天")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("alert")).to_contain_text("草稿没有保存")
    expect(page.locator("#said-committed_limit")).to_contain_text("请填整数")
    expect(page.get_by_label("名称", exact=True)).to_have_value("占道促销")


def test_leaving_the_form_asks_while_something_is_not_saved(visit, address):
    page = visit("clerk")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{address}/filings/new?template=prompt")
    page.goto(f"{address}/filings")
    assert asked == []
    page.goto(f"{address}/filings/new?template=prompt")
    page.get_by_label("名称", exact=True).press_sequentially("即办")
    page.goto(f"{address}/filings")
    assert asked == ["beforeunload"]
    page.goto(f"{address}/filings/new?template=prompt")
    page.get_by_label("名称", exact=True).press_sequentially("即办")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("status")).to_contain_text("草稿已保存")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_form_has_no_two_fields_of_one_name_and_fits_a_phone(visit, address, locale):
    page = visit("clerk", locale=locale, width=390)
    page.goto(f"{address}/filings/new?from=UR-02")
    labels = page.eval_on_selector_all(
        "#entry :is(input:not([type=hidden]), select, textarea)",
        "all => all.map(one => one.getAttribute('aria-label') || [...one.labels].map(label => label.textContent.trim()).join())",
    )
    assert len(labels) > 60 and "" not in labels
    assert sorted(labels) == sorted(set(labels))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
