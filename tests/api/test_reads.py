"""Reads: lists with filters and cursors, one case, its ledger, its explanation; and who may read."""

import pytest

PATHS = [
    "/api/v1/cases",
    "/api/v1/cases/R-1",
    "/api/v1/cases/R-1/ledger",
    "/api/v1/cases/R-1/explanation",
    "/api/v1/cases/R-1/follow-code",
    "/api/v1/cases/R-1/as-known?on=2026-03-02T12:00:00%2B08:00",
    "/api/v1/findings",
    "/api/v1/breaches",
    "/api/v1/proceedings",
    "/api/v1/alerts",
    "/api/v1/holds",
    "/api/v1/items",
    "/api/v1/calendars",
    "/api/v1/carriers",
    "/api/v1/complaints",
    "/api/v1/ratings",
    "/api/v1/reports/scores?period=2026Q1",
    "/api/v1/reports/scores/cases?period=2026Q1&figure=concluded",
    "/api/v1/reports/tables?period=2026",
    "/api/v1/reports/commendations?year=2026",
]


@pytest.fixture(autouse=True, scope="module")
def _cases(api):
    for number in range(1, 8):
        holder = "street-lin" if number % 2 else "street-ma"
        event = api.event(f"R-{number}/1", "application.accepted", f"R-{number}", item="XL-01", data={"holder": holder})
        assert api.post(event).status_code == 201
    event = api.event("R-2/2", "decision.made", "R-2", data={"result": "approved"})
    assert api.post(event).status_code == 201
    assert api.post({**event, "id": "R-2/3", "type": "cn.jiannuo.decision.served"}).status_code == 201
    slash = api.event("R/9/1", "application.accepted", "R/9", item="XL-01")
    assert api.post(slash).status_code == 201


@pytest.mark.parametrize("path", PATHS)
def test_every_read_needs_a_key_and_carries_an_etag(api, path):
    assert api.client.get(path).status_code == 401
    answer = api.get(path)
    assert answer.status_code == 200, answer.text
    again = api.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_list_goes_on_where_its_cursor_says(api):
    numbers, cursor = [], None
    while True:
        page = api.get("/api/v1/cases", params={"size": 3, **({"cursor": cursor} if cursor else {})}).json()
        numbers += [row["case_id"] for row in page["rows"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert numbers == sorted(set(numbers))
    assert {f"R-{n}" for n in range(1, 8)} <= set(numbers)


def test_filters_narrow_the_list(api):
    def numbers(**wanted) -> list[str]:
        return [row["case_id"] for row in api.get("/api/v1/cases", params=wanted).json()["rows"]]

    assert numbers(status="concluded") == ["R-2"]
    assert "R-2" not in numbers(status="open")
    assert numbers(holder="street-ma", status="open") == ["R-4", "R-6"]
    assert numbers(due_before="2026-03-01") == []
    assert numbers(unit="nowhere") == []


@pytest.mark.parametrize(
    "query", ["size=0", "size=501", "status=odd", "due_from=soon", "unit=", "cursor=!!!", "cursor=WzFd", "unit=%00"]
)
def test_a_strange_query_is_a_problem_that_names_the_field(api, query):
    answer = api.get(f"/api/v1/cases?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["field"] == query.partition("=")[0]


def test_one_case_shows_its_clocks_and_what_stands_on_its_record(api):
    found = api.get("/api/v1/cases/R-1").json()
    assert found["clocks"]["committed"]["due_on"] == "2026-03-09"
    assert (found["case_id"], found["status"], found["holder"]) == ("R-1", "open", "street-lin")
    assert (found["certificates"], found["breaches"], found["holds"]) == ([], [], [])


def test_a_new_fact_changes_the_etag_of_its_case_alone(api):
    before = {case: api.get(f"/api/v1/cases/{case}").headers["etag"] for case in ("R-5", "R-6")}
    api.post(api.event("R-5/2", "step.completed", "R-5", data={"step": "review"}))
    assert api.get("/api/v1/cases/R-5").headers["etag"] != before["R-5"]
    assert api.get("/api/v1/cases/R-6").headers["etag"] == before["R-6"]


def test_a_number_with_a_slash_is_a_number(api):
    assert api.get("/api/v1/cases/R/9").json()["case_id"] == "R/9"
    assert api.get("/api/v1/cases/R/9/ledger").json()["rows"][0]["type"] == "application.accepted"


def test_the_ledger_gives_facts_and_conclusions_with_their_hashes(api):
    rows = api.get("/api/v1/cases/R-2/ledger").json()["rows"]
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["kind"] for row in rows} == {"fact", "entry"}
    assert all(len(row["hash"]) == 64 for row in rows)


def test_the_explanation_counts_every_day(api):
    committed = api.get("/api/v1/cases/R-1/explanation").json()["clocks"]["committed"]
    counted = [day["n"] for day in committed["days"] if day["counted"]]
    assert counted == [1, 2, 3, 4, 5]
    assert committed["days"][-1]["on"] == committed["due_on"] == "2026-03-09"


def test_before_its_first_fact_a_case_was_not_known(api):
    found = api.get("/api/v1/cases/R-1/as-known?on=2026-03-01T00:00:00%2B08:00").json()
    assert (found["known"], found["clocks"]) == (False, {})
    later = api.get("/api/v1/cases/R-1/as-known?on=2026-03-03T00:00:00%2B08:00").json()
    assert later["clocks"]["committed"]["due_on"] == "2026-03-09"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/cases/none",
        "/api/v1/cases/none/ledger",
        "/api/v1/cases/none/explanation",
        "/api/v1/certificates/none",
        "/api/v1/nowhere",
    ],
)
def test_what_is_not_there_is_a_problem(api, path):
    answer = api.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_probes_need_no_key(api):
    assert api.client.get("/healthz").json() == {"status": "ok"}
    assert api.client.get("/readyz").json() == {"status": "ready"}
    assert "jiannuo_http_seconds_bucket" in api.client.get("/metrics").text


def test_the_calculator_answers_in_the_form_of_the_question(api):
    question = {
        "id": "a",
        "op": "due",
        "calendar": "CN",
        "limit": {"amount": 6, "unit": "working_days"},
        "from": "2026-02-10",
    }
    headers = {"X-API-Key": api.key}
    one = api.client.post("/api/v1/limits", json=question, headers=headers)
    assert (one.status_code, one.json()["due_on"]) == (200, "2026-02-25")
    many = api.client.post("/api/v1/limits", json=[question, {"op": "due"}], headers=headers).json()
    assert many[0] == one.json()
    assert many[1]["error"]["field"]
    lines = api.client.post(
        "/api/v1/limits",
        content=b'{"op":"x"}\n' + one.request.content,
        headers={**headers, "Content-Type": "application/x-ndjson"},
    )
    assert [line[:3] for line in lines.content.splitlines()] == [b'{"i', b'{"i']
    assert (
        api.client.post(
            "/api/v1/limits", content=b"nonsense", headers={**headers, "Content-Type": "application/json"}
        ).status_code
        == 422
    )
