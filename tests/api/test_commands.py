"""What people decide: each decision is a fact through the one door, by somebody who has the role for it."""

from datetime import UTC, datetime

import pytest

from engine.intake.decide import advance

USERS = [
    ("sha", "street-shao", ["inspector"], []),
    ("shao", "street-head", ["unit_head"], ["street"]),
    ("lin", "street-lin", ["officer"], ["street"]),
]


@pytest.fixture(scope="module", autouse=True)
def _users(api):
    with api.pool.connection() as connection:
        for login, person, roles, units in USERS:
            connection.execute(
                "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
                " VALUES (%s, %s, '', %s, %s, '', 'zh', true, now())",
                (login, person, roles, units),
            )


@pytest.fixture(scope="module")
def overdue(api) -> str:
    """A case whose limit has passed, as its workflow would find it."""
    event = api.event("K-1/1", "application.accepted", "K-1", item="XL-01", data={"holder": "street-lin"})
    assert api.post(event).status_code == 201
    api.clock.at = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    with api.pool.connection() as connection:
        advance(connection, ["case:K-1"], api.clock)
    return "K-1"


def one(api, path: str, **wanted) -> dict:
    rows = api.get(path, params={"case": "K-1", **wanted}).json()["rows"]
    assert rows, f"nothing at {path} {wanted}"
    return rows[0]


def command(api, path: str, body: dict, **headers):
    return api.client.post(f"/api/v1{path}", json=body, headers={"X-API-Key": api.key, **headers})


def test_the_days_of_a_case_end_in_decisions_of_people(api, overdue):
    alert = one(api, "/api/v1/alerts", level="red", status="open")
    seen = command(api, f"/alerts/{alert['id']}/acknowledge", {"actor": alert["data"]["to"][0]})
    assert seen.status_code == 201, seen.text
    assert one(api, "/api/v1/alerts", level="red")["acknowledged_at"] is not None

    finding = one(api, "/api/v1/findings", kind="limit_expired")
    body = {"actor": "street-shao", "grade": "ordinary", "reason": "no excuse on record"}
    confirmed = command(api, f"/findings/{finding['id']}/confirm", body)
    assert confirmed.status_code == 201, confirmed.text
    assert one(api, "/api/v1/findings", kind="limit_expired")["status"] == "confirmed"

    proceeding = one(api, "/api/v1/proceedings", person="street-lin")
    assert proceeding["proposed_level"] == 2
    address = f"/proceedings/{proceeding['proceeding_id']}"
    said = command(api, f"{address}/statement", {"actor": "street-lin", "text": "the file came late"})
    assert said.status_code == 201, said.text
    decided = command(api, f"{address}/decision", {"actor": "street-head", "level": 2, "reason": "first time"})
    assert decided.status_code == 201, decided.text
    assert one(api, "/api/v1/proceedings", person="street-lin")["decided_level"] == 2


def test_who_has_no_role_for_it_may_not(api, overdue):
    finding = one(api, "/api/v1/findings")
    before = api.stored()
    for actor in ("street-lin", "nobody"):
        answer = command(api, f"/findings/{finding['id']}/dismiss", {"actor": actor, "reason": "x"})
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (403, "forbidden", "actor")
    assert api.stored() == before


def test_the_same_idempotency_key_is_the_same_decision(api, overdue):
    finding = one(api, "/api/v1/findings", kind="step_overdue")
    body = {"actor": "street-shao", "reason": "the step was done, its report is lost"}
    path = f"/findings/{finding['id']}/dismiss"
    first = command(api, path, body, **{"Idempotency-Key": "k1"})
    again = command(api, path, body, **{"Idempotency-Key": "k1"})
    other = command(api, path, {**body, "reason": "changed"}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 200), first.text + again.text
    assert (other.status_code, other.json()["code"]) == (409, "message_id_reused")


@pytest.mark.parametrize(
    "body",
    [{}, {"actor": ""}, {"actor": "a"}, {"actor": "a", "reason": "x", "more": 1}, {"actor": "a\x00", "reason": "x"}],
)
def test_a_malformed_decision_names_its_field(api, overdue, body):
    finding = one(api, "/api/v1/findings")
    answer = command(api, f"/findings/{finding['id']}/dismiss", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["field"] in {"actor", "reason", "more"}


@pytest.mark.parametrize("path", ["/findings/none/confirm", "/alerts/none/acknowledge", "/proceedings/none/statement"])
def test_a_decision_about_nothing_is_a_problem(api, path):
    answer = command(
        api, path, {"actor": "street-shao", "text": "x"} if "statement" in path else {"actor": "street-shao"}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_finding_is_excused_withdrawn_and_counted_by_its_detector(api):
    for case in ("K-2", "K-3", "K-4"):
        assert (
            api.post(
                api.event(f"{case}/1", "application.accepted", case, item="XL-01", data={"holder": "street-lin"})
            ).status_code
            == 201
        )
        charged = api.event(f"{case}/2", "fee.charged", case, data={"code": "F-9", "amount": 5})
        assert api.post(charged).status_code == 201
    ids = {
        row["case_id"]: row["id"] for row in api.get("/api/v1/findings", params={"kind": "wrong_fee"}).json()["rows"]
    }
    said = {"actor": "street-shao", "reason": "a pilot, by the county's notice"}
    answers = [
        command(api, f"/findings/{ids['K-2']}/excuse", {**said, "code": "pilot_reform"}),
        command(api, f"/findings/{ids['K-3']}/withdraw", said),
        command(api, f"/findings/{ids['K-4']}/dismiss", said),
    ]
    assert [one.status_code for one in answers] == [201, 201, 201], [one.text for one in answers]
    assert command(api, f"/findings/{ids['K-4']}/excuse", said).status_code == 422, "without a code"
    statuses = {
        row["case_id"]: row["status"]
        for row in api.get("/api/v1/findings", params={"kind": "wrong_fee"}).json()["rows"]
    }
    assert statuses == {"K-2": "excused", "K-3": "withdrawn", "K-4": "dismissed"}
    [row] = [r for r in api.get("/api/v1/reports/detectors").json()["rows"] if r["kind"] == "wrong_fee"]
    assert (row["excused"], row["withdrawn"], row["dismissed"], row["dismissed_share"]) == (1, 1, 1, 50)
    assert row["source"] and row["trial"] is False
