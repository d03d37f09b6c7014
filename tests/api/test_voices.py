"""Complaints and ratings over HTTP: listed with whose turn it is, said to by those who may, never by the one they are about."""

from __future__ import annotations

import pytest

from tests.api.test_reports import answered


@pytest.fixture(scope="module", autouse=True)
def _cases(api):
    users = [("head", ["unit_head"], ["street"], "street-head"), ("lin", ["officer"], ["street"], "street-lin"),
             ("shao", ["inspector"], [], "street-shao")]  # fmt: skip
    with api.pool.connection() as db:
        for login, roles, units, person in users:
            db.execute(
                "INSERT INTO app_user (login, name, person, roles, units, password_hash, locale, active, created_at)"
                " VALUES (%s, '', %s, %s, %s, '', 'zh', true, now())",
                (login, person, roles, units),
            )
    for n in (1, 2, 3):
        opened = api.event(f"V-{n}/1", "application.accepted", f"V-{n}", item="XL-01", data={"holder": "street-lin"})
        assert api.post(opened).status_code == 201
    assert (
        api.post(api.event("V-1/c", "complaint.filed", "V-1", data={"subject": "delay", "text": "太慢"})).status_code
        == 201
    )
    assert api.post(api.event("V-2/r", "rating.submitted", "V-2", data={"score": 1, "text": "差"})).status_code == 201
    assert api.post(api.event("V-3/r", "rating.submitted", "V-3", data={"score": 5})).status_code == 201


def one(api, path: str, case: str) -> dict:
    (row,) = answered(api, path, case=case)["rows"]
    return row


def say(api, path: str, **body):
    return api.client.post(f"/api/v1/{path}", json=body, headers={"X-API-Key": api.key})


def test_each_stands_in_its_list_with_whose_turn_it_is(api):
    complaint = one(api, "/api/v1/complaints", "V-1")
    assert (complaint["phase"], complaint["owner"], complaint["about"]) == ("filed", "street-head", "street-lin")
    assert complaint["phase_until"].startswith("2026-03-09T16:00")
    assert one(api, "/api/v1/ratings", "V-2")["phase"] == "rectification"
    assert one(api, "/api/v1/ratings", "V-3")["phase"] == "settled"
    assert answered(api, "/api/v1/complaints", case="V-2")["rows"] == []


def test_a_score_that_is_no_grade_is_malformed(api):
    answer = api.post(api.event("V-3/x", "rating.submitted", "V-3", data={"score": 6}))
    assert answer.status_code == 422 and "score" in answer.json()["field"]


def test_the_one_it_is_about_has_no_right_and_the_rules_refuse_him_too(api):
    id_ = one(api, "/api/v1/complaints", "V-1")["id"]
    assert say(api, f"complaints/{id_}/accept", actor="street-lin").status_code == 403
    event = api.event("V-1/own", "complaint.accepted", "V-1", data={}, actor="street-lin")
    answer = api.post(event)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_competent")


def test_a_complaint_is_admitted_and_answered_and_only_one_that_is_right_counts(api):
    id_ = one(api, "/api/v1/complaints", "V-1")["id"]
    assert say(api, f"complaints/{id_}/accept", actor="street-head").status_code == 201
    assert one(api, "/api/v1/complaints", "V-1")["phase"] == "accepted"
    assert say(api, f"complaints/{id_}/answer", actor="street-head", result="guilty").status_code == 422
    before = answered(api, "/api/v1/reports/scores", period="2026Q1")["total"]
    assert say(api, f"complaints/{id_}/answer", actor="street-head", result="upheld", text="属实").status_code == 201
    row = one(api, "/api/v1/complaints", "V-1")
    assert (row["phase"], row["result"], row["owner"]) == ("settled", "upheld", None)
    after = answered(api, "/api/v1/reports/scores", period="2026Q1")["total"]
    assert (before["complaints"]["count"], before["complaints_upheld"]["count"]) == (1, 0)
    assert (after["complaints"]["count"], after["complaints_upheld"]["count"]) == (1, 1)


def test_a_rating_is_appealed_by_whom_it_is_about_and_an_unfounded_one_counts_no_more(api):
    id_ = one(api, "/api/v1/ratings", "V-2")["id"]
    assert say(api, f"complaints/{id_}/accept", actor="street-head").status_code == 404
    assert say(api, f"ratings/{id_}/appeal", actor="street-lin", text="误评").status_code == 201
    appealed = one(api, "/api/v1/ratings", "V-2")
    assert (appealed["phase"], appealed["owner"]) == ("rectification", "street-head") or appealed["phase"] == "appealed"
    assert (
        say(api, f"ratings/{id_}/appeal/decision", actor="street-lin", result="unfounded", reason="x").status_code
        == 403
    )
    counted = answered(api, "/api/v1/reports/scores", period="2026Q1")["total"]
    with api.pool.connection() as db:
        db.execute("UPDATE app_user SET roles = ARRAY['leading_group'] WHERE login = 'shao'")
    decided = say(api, f"ratings/{id_}/appeal/decision", actor="street-shao", result="unfounded", reason="查无此事")
    assert decided.status_code == 201, decided.text
    assert one(api, "/api/v1/ratings", "V-2")["result"] == "unfounded"
    assert (
        answered(api, "/api/v1/reports/scores", period="2026Q1")["total"]["ratings"]["count"]
        == counted["ratings"]["count"] - 1
    )


def test_a_complaint_that_names_no_case_is_filed_with_a_number_and_repeated_under_its_key(api):
    said = {"text": "窗口无人", "unit": "street", "subject": "delay", "contact": "a@b.test"}
    first = api.client.post("/api/v1/complaints", json=said, headers={"X-API-Key": api.key, "Idempotency-Key": "once"})
    assert first.status_code == 201, first.text
    given = first.json()
    assert (
        given["number"].startswith("TS-") and given["phase"] == "filed" and given["owner"] and len(given["code"]) == 11
    )
    again = api.client.post("/api/v1/complaints", json=said, headers={"X-API-Key": api.key, "Idempotency-Key": "once"})
    assert (again.status_code, again.json()["number"]) == (200, given["number"])
    rows = api.get("/api/v1/complaints", params={"case": given["case"]}).json()["rows"]
    assert [(row["number"], row["unit"]) for row in rows] == [(given["number"], "street")]
    assert "窗口" not in str(rows) and api.client.post("/api/v1/complaints", json=said).status_code == 401
    assert say(api, f"complaints/{given['id']}/accept", actor="street-lin").status_code == 403
    assert say(api, f"complaints/{given['id']}/accept", actor="street-head").status_code == 201


def test_a_rewarded_report_is_filed_and_decided_by_those_who_may_and_names_nobody(api):
    said = {"text": "收钱办证", "unit": "street", "contact": "钱某某"}
    filed = api.client.post("/api/v1/rewarded-reports", json=said, headers={"X-API-Key": api.key})
    assert filed.status_code == 201 and filed.json()["case"].startswith("report:TS-") and "钱" not in filed.text
    id_ = filed.json()["id"]
    assert say(api, f"complaints/{id_}/accept", actor="street-shao").status_code == 404
    verdict = {"result": "substantiated", "text": "属实"}
    assert say(api, f"rewarded-reports/{id_}/verification", actor="street-head", **verdict).status_code == 403
    assert say(api, f"rewarded-reports/{id_}/verification", actor="street-shao", **verdict).status_code == 201
    reward = {"result": "granted", "amount": 5, "reason": "x"}
    assert say(api, f"rewarded-reports/{id_}/reward", actor="street-head", **reward).status_code == 403
    same = say(api, f"rewarded-reports/{id_}/reward", actor="street-shao", **reward)
    assert same.status_code in {403, 409}, "whoever verified does not decide, whatever his roles"
    assert "钱" not in api.get("/api/v1/complaints").text + api.get("/api/v1/alerts").text
