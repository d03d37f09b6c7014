"""What silence will grant, on the page of its case: shown once told, to whoever decides; the choice is on record once."""

from __future__ import annotations

import msgspec
import pytest

from engine.effects.outbox import waiting
from engine.effects.wording_lookups import lookups
from engine.storage.config import record
from engine.storage.world import load_world
from tests.support.county import a_county, app, at
from tests.support.pages import field, sign_in
from tests.support.worlds import ITEM

pytestmark = pytest.mark.postgres
BLOCK = 'action="/cases/S1/silence"'
GRANTS = {"effect": "approve", "clock": "committed", "grants": "准予占用道路三日", "basis": "测试条例第九条"}


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-12-01", "08:00")) as made:
        with made.pool.connection() as connection:
            plain = {**ITEM, "code": "T-01", "unit": "urban", "holder": "urban-ren", "effective_from": "2026-01-01"}
            record(connection, "item", "T-01", {**plain, "silence": GRANTS}, at=made.clock.now())
        made.happen(at("2026-12-07"), "application.accepted", "S1", item="T-01", applicant="赵某某")
        yield made


def chosen(life):
    with life.pool.connection() as db:
        return db.execute("SELECT body, actor FROM entry WHERE type = 'silence.considered'").fetchall()


def test_whoever_decides_sees_it_once_told_and_the_choice_is_recorded_once(life):
    leading = sign_in(app(life), "leading")
    assert BLOCK not in leading.get("/cases/S1").text
    life.wait_until(at("2026-12-10"))
    page = leading.get("/cases/S1").text
    assert BLOCK in page and GRANTS["grants"] in page and GRANTS["basis"] in page
    assert "赵**" in page and "赵某某" not in page
    send = {"csrf": field(page, "csrf"), "token": field(page, "token")}
    nothing = leading.post("/cases/S1/silence", data=send)
    assert nothing.status_code == 422 and "请选择一项" in nothing.text
    for _ in range(2):
        done = leading.post("/cases/S1/silence", data={**send, "choice": "suspend", "reason": "拟听证"})
        assert done.headers["location"] == "/cases/S1?done=considered"
    [(body, actor)] = chosen(life)
    assert '"choice":"suspend"' in body and "拟听证" not in body and actor
    after = leading.get("/cases/S1?done=considered").text
    assert "已作选择" in after and "您的选择已记入台账" in after


def test_who_does_not_decide_neither_sees_nor_sends_it(life):
    life.wait_until(at("2026-12-10"))
    inspector, before = sign_in(app(life), "inspector"), chosen(life)
    page = inspector.get("/cases/S1")
    assert page.status_code == 200 and BLOCK not in page.text
    answer = inspector.post(
        "/cases/S1/silence", data={"csrf": field(page.text, "csrf"), "token": "t", "choice": "decide"}
    )
    assert answer.status_code == 403 and chosen(life) == before


def test_the_reminder_names_the_applicant_masked_and_a_dash_where_nobody_is_named(life):
    life.wait_until(at("2026-12-10"))
    with life.pool.connection() as db:
        [told, *_] = [one for one in waiting(db, 1000) if one.kind == "decision_reminder" and one.case == "S1"]
        world = load_world(db)
        assert lookups(db, told, world, "zh")["granted_to"] == "赵**"
        unknown = msgspec.structs.replace(told, case="nobody")
        assert lookups(db, unknown, world, "zh")["granted_to"] == "—"
        ((named,),) = db.execute("SELECT count(*) FROM entry WHERE body LIKE '%%赵某某%%'", ()).fetchall()
    assert named == 0
