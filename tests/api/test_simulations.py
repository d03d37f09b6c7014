"""What-if over HTTP: asked for, looked at as it grows, its figures with their cases."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from engine.intake.decide import advance

PATH = "/api/v1/simulations"
SHORTER = [{"code": "XL-01", "committed_limit": {"amount": 1, "unit": "working_days"}, "steps": []}]


@pytest.fixture(scope="module", autouse=True)
def _past(api):
    with api.pool.connection() as connection:
        connection.execute(
            "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
            " VALUES ('ed', 'street-lin', '', '{unit_editor}', '{street}', '', 'zh', true, now())"
        )
    for n in range(3):
        event = api.event(f"W-{n}/1", "application.accepted", f"W-{n}", item="XL-01", data={"holder": "street-lin"})
        assert api.post(event).status_code == 201
    api.clock.at = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    with api.pool.connection() as connection:
        advance(connection, [f"case:W-{n}" for n in range(3)], api.clock)


def asked(api, **body):
    return api.client.post(PATH, json={"actor": "street-lin", **body}, headers={"X-API-Key": api.key})


def ended(api, id_: str) -> dict:
    bound = time.monotonic() + 30
    while time.monotonic() < bound:
        found = api.get(f"{PATH}/{id_}").json()
        if found["status"] != "running":
            return found
        time.sleep(0.05)
    raise AssertionError("the simulation does not end")


def test_a_draft_is_taken_carried_out_and_kept_with_the_cases_of_each_figure(api):
    answer = asked(api, items=SHORTER, title="一日")
    assert answer.status_code == 202, answer.text
    id_ = answer.json()["id"]
    assert answer.headers["location"] == f"{PATH}/{id_}"
    found = ended(api, id_)
    assert found["status"] == "done"
    red = found["figures"]["totals"]["red"]
    assert red["gained"] == 3
    first = api.get(f"{PATH}/{id_}/cases", params={"gained": "red", "size": 2}).json()
    rest = api.get(f"{PATH}/{id_}/cases", params={"gained": "red", "cursor": first["next"]}).json()
    assert [row["case"] for row in [*first["rows"], *rest["rows"]]] == ["W-0", "W-1", "W-2"]
    assert api.get(f"{PATH}/{id_}/measures").json()["rows"]
    assert [row["id"] for row in api.get(PATH, params={"item": "XL-01"}).json()["rows"]] == [id_]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"items": [{"code": "none"}]}, "unknown_item", "items[0].code"),
        ({}, "missing_field", "items"),
        ({"items": [{"code": "XL-01", "committed_limit": {"amount": "x", "unit": "weeks"}}]}, "wrong_type", None),
    ],
)
def test_a_draft_with_a_mistake_is_a_problem_with_its_place(api, body, code, field):
    answer = asked(api, **body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == code or field is None
    assert field is None or answer.json()["field"] == field


def test_only_the_drafted_units_people_may_ask(api):
    assert asked(api, items=SHORTER, actor="street-ma").status_code == 403
    assert asked(api, calendar={"extends": "CN"}).status_code == 403


def test_a_simulation_that_is_not_there_is_not_found(api):
    assert api.get(f"{PATH}/00ff").status_code == 404


def test_what_has_ended_is_not_cancelled_any_more_and_only_those_who_may_ask_may_cancel(api):
    id_ = asked(api, items=SHORTER).json()["id"]
    ended(api, id_)

    def cancelled(simulation: str, actor: str):
        return api.client.post(
            f"{PATH}/{simulation}/cancellation", json={"actor": actor}, headers={"X-API-Key": api.key}
        )

    assert cancelled(id_, "street-ma").status_code == 403
    assert cancelled("00ff", "street-lin").status_code == 404
    answer = cancelled(id_, "street-lin")
    assert (answer.status_code, answer.json()["status"], answer.json()["cancelled_by"]) == (200, "done", None)
