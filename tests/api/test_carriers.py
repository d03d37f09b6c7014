"""A system says what is on display; the answer to what differs comes from the same record."""

from __future__ import annotations


def shown(api, id_: str, **data):
    return api.post(
        api.event(id_, "carrier.displayed", "", subject=None, data={"carrier": "touch_screen", "place": "大厅", **data})
    )


def test_a_display_told_by_a_system_is_held_against_what_is_published(api):
    answer = shown(api, "t1", item="XL-01", committed_limit={"amount": 1, "unit": "working_hours"})
    assert answer.status_code == 201, answer.text
    (row,) = api.get("/api/v1/carriers", params={"item": "XL-01"}).json()["rows"]
    assert (row["told"], row["binds"], row["differences"][0]["what"]) == ("recorded", True, "limit_shorter")
    findings = api.get("/api/v1/findings", params={"kind": "carrier_differs"}).json()["rows"]
    assert [(one["case_id"], one["status"]) for one in findings] == [(None, "open")]


def test_an_item_that_nobody_published_has_no_carriers(api):
    answer = shown(api, "t2", item="none", version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "unknown_item")


def test_a_kind_of_carrier_that_is_none_is_named(api):
    answer = shown(api, "t3", item="XL-01", carrier="wall")
    assert answer.status_code == 422, answer.text
    assert "carrier" in answer.text
