"""A calendar over HTTP: read with its instruments, imported in two steps by somebody who may. The 2027 used here is invented."""

import pytest

PAPER = {
    "title": "测试用，虚构",
    "number": "测试发〔2026〕1号",
    "published_on": "2026-11-04",
    "days": [{"on": "2027-01-01", "kind": "off", "name": "元旦"}],
}


@pytest.fixture(scope="module", autouse=True)
def _users(api):
    with api.pool.connection() as connection:
        for login, role in (("boss", "leading_group"), ("clerk", "officer")):
            connection.execute(
                "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
                " VALUES (%s, %s, '', %s, '{}', '', 'zh', true, now())",
                (login, login, [role]),
            )


def post(api, version, actor="boss", **more):
    calendar = {"version": version, "extends": "CN", "years": {"2027": "official"}, "instruments": [PAPER]}
    body = {"actor": actor, "calendar": calendar, **more}
    return api.client.post("/api/v1/calendars", json=body, headers={"X-API-Key": api.key})


def test_the_impact_comes_first_and_writes_nothing(api):
    before = api.stored()
    seen = post(api, "seen")
    assert seen.status_code == 200
    assert set(seen.json()) == {"version", "over", "digest", "remarks", "looked_at", "moving", "in_doubt"}
    assert api.stored() == before
    assert api.get("/api/v1/calendars/seen").status_code == 404


def test_who_has_seen_the_impact_confirms_and_the_version_is_in_force(api):
    digest = post(api, "next").json()["digest"]
    done = post(api, "next", confirm=digest)
    assert (done.status_code, done.json()["version"]) == (201, "next")
    shown = api.get("/api/v1/calendars/next").json()
    assert shown["in_force"] and shown["actor"] == "boss" and shown["years"]["2027"] == "official"
    assert shown["instruments"][0]["number"] == PAPER["number"]


def test_a_confirmation_of_something_else_is_refused(api):
    refused = post(api, "other", confirm="0" * 64, calendar={"version": "other", "weekend": ["sun"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "impact_outdated")


def test_a_calendar_without_working_time_is_refused(api):
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    refused = post(api, "none", calendar={"version": "none", "weekend": days})
    assert (refused.status_code, refused.json()["code"]) == (422, "calendar_without_working_time")


def test_who_has_no_role_for_it_imports_nothing(api):
    assert post(api, "x", actor="clerk").status_code == 403
    assert post(api, "x", actor="nobody").status_code == 403
