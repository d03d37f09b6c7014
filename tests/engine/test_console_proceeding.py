"""The page of a proceeding: from the statement to the closed file, each act by the one who may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.pages import field, sign_in

pytestmark = pytest.mark.postgres


def ask(life, query, *values):
    with life.pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def confirmed(inspector, life):
    """A proceeding against a person, opened by an inspector's word."""
    query = "SELECT id FROM finding WHERE status = 'open' AND kind = 'limit_expired' AND person IS NOT NULL ORDER BY id LIMIT 1"
    ((id_,),) = ask(life, query)
    page = inspector.get(f"/findings/{id_}").text
    form = {"csrf": field(page, "csrf"), "token": field(page, "token"), "grade": "ordinary", "reason": "查证属实"}
    assert inspector.post(f"/findings/{id_}/confirm", data=form).status_code == 303


def test_the_whole_way_from_statement_to_decision(inspector, application, life):
    confirmed(inspector, life)
    rows = ask(
        life,
        "SELECT proceeding_id, unit, person, proposed_level FROM proceeding WHERE phase = 'statement' AND person IS NOT NULL LIMIT 1",
    )
    id_, unit, person, proposed = rows[0]
    ((owner,),) = ask(life, "SELECT body->>'first_responsible' FROM config_entry WHERE kind = 'unit' AND id = %s", unit)
    for login, who, role in (("concerned", person, "officer"), ("decider", owner, "unit_head")):
        with life.pool.connection() as connection:
            connection.execute(
                "INSERT INTO app_user (login, person, roles, units, password_hash, created_at, name, locale, active)"
                " SELECT %s, %s, %s, %s, password_hash, now(), '', 'zh', true FROM app_user WHERE login = 'head'",
                (login, who, [role], [unit]),
            )
    life.wait_until(life.clock.shows + timedelta(minutes=5))
    decider, concerned = sign_in(application, "decider"), sign_in(application, "concerned")
    early = decider.post(
        f"/proceedings/{id_}/decide",
        data={"csrf": field(decider.get("/today").text, "csrf"), "level": "1", "token": "early"},
    )
    assert early.status_code == 403
    page = concerned.get(f"/proceedings/{id_}").text
    said = {"csrf": field(page, "csrf"), "token": field(page, "token"), "text": "当时系统故障"}
    stated = concerned.post(f"/proceedings/{id_}/statement", data=said)
    assert stated.status_code == 303, stated.text
    assert ask(life, "SELECT phase FROM proceeding WHERE proceeding_id = %s", id_) == [("proposed",)]
    life.wait_until(life.clock.shows + timedelta(minutes=5))
    page = decider.get(f"/proceedings/{id_}").text
    assert "当时系统故障" not in page
    form = {"csrf": field(page, "csrf"), "token": field(page, "token"), "level": str(1 if proposed != 1 else 2)}
    assert (
        decider.post(f"/proceedings/{id_}/decide", data=form).status_code == 422
    )  # other than proposed: no reason given
    shown = decider.post(f"/proceedings/{id_}/consequence", data={**form, "level": str(proposed)})
    assert "如果这样做" in shown.text
    assert decider.post(f"/proceedings/{id_}/decide", data={**form, "level": str(proposed)}).status_code == 303
    assert ask(life, "SELECT decided_level, decided_by FROM proceeding WHERE proceeding_id = %s", id_) == [
        (proposed, owner)
    ]
    _to_the_end(application, life, id_, decider, concerned)


def _to_the_end(application, life, id_, decider, concerned):
    """Served, reviewed by somebody else, executed, closed: each by the form that is offered to the one who may."""

    def do(who, name, **said):
        life.wait_until(life.clock.shows + timedelta(minutes=5))
        page = who.get(f"/proceedings/{id_}").text
        form = page[page.index(f"/act/{name}") :]
        answer = who.post(
            f"/proceedings/{id_}/act/{name}", data={"csrf": field(form, "csrf"), "token": field(form, "token"), **said}
        )
        return answer.status_code

    leading = sign_in(application, "leading")
    assert do(decider, "service") == 303
    assert "/act/review_request" not in decider.get(f"/proceedings/{id_}").text  # nobody asks in another's name
    assert do(concerned, "review_request", reason=" ") == 422
    assert do(concerned, "review_request", reason="不服") == 303
    assert "/act/review" not in decider.get(f"/proceedings/{id_}").text
    assert do(leading, "review", result="upheld", reason="事实清楚") == 303
    assert do(decider, "execution") == 303
    assert do(decider, "closing") == 303
    assert ask(life, "SELECT phase FROM proceeding WHERE proceeding_id = %s", id_) == [("closed",)]
    shown = decider.get(f"/proceedings/{id_}").text
    with life.pool.connection() as db:  # years later it may no longer be held against anybody
        db.execute(
            'UPDATE proceeding SET data = data || \'{"record_until": "2020-01-01"}\' WHERE proceeding_id = %s', (id_,)
        )
    assert decider.get(f"/proceedings/{id_}").status_code == 404
    assert f"/proceedings/{id_}" not in decider.get("/proceedings?ended=1").text
    assert concerned.get(f"/proceedings/{id_}").status_code == leading.get(f"/proceedings/{id_}").status_code == 200
    assert "适用的追究办法" in shown and "预警和通知的送达" in shown and "程序结案" in shown
