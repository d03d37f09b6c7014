"""What-if in the console: a form without JSON, progress that can be left, figures that lead to their cases."""

from __future__ import annotations

import re
import time

import pytest

from engine.simulation import keep
from engine.simulation.draft import Draft, Scope
from engine.simulation.keep import Asked
from tests.engine.test_console_filings import filled_in
from tests.support.pages import field, sign_in

pytestmark = pytest.mark.postgres


@pytest.fixture
def head(application):
    return sign_in(application, "head")


def asked(client, **fields):
    csrf = re.search(r'name="csrf" value="([^"]*)"', client.get("/simulations").text)[1]
    return client.post("/simulations", data={"csrf": csrf, "item": "UR-01", **fields})


def ended(client, address: str) -> str:
    bound = time.monotonic() + 30
    while time.monotonic() < bound:
        page = client.get(address).text
        if "推算中" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("the simulation does not end")


def test_a_head_of_a_unit_tries_a_limit_and_follows_the_figures_to_their_cases(head):
    answer = asked(head, amount="1", without_steps="1", title="一日办结")
    assert answer.status_code == 303, answer.text
    page = ended(head, answer.headers["location"])
    assert "已完成" in page
    assert "一日办结" in page
    link = re.search(r'href="(\?gained=earlier[^"#]*)', page)[1].replace("&amp;", "&")
    assert "AL-2026-" in head.get(answer.headers["location"] + link).text
    assert "一日办结" in head.get("/simulations").text


def test_a_draft_that_changes_nothing_says_so(head):
    assert "没有任何办件会因此改变" in ended(head, asked(head).headers["location"])


def test_a_mistake_is_told_and_nothing_is_lost(head):
    answer = asked(head, amount="many")
    assert answer.status_code == 422
    assert 'value="many"' in answer.text


def test_others_units_rules_are_not_simulated_and_not_seen(head, application):
    assert asked(head, item="PL-01", amount="1").status_code == 403
    address = asked(head, amount="2").headers["location"]
    assert sign_in(application, "inspector").get(address).status_code == 403
    assert sign_in(application, "leading").get(address).status_code == 200
    assert head.get("/simulations/00ff").status_code == 404


def test_a_filed_draft_is_tried_from_its_own_page_and_its_reviewers_see_the_result(head):
    given = filled_in(head.get("/filings/new?from=UR-02").text)
    saved = head.post("/filings/save", data={**given, "committed_limit-amount": "1"})
    place = saved.headers["location"].removesuffix("?done=saved")
    csrf = field(head.get(place).text, "csrf")
    answer = head.post("/simulations", data={"csrf": csrf, "filing": place.rsplit("/", 1)[1], "title": "草案"})
    address = answer.headers["location"]
    assert "已完成" in ended(head, address)
    assert address in head.get(place).text


def test_a_draft_from_a_file_may_be_of_any_kind(application):
    """A ladder for the whole county, by somebody who may try one."""
    client = sign_in(application, "leading")
    csrf = re.search(r'name="csrf" value="([^"]*)"', client.get("/simulations").text)[1]
    ladder = "accountability:\n- matrix: {minor: [5], ordinary: [5], serious: [6], grave: [7]}\n"

    def sent(text: str):
        return client.post(
            "/simulations", data={"csrf": csrf, "item": ""}, files={"file": ("draft.yaml", text.encode())}
        )

    assert "没有任何办件会因此改变" in ended(client, sent(ladder).headers["location"])
    refused = sent(ladder.replace("minor: [5], ", ""))
    assert refused.status_code == 422
    assert "accountability[0].matrix.minor" in refused.text
    assert sent("{").status_code == 422
    assert sent("").status_code == 422


def test_one_that_is_under_way_can_be_cancelled(head, life):
    """It is caught before it begins: whoever asked has changed their mind."""
    with life.pool.connection() as connection:
        asked_for = Asked("收回", "head", Draft(items=({"code": "UR-01"},)), Scope(), ("urban",))
        id_ = keep.ask(connection, asked_for, life.clock.now())
    page = head.get(f"/simulations/{id_}").text
    csrf = re.search(r'name="csrf" value="([^"]*)"', page)[1]
    assert f"/simulations/{id_}/cancel" in page
    answer = head.post(f"/simulations/{id_}/cancel", data={"csrf": csrf})
    assert answer.status_code == 303
    assert "没有结果" in head.get(answer.headers["location"]).text
