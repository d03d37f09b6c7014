"""The way in: each outcome has its status, each refusal its code, and what is refused leaves nothing half-stored."""

import base64
import itertools
import json

import pytest

NUMBERS = itertools.count(1)


@pytest.fixture
def case() -> str:
    return f"C-{next(NUMBERS)}"


def accepted(api, case, **more):
    return api.event(more.pop("id", f"{case}/1"), "application.accepted", case, **{"item": "XL-01", **more})


def problem(answer, status: int, code: str) -> dict:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status)
    assert body["message"]
    assert body["detail"] == body["message"]
    assert body["what_to_do"] or code not in {"malformed", "unauthorized"}
    return body


def test_a_new_fact_is_answered_with_the_dates_of_its_case(api, case):
    answer = api.post(accepted(api, case))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["outcome"], body["case"]) == ("recorded", case)
    assert body["dates"]["committed"]["due_on"] == "2026-03-09"
    assert (
        body["dates"]["committed"]["expires_at"].startswith("2026-03-09T16:00:00")
        or "+08:00" in body["dates"]["committed"]["expires_at"]
    )


def test_the_same_message_again_changes_nothing_and_says_so(api, case):
    event = accepted(api, case)
    first = api.post(event)
    before = api.stored()
    again = api.post(event)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["outcome"] == "duplicate"
    assert again.json()["dates"] == first.json()["dates"]
    assert api.stored() == before


def test_the_same_id_with_another_content_is_refused(api, case):
    event = accepted(api, case)
    assert api.post(event).status_code == 201
    problem(api.post({**event, "data": {"holder": "street-ma"}}), 409, "message_id_reused")


def test_binary_mode_says_the_same_as_structured_mode(api, case):
    event = accepted(api, case)
    assert api.post(event).status_code == 201
    headers = {f"ce-{name}": str(value) for name, value in event.items() if name != "data"}
    again = api.client.post(
        "/api/v1/events", json=event["data"], headers={**headers, "Authorization": f"Bearer {api.key}"}
    )
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")


def test_a_fact_of_an_unknown_case_is_parked(api, case):
    answer = api.post(api.event(f"{case}/9", "decision.made", case, data={"result": "approved"}))
    assert (answer.status_code, answer.json()["outcome"]) == (202, "parked")


def test_an_unknown_item_is_refused_and_kept_in_quarantine(api, case):
    before = api.stored()
    body = problem(api.post(accepted(api, case, item="NO-SUCH")), 409, "unknown_item")
    assert body["case"] == case
    assert api.stored()["quarantine"] == before["quarantine"] + 1
    assert api.stored()["case_file"] == before["case_file"]


def test_a_fact_for_a_closed_case_is_refused_and_on_record(api, case):
    assert api.post(accepted(api, case)).status_code == 201
    assert api.post(api.event(f"{case}/2", "decision.made", case, data={"result": "approved"})).status_code == 201
    assert api.post(api.event(f"{case}/3", "decision.served", case, data={"result": "approved"})).status_code == 201
    late = api.post(api.event(f"{case}/4", "clock.suspended", case, data={"reason": "expert_review"}))
    problem(late, 409, "case_closed")
    rows = api.get(f"/api/v1/cases/{case}/ledger").json()["rows"]
    assert [row["type"] for row in rows].count("fact_refused") == 1


UNTOUCHED = [
    ("not JSON", b"{nonsense", 422, "not_json", None),
    ("no UTF-8", b'{"specversion":"1.0","id":"\xff"}', 422, "not_json", None),
    ("an array", b"[]", 422, "malformed", None),
    ("nested without end", b'{"data":' + b'{"a":' * 100_000, 422, "not_json", None),
    ("nested too deep", b'{"specversion":"1.0","data":' + b'{"a":' * 40 + b"1" + b"}" * 41, 422, "malformed", None),
    ("no time", {"time": None, "occurredon": None}, 422, "missing_time", "time"),
    ("a time without offset", {"time": "2026-03-02T09:00:00"}, 422, "malformed", "time"),
    ("a day as time", {"time": "2026-03-02"}, 422, "malformed", "time"),
    ("both times", {"time": "2026-03-02T09:00:00+08:00", "occurredon": "2026-03-02"}, 422, "malformed", "occurredon"),
    ("a time long ago", {"time": "0001-01-01T00:00:00+08:00"}, 422, "malformed", "time"),
    ("an unknown type", {"type": "cn.jiannuo.application.eaten"}, 422, "unknown_type", "type"),
    ("a type of somebody else", {"type": "com.example.thing"}, 422, "unknown_type", "type"),
    ("no case", {"subject": None}, 422, "malformed", "subject"),
    ("no id", {"id": ""}, 422, "malformed", "id"),
    ("an id too long", {"id": "x" * 300}, 422, "malformed", "id"),
    ("another version", {"specversion": "0.3"}, 422, "malformed", "specversion"),
    ("data of another shape", {"data": []}, 422, "malformed", "data"),
    ("an unknown field", {"data": {"hodler": "x"}}, 422, None, "data.hodler"),
    ("a fraction", {"data": {"attributes": {"area": 1.5}}}, 422, "malformed", None),
    ("U+0000", {"data": {"holder": "a\x00b"}}, 422, "malformed", "data"),
    ("strange evidence", {"data": {"evidence": ["x"]}}, 422, "malformed", "data.evidence"),
    ("a sequence in words", {"sequence": "first"}, 422, "malformed", "sequence"),
    ("an unknown source", {"source": "nobody"}, 403, "unknown_source", "source"),
    ("another source", {"source": "other"}, 403, "wrong_source", "source"),
]


@pytest.mark.parametrize(
    ("change", "status", "code", "field"), [row[1:] for row in UNTOUCHED], ids=[row[0] for row in UNTOUCHED]
)
def test_what_is_malformed_is_named_and_leaves_nothing(api, case, change, status, code, field):
    before = api.stored()
    event = (
        change
        if isinstance(change, bytes)
        else {k: v for k, v in {**accepted(api, case), **change}.items() if v is not None}
    )
    answer = api.post(event)
    body = problem(answer, status, code or answer.json()["code"])
    if field is not None:
        assert body["field"] == field
    assert api.stored() == before


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": "jn_wrong"}, {"Authorization": "Bearer jn_wrong"}, {"Authorization": "Basic eA=="}]
)
def test_without_a_valid_key_nothing_is_taken(api, case, headers):
    before = api.stored()
    answer = api.client.post(
        "/api/v1/events", json=accepted(api, case), headers={"Content-Type": "application/cloudevents+json", **headers}
    )
    problem(answer, 401, "unauthorized")
    assert "bearer" in answer.headers["www-authenticate"].lower()
    assert api.stored() == before


def test_another_content_type_is_refused(api, case):
    problem(api.post(accepted(api, case), media="text/plain"), 415, "unsupported_media_type")


def test_a_day_alone_is_taken_as_a_day(api, case):
    assert api.post(accepted(api, case, occurredon="2026-03-02")).status_code == 201
    row = api.get(f"/api/v1/cases/{case}/ledger").json()["rows"][0]
    assert row["occurred_at"].startswith("2026-03-02T15:59:59")


def test_a_batch_is_answered_item_by_item_and_a_bad_item_stops_no_other(api, case):
    batch = [
        accepted(api, f"{case}a"),
        {**accepted(api, f"{case}b"), "time": "soon"},
        {"id": "lonely"},
        accepted(api, f"{case}c", source="other"),
        accepted(api, f"{case}d", item="NO-SUCH"),
        accepted(api, f"{case}a"),
        api.event(f"{case}e/1", "decision.made", f"{case}e", data={"result": "approved"}),
        accepted(api, f"{case}f"),
    ]
    answer = api.post(batch, media="application/cloudevents-batch+json")
    assert answer.status_code == 200
    found = answer.json()
    assert [one["status"] for one in found] == [201, 422, 422, 403, 409, 200, 202, 201]
    assert [one["id"] for one in found] == [event["id"] for event in batch]
    assert found[1]["field"] == "time"
    assert found[7]["dates"]["committed"]["due_on"]


def test_an_empty_batch_is_an_empty_answer(api):
    answer = api.post([], media="application/cloudevents-batch+json")
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_batch_that_is_no_list_is_refused(api):
    problem(api.post({"id": "x"}, media="application/cloudevents-batch+json"), 422, "not_json")


def test_a_signed_message_needs_no_key(api, case):
    from standardwebhooks import Webhook

    from engine.api.keys import digest
    from engine.api.signatures import secret_of

    with api.pool.connection() as connection:
        secret = secret_of(connection.vault, digest(api.key))
    body = json.dumps(accepted(api, case)).encode()
    signed = sign(Webhook(secret), body)
    assert api.client.post("/api/v1/events", content=body, headers=signed).status_code == 201
    forged = api.client.post("/api/v1/events", content=body.replace(b"XL-01", b"XL-02"), headers=signed)
    problem(forged, 401, "unauthorized")
    broken = api.client.post("/api/v1/events", content=body, headers={**signed, "webhook-signature": "v1"})
    problem(broken, 401, "unauthorized")


def sign(webhook, body: bytes) -> dict[str, str]:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign("msg_1", now, body.decode()),
        "content-type": "application/cloudevents+json",
    }


def test_the_raw_message_is_not_readable_in_the_database(api, case):
    secret = "王某某的身份"
    assert api.post(accepted(api, case, data={"applicant": secret})).status_code == 201
    with api.pool.connection() as connection:
        for table in ("entry", "inbox", "case_file", "vault_item", "stream"):
            text = connection.execute(f"SELECT string_agg(t::text, '') FROM {table} t").fetchone()[0]
            assert secret not in text
            assert secret.encode().hex() not in text
            assert base64.b64encode(secret.encode()).decode() not in text


def test_every_outcome_is_counted(api, case):
    def counted() -> float:
        lines = api.client.get("/metrics").text.splitlines()
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith('jiannuo_events_total{code="missing_time"')
        )

    before = counted()
    api.post(accepted(api, case, time=None, occurredon=None))
    assert counted() == before + 1
