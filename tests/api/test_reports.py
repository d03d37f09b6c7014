"""Reports over HTTP: every figure leads to its cases, by the address that the answer itself gives."""

from __future__ import annotations

import pytest

from engine.storage.config import record
from rules.figures import FIGURES

SCORES = "/api/v1/reports/scores"


@pytest.fixture(scope="module", autouse=True)
def _cases(api):
    for n in range(1, 8):
        holder = "street-lin" if n % 2 else "street-ma"
        event = api.event(f"S-{n}/1", "application.accepted", f"S-{n}", item="XL-01", data={"holder": holder})
        assert api.post(event).status_code == 201
        if n < 6:
            served = api.event(f"S-{n}/2", "decision.served", f"S-{n}", data={"result": "approved"})
            assert api.post(served).status_code == 201
    assert api.post(api.event("S-1/3", "complaint.filed", "S-1", data={"text": "太慢"})).status_code == 201


def answered(api, path: str, **params):
    answer = api.get(path, **({"params": params} if params else {}))
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(api, address: str) -> list[dict]:
    rows, cursor = [], None
    while True:
        page = answered(api, address + (f"&cursor={cursor}" if cursor else "") + "&size=2")
        rows += page["rows"]
        cursor = page["next"]
        if cursor is None:
            return rows


@pytest.mark.parametrize(
    "wanted", [{"subject": "unit"}, {"subject": "person"}, {"subject": "person", "unit": "street"}]
)
def test_every_figure_leads_to_exactly_its_cases(api, wanted):
    found = answered(api, SCORES, period="2026Q1", **wanted)
    assert sum(row["figures"]["concluded"]["count"] for row in found["rows"]) >= 5
    for row in found["rows"]:
        for figure in FIGURES:
            rows = listed(api, row["cases"].format(figure=figure))
            assert len(rows) == row["figures"][figure]["count"], (row["id"], figure)


def test_units_without_cases_have_no_score_and_others_have_points_and_a_grade(api):
    rows = answered(api, SCORES, period="2026Q1")["rows"]
    judged = [row for row in rows if row["figures"]["due"]["count"]]
    assert judged and all(0 <= row["score"] <= 100 and row["grade"] != "no_cases" for row in judged)
    empty = answered(api, SCORES, period="2019Q1")["rows"]
    assert empty and all(row["score"] is None and row["grade"] == "no_cases" for row in empty)


def test_tables_add_up(api):
    found = {table["by"]: table for table in answered(api, "/api/v1/reports/tables", period="2026")["tables"]}
    assert set(found) == {"unit", "month", "category", "measure"}
    for table in found.values():
        for column in table["columns"]:
            assert sum(row[column] for row in table["rows"]) == table["total"][column]


@pytest.mark.parametrize(
    ("path", "params", "status", "field"),
    [
        (SCORES, {"period": "next year"}, 422, "period"),
        (SCORES, {}, 422, "period"),
        (SCORES, {"period": "2026Q1", "unit": "moon"}, 404, "unit"),
        (f"{SCORES}/cases", {"period": "2026Q1", "figure": "smiles"}, 422, "figure"),
        (f"{SCORES}/cases", {"period": "2026Q1", "figure": "red", "cursor": "abc"}, 422, "cursor"),
        ("/api/v1/reports/commendations", {"year": "2026Q1"}, 422, "year"),
    ],
)
def test_what_cannot_be_answered_says_where_and_why(api, path, params, status, field):
    answer = api.get(path, params=params)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_commendation_names_nobody_before_the_year_has_enough_quarters(api):
    assert answered(api, "/api/v1/reports/commendations", year="2026")["rows"] == []


def settle(api, **body):
    return api.client.post(f"{SCORES}/settlements", json=body, headers={"X-API-Key": api.key})


def test_only_the_leading_group_settles_and_then_the_quarter_stays(api):
    with api.pool.connection() as db:
        db.execute(
            "INSERT INTO app_user (login, name, person, roles, units, password_hash, locale, active, created_at)"
            " SELECT 'zhao', '', 'zhao', ARRAY['leading_group'], ARRAY[]::text[], '', 'zh', true, now()"
        )
    assert settle(api, actor="nobody", period="2026Q1").status_code == 403
    answer = settle(api, actor="zhao", period="2026Q1")
    assert answer.status_code == 201, answer.text
    assert answer.json()["settled"]["by"] == "zhao" and answer.json()["changes"] == []
    assert api.post(api.event("S-2/3", "complaint.filed", "S-2", data={"text": "慢"})).status_code == 201
    later = answered(api, SCORES, period="2026Q1")
    told = [change for change in later["changes"] if change["what"] == "complaints"]
    assert told and all(change["now"] == change["settled"] + 1 for change in told)


def test_a_formula_of_the_county_is_taken_from_its_effective_date_on(api):
    body = {
        "subject": "unit", "version": 2, "effective_from": "2026-03-01", "basis": "试行办法",
        "terms": [{"type": "rate", "id": "on_time", "figure": "on_time", "per": "due", "points": 100}],
        "grades": [{"grade": "pass", "at_least": 0}],
    }  # fmt: skip
    with api.pool.connection() as db:
        record(db, "evaluation", "unit", body, at=api.clock.now())
    before, now = answered(api, SCORES, period="2026-02"), answered(api, SCORES, period="2026-03")
    assert (before["formula"]["version"], now["formula"]["version"], now["formula"]["basis"]) == (1, 2, "试行办法")
    assert {row["grade"] for row in now["rows"]} <= {"pass", "no_cases"}
