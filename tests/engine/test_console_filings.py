"""Pages of filings: an agency's form without JSON, live dates, nothing lost; the review queue; publication; differences."""

from __future__ import annotations

import re
import time
from datetime import date
from html import unescape
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from engine.provisioning.folder import Catalogue, read_folder
from engine.storage.world import load_world
from engine.workbook.writing import write
from rules.limit import Limit
from rules.world import Unit
from tests.support.county import FOLDER, PASSWORD, a_county, app, at

COUNTY = read_folder(FOLDER)


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-03-02", "09:00")) as made:
        yield made


@pytest.fixture
def visit(life):
    application = app(life)

    def signing_in(login, locale="en"):
        client = TestClient(application, base_url="http://console.example", follow_redirects=False)
        client.cookies.set("jiannuo_language", locale)
        guard = field(client.get("/signin").text, "guard")
        client.post("/signin", data={"login": login, "password": PASSWORD, "guard": guard, "next": "/today"})
        return client

    return signing_in


def field(text, name):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', text)[1])


def words(text):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def filled_in(form):
    """What a browser would send of a form as it stands."""
    found = {
        name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form)
    }
    found |= {name: unescape(text) for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', form)}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        found[name] = unescape(chosen[1])
    return found


FILLED = {
    "unit": "urban", "code": "UR-77", "name": "临时占道", "kind": "committed", "statutory_limit-amount": "20", "statutory_limit-unit": "working_days",
    "committed_limit-amount": "14", "committed_limit-unit": "working_days", "holder": "urban-ren", "basis-statutory": "《行政许可法》第四十二条",
    "steps-0-name": "审查", "steps-0-holder": "urban-ren", "steps-0-limit-amount": "3", "steps-0-limit-unit": "working_days",
    "steps-1-name": "审批", "steps-1-holder": "post:first_responsible", "steps-1-limit-amount": "2", "steps-1-limit-unit": "working_days",
    "warnings-0-before-amount": "1", "warnings-0-before-unit": "working_days", "warnings-0-level": "warning",
    "attributes-0-name": "main_road", "attributes-0-type": "boolean", "materials-lines": "申请表\n身份证明",
    "silence-effect": "approve", "silence-clock": "committed", "silence-basis": "《本县超时默许办法》第五条",
    "rules-0-effect": "excluded", "rules-0-attribute": "main_road", "rules-0-operator": "==", "rules-0-value": "true", "rules-0-basis": "第七条",
}  # fmt: skip


@pytest.mark.postgres
def test_a_clerk_files_an_item_without_json_and_it_is_published(life, visit):
    head, leading = visit("head"), visit("leading")
    page = head.get("/filings/new?unit=urban").text
    csrf = {"csrf": field(page, "csrf")}
    seen = head.post("/filings/preview", data={**csrf, **FILLED})
    assert "committed limit : Mon 23 Mar 2026" in words(seen.text) or "20 Mar 2026" in words(seen.text)
    assert "at most 13 working days" in words(seen.text)
    unread = head.post("/filings/save", data={**csrf, **FILLED, "committed_limit-amount": "soon"})
    assert unread.status_code == 422 and "use a whole number" in words(unread.text) and "临时占道" in unread.text
    saved = head.post("/filings/save", data={**csrf, **FILLED})
    place = saved.headers["location"].removesuffix("?done=saved")
    refused = head.post(f"{place}/submit", data=csrf)
    assert refused.status_code == 409 and "errors stand against it" in words(refused.text)
    again = head.get(f"{place}/edit").text
    assert 'value="14"' in again and "身份证明" in again and "at most 13 working days" in words(again)
    head.post(
        "/filings/save", data={**csrf, **FILLED, "filing": place.rsplit("/", 1)[1], "committed_limit-amount": "5"}
    )
    assert head.post(f"{place}/submit", data=csrf).status_code == 303
    assert "临时占道" in leading.get("/filings").text.split('class="filters"')[0], "it waits for the leading group"
    token = {"csrf": field(leading.get(place).text, "csrf")}
    for office in ("legal_office", "approval_centre"):
        assert leading.post(f"{place}/review", data={**token, "office": office, "verdict": "agreed"}).status_code == 303
    assert leading.post(f"{place}/approve", data=token).status_code == 303
    assert leading.post(f"{place}/publish", data={**token, "effective_from": "2026-03-03"}).status_code == 303
    with life.pool.connection() as connection:
        item = load_world(connection).item("UR-77", date(2026, 3, 3))
    assert item.committed_limit.amount == 5 and [step.holder for step in item.steps] == [
        "urban-ren",
        "post:first_responsible",
    ]
    assert item.silence.exclusions[0].when == "attributes.main_road == true"
    assert 'class="flow"' in leading.get("/items/UR-02").text and "userTask" in leading.get("/charts/UR-02").text
    log = words(leading.get(place).text)
    assert "Published" in log and "committed_limit.amount 14 → 5" in log


@pytest.mark.postgres
def test_a_published_item_is_changed_by_filing_again_and_the_difference_is_shown(visit):
    head = visit("head")
    form = head.get("/filings/new?from=UR-02").text
    given = filled_in(form)
    assert given["code"] == "UR-02" and given["unit"] == "urban"
    saved = head.post("/filings/save", data={**given, "committed_limit-amount": "3"})
    assert saved.status_code == 303, words(saved.text)
    shown = words(head.get(saved.headers["location"]).text)
    assert "committed_limit.amount 2 3" in shown and "name_en" not in shown, (
        "what the form does not show stays as it was"
    )


@pytest.mark.postgres
def test_many_items_come_from_excel_after_a_look_at_every_cell(life, visit, tmp_path):
    head = visit("head")
    csrf = field(head.get("/filings/import").text, "csrf")

    def send(go: str, **change: Any):
        items = tuple(
            msgspec.structs.replace(item, code=f"X-{item.code}", **change)
            for item in COUNTY.items
            if item.unit == "urban"
        )
        write(Catalogue(items=items), tmp_path / "items.xlsx")
        file = ("items.xlsx", (tmp_path / "items.xlsx").read_bytes())
        return head.post("/filings/import", data={"csrf": csrf, "go": go}, files={"file": file}), len(items)

    before = _drafts(life)
    wrong, _ = send(
        "file",
        committed_limit=Limit(amount=400, unit="working_days"),
        statutory_limit=Limit(amount=20, unit="working_days"),
    )
    assert wrong.status_code == 422 and "at most 13 working days" in words(wrong.text) and "M2" in wrong.text
    assert _drafts(life) == before
    checked, _ = send("check")
    assert "No errors" in words(checked.text) and _drafts(life) == before
    content = field(checked.text, "content")
    done = head.post("/filings/import", data={"csrf": csrf, "go": "file", "content": content})
    count = len([item for item in COUNTY.items if item.unit == "urban"])
    assert f"{count} drafts are filed" in words(done.text) and _drafts(life) == before + count
    foreign, _ = send("file", unit="planning", holder=None, steps=())
    assert foreign.status_code == 422 and "you may not file for this unit: planning" in words(foreign.text)
    assert _drafts(life) == before + count
    nothing = head.post("/filings/import", data={"csrf": csrf}, files={"file": ("x.xlsx", b"no zip")})
    assert nothing.status_code == 422 and "no Excel workbook" in words(nothing.text)
    assert head.get("/filings/template.xlsx").content.startswith(b"PK")


def _drafts(life) -> int:
    with life.pool.connection() as connection:
        return connection.execute("SELECT count(*) FROM filing WHERE phase = 'draft'").fetchone()[0]


def draft(client: TestClient, **change: str) -> tuple[str, dict[str, str]]:
    """The address of a new draft, and the token of the session."""
    csrf = {"csrf": field(client.get("/filings/new?unit=urban").text, "csrf")}
    saved = client.post("/filings/save", data={**csrf, **FILLED, "committed_limit-amount": "5", **change})
    assert saved.status_code == 303, words(saved.text)
    return saved.headers["location"].partition("?")[0], csrf


@pytest.mark.postgres
def test_the_first_screen_shows_drafts_with_what_the_checks_say_and_reviews_with_their_day(visit):
    clerk, reviewer = visit("clerk"), visit("reviewer")
    place, csrf = draft(clerk, code="UR-80", name="夜间施工", **{"committed_limit-amount": "14"})
    assert re.search("夜间施工 UR-80 draft Errors: 1", words(clerk.get("/today").text))
    clerk.post(
        "/filings/save",
        data={
            **csrf,
            **FILLED,
            "filing": place.rsplit("/", 1)[1],
            "code": "UR-80",
            "name": "夜间施工",
            "committed_limit-amount": "5",
        },
    )
    assert clerk.post(f"{place}/submit", data=csrf).status_code == 303
    assert re.search(r"5 Mar.*Review: 夜间施工 legal office · approval centre", words(reviewer.get("/today").text))
    token = {"csrf": field(reviewer.get(place).text, "csrf")}
    assert (
        "say whether the office agrees"
        in words(reviewer.post(f"{place}/review", data={**token, "office": "legal_office"}).text).lower()
    )
    objected = reviewer.post(
        f"{place}/review", data={**token, "office": "legal_office", "verdict": "objected", "remarks": "依据有误"}
    )
    assert objected.status_code == 303
    assert "Came back: 夜间施工 legal office: 依据有误" in words(clerk.get("/today").text)
    for page in (place, f"{place}/edit"):
        assert "Why it came back legal office: 依据有误" in words(clerk.get(page).text)


@pytest.mark.postgres
def test_warnings_are_read_before_an_entry_goes_on_and_that_stays_on_record(visit):
    clerk = visit("clerk")
    place, csrf = draft(clerk, code="UR-81", category="licensing")
    refused = clerk.post(f"{place}/submit", data=csrf)
    assert refused.status_code == 409 and "read it and tick the box" in words(refused.text)
    assert clerk.post(f"{place}/submit", data={**csrf, "acknowledged": "yes"}).status_code == 303
    assert "Warnings that were read: silence_without_basis" in words(clerk.get(place).text)


@pytest.mark.postgres
def test_a_power_is_withheld_with_basis_and_reason_or_not_at_all(visit):
    clerk = visit("clerk")
    place, csrf = draft(clerk, code="UR-82")
    half = clerk.post(f"{place}/submit", data={**csrf, "withhold-reason": "涉密"})
    assert half.status_code == 409 and "needs basis and reason" in words(half.text) and "涉密" in half.text


@pytest.mark.postgres
def test_a_form_that_names_no_unit_comes_back_with_everything_typed(visit):
    clerk = visit("clerk")
    csrf = {"csrf": field(clerk.get("/filings/new").text, "csrf")}
    back = clerk.post("/filings/save", data={**csrf, **FILLED, "unit": ""})
    assert back.status_code == 422 and "fill this in" in words(back.text) and "临时占道" in back.text
    foreign = clerk.post("/filings/save", data={**csrf, **FILLED, "unit": "planning"})
    assert foreign.status_code == 422 and "you may not file for this unit" in words(foreign.text)
    other = clerk.post("/filings/save", data={**csrf, **FILLED, "code": "PL-01"})
    assert other.status_code == 422 and "another unit has an item of this code" in words(other.text)


@pytest.mark.postgres
@pytest.mark.parametrize("go_on_as", ["clerk", "head"])
def test_what_was_typed_outlives_the_session_it_was_typed_in(visit, go_on_as):
    clerk = visit("clerk")
    csrf = field(clerk.get("/filings/new").text, "csrf")
    clerk.post("/signout", data={"csrf": csrf})
    kept = clerk.post("/filings/save", data={"csrf": csrf, **FILLED})
    assert kept.status_code == 401 and "Everything you typed is still here" in words(kept.text)
    form = filled_in(kept.text)
    assert "csrf" not in form and form["name"] == "临时占道"
    again = visit(go_on_as).post("/filings/form", data=form)
    assert again.status_code == 200 and 'value="临时占道"' in again.text and "身份证明" in again.text
    assert clerk.post("/filings/form", data=form, headers={"HX-Request": "true"}).headers["HX-Reselect"] == "#kept"
    assert clerk.post("/filings/preview", data=form, headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.postgres
def test_who_reviews_a_draft_sees_how_it_would_have_done(life, visit):
    clerk, reviewer = visit("clerk"), visit("reviewer")
    place, csrf = draft(clerk, code="UR-04")
    asked = clerk.post("/simulations", data={**csrf, "filing": place.rsplit("/", 1)[1], "title": "UR-04"})
    result = asked.headers["location"]
    assert reviewer.get(result).status_code == 404, "nobody asked this office yet"
    assert clerk.post(f"{place}/submit", data=csrf).status_code == 303
    assert reviewer.get(result).status_code == 200
    bound = time.monotonic() + 30
    while "No case would be changed by it." not in (shown := words(reviewer.get(place).text)):
        assert time.monotonic() < bound, shown
        time.sleep(0.05)
    assert "this draft" in shown


@pytest.mark.postgres
def test_units_and_people_come_from_excel_and_items_are_refused_there(visit, tmp_path):
    operator = visit("operator")
    csrf = field(operator.get("/units/import").text, "csrf")
    book = operator.get("/units/register.xlsx").content

    def send(content: bytes, go: str):
        return operator.post("/units/import", data={"csrf": csrf, "go": go}, files={"file": ("r.xlsx", content)})

    assert "nothing changed" in words(send(book, "check").text)
    more = msgspec.structs.replace(
        COUNTY,
        items=(),
        units=(*COUNTY.units, msgspec.convert({"id": "archive", "name": "档案馆", "parent": "county"}, Unit)),
    )
    write(more, tmp_path / "r.xlsx")
    assert "units 1" in words(send((tmp_path / "r.xlsx").read_bytes(), "check").text)
    assert operator.get("/units/archive").status_code == 404
    content = field(send((tmp_path / "r.xlsx").read_bytes(), "check").text, "content")
    written = operator.post("/units/import", data={"csrf": csrf, "go": "write", "content": content})
    assert "Written · units 1" in words(written.text)
    assert operator.get("/units/archive").status_code == 200
    write(Catalogue(items=COUNTY.items[:2]), tmp_path / "i.xlsx")
    refused = send((tmp_path / "i.xlsx").read_bytes(), "write")
    assert refused.status_code == 422 and "Items are filed by units" in words(refused.text)
    assert visit("head").get("/units/import").status_code == 403


@pytest.mark.postgres
def test_who_may_not_edit_sees_no_form(visit):
    assert visit("inspector").get("/filings/new").status_code == 403
    officer = visit("officer")
    csrf = field(officer.get("/today").text, "csrf")
    assert officer.post("/filings/save", data={"csrf": csrf}).status_code == 403
    assert officer.post("/filings/form", data={"csrf": csrf}).status_code == 403
