"""Papers of supervision along a proceeding: each made when its phase is reached, once, by the template in force, and kept."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from starlette.testclient import TestClient

from engine.api import keys
from engine.api.app import create_app
from engine.certificates.keys import all_keys
from engine.certificates.pdf_seal import attachment, seal_of
from engine.demo.logins import logins
from engine.documents.access import papers, papers_of_case
from engine.documents.calling import make_missing
from engine.documents.kinds import About
from engine.documents.pdf import pdf_of, render
from engine.documents.reading import PaperError, content_of, latest, read
from engine.documents.template import shipped
from engine.provisioning.folder import read_folder
from engine.storage.config import Configuration, record_all
from engine.vault.master import open_master
from engine.vault.store import erase_case
from tests.support import servers
from tests.support.county import FOLDER, Door, app, at, county
from tests.support.pages import sign_in

pytestmark = pytest.mark.postgres
CASE = "AL-2026-0901"
REASON = "逾期五日，两次催办未予答复。\n# 这一行不是标题"


@pytest.fixture(scope="module")
def life(postgres_server):
    """One case past its limit, confirmed, heard, decided otherwise than proposed, reviewed; each paper is looked for on its day."""
    with (
        servers.fresh_database(postgres_server) as url,
        tempfile.TemporaryDirectory() as folder,
        county(url, Path(folder), at("2026-03-02", "08:00")) as made,
    ):
        made.vault = open_master(Path(folder) / "master.key")
        people = {login.login: login.person for login in logins(read_folder(FOLDER))}
        made.inspector, made.officer, made.head, made.leading = (
            people[name] for name in ("inspector", "officer", "head", "leading")
        )
        made.happen(at("2026-03-02"), "application.accepted", CASE, item="UR-02", applicant="赵某")
        made.wait_until(at("2026-03-23"))
        make(made)
        made.happen(
            at("2026-03-23"), "finding.confirmed", CASE, actor=made.inspector, finding="limit_expired", grade="ordinary"
        )
        make(made)
        made.happen(at("2026-03-24"), "statement.filed", CASE, actor=made.officer, person=made.officer, text="设备故障")
        make(made)
        decision = {"person": made.officer, "level": 3, "reason": REASON}
        made.happen(at("2026-03-25"), "measure.decided", CASE, actor=made.head, **decision)
        make(made)
        made.happen(at("2026-03-26"), "review.requested", CASE, actor=made.officer, person=made.officer, reason="过重")
        review = {"person": made.officer, "result": "upheld", "reason": "事实清楚"}
        made.happen(at("2026-03-30"), "review.decided", CASE, actor=made.leading, **review)
        made.happen(
            at("2026-03-31"), "supervision.proposed", CASE, actor=made.inspector, text="一、逐件说明。\n二、当日交接。"
        )
        make(made)
        yield made


@pytest.fixture
def client(life):
    with life.pool.connection() as connection:
        key = keys.issue(connection, "hall", life.clock.now())
    application = create_app(life.pool, life.clock, Door(life.pool, life.clock), life.vault)
    return TestClient(application, headers={"X-API-Key": key})


def make(life):
    with life.pool.connection() as connection:
        return make_missing(connection, life.clock.now())


def ask(life, query, *values):
    with life.pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def proceeding(life):
    return About("proceeding", ask(life, "SELECT proceeding_id FROM proceeding WHERE case_id = %s", CASE)[0][0])


def paper(life, kind, about=None):
    with life.pool.connection() as connection:
        rows = papers(connection, about or proceeding(life), life.clock.now())
        row = latest(rows, kind)
        return row, read(content_of(connection, row))


def words(written):
    return "\n".join([written.title, *(f"{block.label} {block.text}" for block in written.blocks)])


def test_each_phase_has_its_paper_and_each_is_made_once(life):
    kinds = [
        row[0] for row in ask(life, "SELECT kind FROM supervision_document WHERE about = 'proceeding' ORDER BY made_at")
    ]
    assert kinds == ["proceeding_notice", "proposed_decision", "decision", "review_decision"]
    assert make(life) == 0


def test_the_notice_says_what_how_long_and_to_whom(life):
    _, made = paper(life, "proceeding_notice")
    zh, en = words(made.texts["zh"]), words(made.texts["en"])
    assert "追究程序告知书" in zh and "超过承诺时限未办结" in zh and CASE in zh and "2026年3月30日前（含当日）" in zh
    assert "Notice of Proceeding" in en and "30 March 2026" in en
    assert "赵某" not in zh, "the applicant is no part of it"


def test_the_decision_carries_the_decider_the_reasons_and_the_remedies(life):
    _, made = paper(life, "decision")
    zh = words(made.texts["zh"])
    assert "效能告诫" in zh and "本决定与其不同" in zh and "理由：逾期五日" in zh and "申请复核" in zh
    assert [block.kind for block in made.texts["zh"].blocks].count("title") == 0
    assert "# 这一行不是标题" in zh, "words of people are no marks"


def test_the_review_names_its_result_and_the_decision_it_is_about(life):
    _, made = paper(life, "review_decision")
    assert "维持原决定" in words(made.texts["zh"]) and "事实清楚" in words(made.texts["zh"])


def test_a_red_card_is_a_paper_to_those_it_was_sent_to(life):
    (alert, to), *_ = ask(
        life, "SELECT id, data->'to' FROM alert WHERE case_id = %s AND level = 'red' ORDER BY fired_at", CASE
    )
    _, made = paper(life, "red_card", About("alert", alert))
    assert to
    assert "红牌督办单" in words(made.texts["zh"]) and "届满日" in words(made.texts["zh"])


def test_a_proposal_of_supervision_is_a_paper_with_the_inspectors_words(life):
    with life.pool.connection() as connection:
        (row,) = papers_of_case(connection, CASE, life.clock.now())
        zh = words(read(content_of(connection, row)).texts["zh"])
    assert "监察建议书" in zh and "一、逐件说明。\n二、当日交接。" in zh


def test_personal_words_are_in_the_vault_and_nowhere_else(life):
    rows = ask(life, "SELECT to_jsonb(d)::text FROM supervision_document d")
    lines = ask(life, "SELECT body FROM entry WHERE stream_kind = 'document'")
    assert rows and lines
    assert not any("逾期五日" in text or "任某" in text for (text,) in [*rows, *lines])


def test_the_ledger_knows_each_paper_by_its_hash_and_template(life):
    row, made = paper(life, "decision")
    bodies = [msgspec.json.decode(body) for (body,) in ask(life, "SELECT body FROM entry WHERE type = 'document.made'")]
    mine = next(body for body in bodies if body["document"] == row.id)
    with life.pool.connection() as connection:
        content = content_of(connection, row)
    assert mine["sha256"] == row.content_hash == hashlib.sha256(content).hexdigest()
    assert mine["template"] == {"id": "decision/default", "version": 0, "sha256": shipped("decision").sha256}
    assert made.serial == 1


def test_the_pdf_carries_the_content_and_a_seal(life):
    row, _ = paper(life, "decision")
    with life.pool.connection() as connection:
        content = content_of(connection, row)
        pdf = pdf_of(connection, content, row.content_hash, "zh", life.clock.now())
        seal = seal_of(pdf)
        (key,) = [key for key in all_keys(connection) if key.kid == seal.kid]
    assert attachment(pdf) == content
    assert key.verifies(seal.content, seal.value)


def test_a_reader_with_the_right_sees_the_page_and_the_pdf(life):
    application = app(life)
    officer = sign_in(application, "officer")
    there = officer.get(f"/proceedings/{proceeding(life).id}/documents/decision").headers["location"]
    page = officer.get(there).text
    assert "违诺责任追究决定书" in page and "逾期五日" in page
    assert officer.get(f"{there}/pdf").content.startswith(b"%PDF-")
    assert there in officer.get(f"/proceedings/{proceeding(life).id}").text
    assert "Decision on Accountability" in sign_in(application, "inspector", "en").get(there).text


def test_a_paper_that_no_font_can_print_is_a_refusal_with_its_character_on_both_ways(life, client, monkeypatch):
    row, _ = paper(life, "decision")
    render.cache_clear()
    monkeypatch.setattr("engine.certificates.glyphs.for_texts", tuple)
    refused = client.get(f"/api/v1/documents/{row.id}", params={"actor": life.head})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_printable")
    assert "U+8FDD" in refused.json()["message"]
    page = sign_in(app(life), "officer").get(f"/documents/{row.id}/pdf")
    assert page.status_code == 409
    assert "U+8FDD" in page.text and "JIANNUO_FONTS" in page.text


def test_somebody_without_the_right_is_not_told_that_a_paper_exists(life):
    application = app(life)
    row, _ = paper(life, "decision")
    operator = sign_in(application, "operator")
    assert operator.get(f"/documents/{row.id}").status_code == 404
    assert operator.get(f"/proceedings/{proceeding(life).id}/documents/decision").status_code == 404
    assert (
        sign_in(application, "inspector").get(f"/proceedings/{proceeding(life).id}/documents/nonsense").status_code
        == 404
    )


def test_the_interface_gives_papers_to_whom_the_actor_may_read_them(life, client):
    place = f"/api/v1/proceedings/{quote(proceeding(life).id, safe='')}/documents"
    rows = client.get(place, params={"actor": life.officer}).json()["rows"]
    assert [row["kind"] for row in rows] == ["proceeding_notice", "proposed_decision", "decision", "review_decision"]
    assert client.get(rows[2]["url"], params={"actor": life.head}).content.startswith(b"%PDF-")
    shown = client.get(f"{place}/decision", params={"actor": life.inspector, "format": "json"}).json()
    assert shown["texts"]["zh"]["title"] == "违诺责任追究决定书"
    refused = client.get(f"{place}/decision", params={"actor": "urban-sun"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert client.get(place).status_code == 422, "nobody reads papers in nobody's name"
    assert client.get("/api/v1/documents/none", params={"actor": life.head}).status_code == 404


def test_the_interface_lists_a_cases_proposals_and_an_alerts_card(life, client):
    rows = client.get(f"/api/v1/cases/{CASE}/documents", params={"actor": life.inspector}).json()["rows"]
    assert [row["kind"] for row in rows] == ["supervision_proposal"]
    ((alert,),) = ask(life, "SELECT id FROM alert WHERE case_id = %s AND level = 'red' ORDER BY fired_at LIMIT 1", CASE)
    card = client.get(f"/api/v1/alerts/{alert}/documents/red_card", params={"actor": life.inspector, "lang": "en"})
    assert card.headers["content-type"] == "application/pdf"


def test_an_agencys_template_holds_from_its_day_for_its_unit_and_papers_made_before_stay(life):
    before, _ = paper(life, "proceeding_notice")
    own = {"kind": "proceeding_notice", "version": 1, "effective_from": "2026-04-01", "unit": "urban",
           "zh": "# 城管局告知书\n{{ addressee }}：\n\n{{ cause }}。", "en": "# Notice of the Bureau\n{{ cause }}."}  # fmt: skip
    with life.pool.connection() as connection:
        piece = Configuration(kind="document", id="proceeding_notice/urban", body=own)
        record_all(connection, [piece], "tests", life.clock.now())
    other = "AL-2026-0902"
    life.happen(at("2026-04-07"), "application.accepted", other, item="UR-02", applicant="钱某")
    life.wait_until(at("2026-04-28"))
    said = {"actor": life.inspector, "finding": "limit_expired", "grade": "ordinary"}
    life.happen(at("2026-04-28"), "finding.confirmed", other, **said)
    make(life)
    about = About("proceeding", ask(life, "SELECT proceeding_id FROM proceeding WHERE case_id = %s", other)[0][0])
    row, made = paper(life, "proceeding_notice", about)
    assert (row.template_id, row.template_version) == ("proceeding_notice/urban", 1)
    assert made.texts["zh"].title == "城管局告知书"
    again, _ = paper(life, "proceeding_notice")
    assert again == before


def test_erased_words_leave_number_template_and_hash(life):
    row, _ = paper(life, "review_decision")
    with life.pool.connection() as connection:
        erase_case(connection, f"papers:{life.officer}", life.clock.now())
        with pytest.raises(PaperError, match="erased"):
            content_of(connection, row)
        connection.rollback()
