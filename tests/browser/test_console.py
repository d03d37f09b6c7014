"""The console in Chromium: an inspector's path by mouse, by keyboard, and without JavaScript; nothing wider than a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.county import a_county, app, at, serve, two_months

pytestmark = [pytest.mark.postgres, pytest.mark.browser]
CARD = "level = 'red'"


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-02-02", "08:00")) as made:
        two_months(made)
        yield made


@pytest.fixture(scope="module")
def address(life):
    with serve(app(life)) as base:
        yield base


def some_case(life, condition):
    with life.pool.connection() as connection:
        return connection.execute(
            f"SELECT case_id FROM case_file WHERE {condition} ORDER BY case_id LIMIT 1"
        ).fetchone()[0]


def test_a_grade_shows_its_consequence_before_the_finding_is_confirmed(visit, address):
    page = visit("inspector")
    page.goto(f"{address}/findings?kind=limit_expired")
    page.locator("tbody a[href^='/findings/']").first.click()
    page.get_by_label("较重").check()
    expect(page.locator("#consequence")).to_contain_text("系统拟处理")
    page.get_by_label("理由", exact=True).fill("核对属实")
    page.get_by_role("button", name="确认监察发现").click()
    expect(page.get_by_role("status")).to_contain_text("已确认")
    assert page.errors == []


def test_the_same_path_works_without_javascript(visit, address):
    page = visit("inspector", scripts=False)
    page.goto(f"{address}/findings?kind=step_overdue")
    page.locator("tbody a[href^='/findings/']").first.click()
    page.get_by_label("轻微").check()
    page.get_by_label("理由", exact=True).fill("核对属实")
    page.get_by_role("button", name="先看后果").click()
    expect(page.locator("#consequence")).to_contain_text("如果这样做")
    expect(page.get_by_label("理由", exact=True)).to_have_value("核对属实")
    page.get_by_role("button", name="确认监察发现").click()
    expect(page.get_by_role("status")).to_contain_text("已确认")


def test_filters_go_into_the_address_and_the_rows_follow(visit, address):
    page = visit("inspector")
    page.goto(f"{address}/cases")
    page.get_by_label("警示").select_option("red")
    page.wait_for_url("**level=red**")
    expect(page.locator("#rows .tag.red").first).to_be_visible()
    rows = page.locator("#rows tbody tr")
    expect(rows).to_have_count(page.locator("#rows .tag.red").count())
    assert page.errors == []


def test_the_keyboard_moves_between_rows_and_opens_the_help(visit, address):
    page = visit("inspector")
    page.goto(f"{address}/cases")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tbody tr").nth(1)).to_have_class("here")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_slash_goes_to_the_filter(visit, address):
    page = visit("inspector")
    page.goto(f"{address}/cases")
    page.keyboard.press("/")
    expect(page.locator("[name=text]")).to_be_focused()
    page.keyboard.type("j")
    expect(page.locator("tbody tr.here")).to_have_count(0)


def test_the_strip_says_each_day_on_focus_and_by_arrow(visit, address, life):
    page = visit("inspector")
    page.goto(f"{address}/cases/{some_case(life, CARD)}")
    page.locator(".wide svg.strip .day").first.focus()
    expect(page.locator(".strip-say").first).to_contain_text("起算日")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".strip-say").first).not_to_contain_text("起算日")


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_no_page_is_wider_than_a_phone(visit, address, life, locale):
    page = visit("inspector", locale=locale, width=390)
    case = some_case(life, "level = 'red'")
    for path in (
        "/today",
        "/cases",
        f"/cases/{case}",
        "/findings",
        "/alerts?level=yellow",
        "/proceedings",
        "/certificates",
        "/units",
        "/items",
        "/items/PL-01",
        "/messages",
        "/help",
    ):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    assert page.errors == []


def test_the_menu_opens_on_a_phone_without_javascript(visit):
    page = visit("inspector", width=390, scripts=False)
    expect(page.locator("nav.menu")).to_be_hidden()
    page.get_by_text("菜单", exact=True).click()
    expect(page.get_by_role("link", name="监察发现")).to_be_visible()


_CONTRAST = """() => {
  const lum = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const parse = (s) => { const m = s.match(/[\\d.]+/g).map(Number); return { rgb: m.slice(0, 3), a: m[3] ?? 1 }; };
  const ground = (el) => { for (; el; el = el.parentElement) { const c = parse(getComputedStyle(el).backgroundColor); if (c.a === 1) return c.rgb; } return [255, 255, 255]; };
  const bad = [];
  for (const el of document.querySelectorAll("main *, .side *")) {
    if (![...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !el.checkVisibility() || el.closest("svg")) continue;
    const a = lum(parse(getComputedStyle(el).color).rgb), b = lum(ground(el));
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) bad.push(el.textContent.trim().slice(0, 30) + " " + el.className);
  }
  return bad;
}"""


def test_every_word_has_the_contrast_of_aa(visit, address, life):
    page = visit("inspector")
    for path in ("/today", "/cases", f"/cases/{some_case(life, CARD)}", "/findings", "/help"):
        page.goto(address + path)
        assert page.evaluate(_CONTRAST) == [], path


def test_an_inspector_sees_whom_an_inquiry_reaches_before_it_is_sent(visit, address, life):
    case = some_case(life, CARD)
    page = visit("inspector")
    page.goto(f"{address}/cases/{case}")
    page.get_by_role("link", name="监督", exact=True).click()
    page.get_by_text("要求单位说明情况").click()
    page.get_by_label("要说明的问题").fill("为何逾期")
    page.get_by_label("最迟说明日期").fill("2026-04-10")
    page.get_by_label("最迟说明日期").blur()
    expect(page.locator("#consequence-inquiry")).to_contain_text("2026年4月10日")
    page.get_by_role("button", name="发出说明要求").click()
    expect(page.get_by_role("status")).to_contain_text("已发出")
    expect(page.get_by_role("table")).to_contain_text("为何逾期")
    assert page.errors == []


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_supervision_fits_a_phone(visit, address, life, locale):
    page = visit("inspector", width=390, locale=locale)
    for kind in ("inquiry", "supervision", "referral"):
        page.goto(f"{address}/supervision/{some_case(life, CARD)}?ask={kind}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("path", ["/public", "/public/follow", "/public/complain", "/public/report"])
def test_what_the_public_fills_in_fits_a_phone(visit, address, path, locale):
    page = visit("operator", width=390, locale=locale)
    page.goto(f"{address}{path}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.errors == []


def test_a_complaint_is_filed_and_followed_without_javascript(visit, address):
    page = visit("operator", scripts=False)
    page.goto(f"{address}/public/complain")
    page.get_by_label("投诉哪个单位").select_option(index=1)
    page.get_by_label("投诉内容").fill("窗口没有人")
    page.get_by_role("button", name="提交投诉").click()
    number, code = page.locator("dd b").all_inner_texts()
    page.get_by_role("link", name="查询办件进度").click()
    expect(page.get_by_label("办件编号")).to_have_value(number)
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("table")).to_contain_text("窗口没有人")
