"""From an empty installation to an item in force, through the API: filed, reviewed, approved, published; and the cases before and after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from engine.api import keys
from engine.api.app import create_app
from engine.api.pace import Pace
from engine.bootstrap import migrate, open_database
from engine.intake.group import GroupCommit
from engine.rebuild.tables import compare
from engine.storage.connect import open_owner
from engine.vault.master import open_master
from tests.api.conftest import StandingClock
from tests.support import servers

pytestmark = pytest.mark.postgres
USERS = (
    ("root", "operator", None), ("zhang", "unit_editor", "planning"), ("qian", "unit_editor", "water"), ("sun", "reviewer", "justice"),
    ("wu", "reviewer", "hall"), ("zhou", "reviewer", "prices"), ("boss", "leading_group", None),
)  # fmt: skip
PEOPLE = [
    {"id": "zhang", "unit": "planning", "post": "officer", "from": "2020-01-01"},
    {"id": "li", "unit": "planning", "post": "first_responsible", "from": "2020-01-01"},
    {"id": "sun", "unit": "justice", "post": "first_responsible", "from": "2020-01-01"},
    {"id": "boss", "unit": "office", "post": "first_responsible", "from": "2020-01-01"},
    {"id": "chen", "unit": "office", "post": "inspector", "from": "2020-01-01"},
]
PARTS = {
    "units": [{"id": name} for name in ("county", "office")]
    + [{"id": name, "parent": "county"} for name in ("planning", "water", "justice", "hall", "prices")],
    "people": PEOPLE,
    "leading_group_office": "office",
    "inspectors": ["chen"],
    "sources": [{"id": "hall"}],
    "categories": [{"id": "licensing", "name": "行政许可"}],
    "filing": {"reviews": [
        {"office": "legal_office", "unit": "justice", "limit": {"amount": 3, "unit": "working_days"}},
        {"office": "approval_centre", "unit": "hall"}, {"office": "price_bureau", "unit": "prices", "only_with_fees": True},
    ]},
}  # fmt: skip
DAYS = "working_days"


def limit(n: int) -> dict[str, Any]:
    return {"amount": n, "unit": DAYS}


ITEM: dict[str, Any] = {
    "code": "P-01", "name": "临时占道许可", "unit": "planning", "category": "licensing", "statutory_limit": limit(20), "committed_limit": limit(8),
    "holder": "zhang", "fees": [{"code": "f1", "amount": 50}], "attributes": {"main_road": "boolean"},
    "steps": [
        {"id": "check", "holder": "zhang", "limit": limit(2)}, {"id": "site", "holder": "zhang", "limit": limit(4)},
        {"id": "sign", "holder": "post:first_responsible", "limit": limit(2)},
    ],
    "silence": {"effect": "approve", "clock": "committed", "basis": "《行政许可法》第五十条",
                "exclusions": [{"when": "attributes.main_road == true", "basis": "第七条"}]},
    "warnings": [{"before": limit(2)}, {"before": limit(1), "level": "yellow"}],
}  # fmt: skip


class Agency:
    """Calls counted as they are made."""

    def __init__(self, client: TestClient, clock: StandingClock, url: str) -> None:
        self.client, self.clock, self.url = client, clock, url
        self.key = ""
        self.calls = 0

    def post(self, path: str, **body: Any) -> Any:
        self.calls += 1
        return self.client.post(f"/api/v1{path}", json=body, headers={"X-API-Key": self.key})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers={"X-API-Key": self.key}).json()

    def file(self, actor: str, item: dict[str, Any]) -> str:
        answer = self.post("/filings", actor=actor, item=item)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def publish(self, item: dict[str, Any], effective_from: str) -> str:
        """The whole life, everybody agreeing."""
        id_ = self.file("zhang", item)
        assert self.post(f"/filings/{id_}/submit", actor="zhang").status_code == 200
        for who, office in (("sun", "legal_office"), ("wu", "approval_centre"), ("zhou", "price_bureau")):
            done = self.post(f"/filings/{id_}/review", actor=who, office=office, verdict="agreed")
            assert done.status_code == 200, done.text
        assert self.post(f"/filings/{id_}/approve", actor="boss").json()["phase"] == "approved"
        done = self.post(f"/filings/{id_}/publish", actor="boss", effective_from=effective_from)
        assert (done.status_code, done.json()["phase"]) == (200, "published"), done.text
        return id_

    def accept(self, case: str) -> Any:
        event = {
            "specversion": "1.0", "id": f"m-{case}", "source": "hall", "type": "cn.jiannuo.application.accepted", "subject": case,
            "time": self.clock.at.isoformat(), "item": "P-01", "data": {"holder": "zhang", "applicant": "赵某"},
        }  # fmt: skip
        headers = {"X-API-Key": self.key, "Content-Type": "application/cloudevents+json"}
        answer = self.client.post("/api/v1/events", json=event, headers=headers)
        assert answer.status_code == 201, answer.text
        return self.get(f"/cases/{case}")


@pytest.fixture
def agency(postgres_server: str, tmp_path: Any) -> Any:
    clock = StandingClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    key_file = tmp_path / "master.key"
    with servers.fresh_database(postgres_server) as url:
        migrate(url)
        with open_database(url, key_file) as pool:
            group = GroupCommit(pool, clock)
            try:
                app = create_app(pool, clock, group, open_master(key_file), pace=Pace(1000, 10_000))
                with TestClient(app) as client:
                    made = Agency(client, clock, url)
                    with pool.connection() as connection:
                        made.key = keys.issue(connection, "hall", clock.now())
                        for login, role, unit in USERS:
                            connection.execute(
                                "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
                                " VALUES (%s, %s, '', %s, %s, '', 'zh', true, now())",
                                (login, login, [role], [unit] if unit else []),
                            )
                    yield made
            finally:
                group.close()


def test_an_item_is_configured_in_under_twenty_calls_and_runs_from_the_next_morning_on(agency: Agency):
    assert agency.post("/configuration", actor="root", parts=PARTS).status_code == 201
    agency.publish(ITEM, "2026-03-03")
    assert agency.calls < 20
    agency.clock.at = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    yesterday = agency.accept("A1")
    agency.publish(ITEM | {"committed_limit": limit(6), "steps": ITEM["steps"][:2]}, "2026-03-04")
    agency.clock.at = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    today = agency.accept("A2")
    assert (yesterday["item_version"], yesterday["due_on"]) == (1, "2026-03-13")
    assert (today["item_version"], today["due_on"]) == (2, "2026-03-12")
    again = agency.get("/cases/A1")
    assert (again["item_version"], again["due_on"]) == (1, "2026-03-13"), "the case of yesterday keeps its promise"
    with open_owner(agency.url) as connection, connection.transaction():
        assert compare(connection, lambda _: None) == []


def test_what_lint_refuses_is_not_submitted_and_says_what_to_mend(agency: Agency):
    agency.post("/configuration", actor="root", parts=PARTS)
    late = ITEM | {"committed_limit": limit(14)}
    checked = agency.post("/items/lint", item=late).json()
    assert [(one["code"], one["severity"]) for one in checked] == [("two_thirds_rule", "error")]
    id_ = agency.file("zhang", late)
    refused = agency.post(f"/filings/{id_}/submit", actor="zhang")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        409,
        "lint_errors",
        "committed_limit",
    )


def test_a_refused_wish_stays_on_the_record_of_its_filing(agency: Agency):
    agency.post("/configuration", actor="root", parts=PARTS)
    id_ = agency.file("zhang", ITEM | {"committed_limit": limit(14)})
    assert agency.post(f"/filings/{id_}/submit", actor="zhang").status_code == 409
    assert agency.post(f"/filings/{id_}/approve", actor="boss").status_code == 409
    shown = agency.get(f"/filings/{id_}")
    assert shown["phase"] == "draft"
    assert [(one["type"], one["by"], one["phase"], one["remarks"], one["code"]) for one in shown["log"]] == [
        ("filing_saved", "zhang", "draft", None, None),
        ("filing_refused", "zhang", "draft", "submit", "lint_errors"),
        ("filing_refused", "boss", "draft", "approve", "wrong_phase"),
    ]
    with open_owner(agency.url) as connection, connection.transaction():
        assert compare(connection, lambda _: None) == []


def test_rights_reach_as_far_as_the_unit(agency: Agency):
    agency.post("/configuration", actor="root", parts=PARTS)
    assert agency.post("/configuration", actor="zhang", parts={}).status_code == 403
    assert agency.post("/filings", actor="qian", item=ITEM).status_code == 403, "an editor of another unit"
    id_ = agency.file("zhang", ITEM)
    agency.post(f"/filings/{id_}/submit", actor="zhang")
    assert agency.post(f"/filings/{id_}/review", actor="wu", office="legal_office", verdict="agreed").status_code == 403
    assert agency.post(f"/filings/{id_}/approve", actor="sun").status_code == 403
    assert agency.post(f"/filings/{id_}/approve", actor="boss").json()["code"] == "wrong_phase"


def test_the_log_says_who_did_what_when_and_what_changed(agency: Agency):
    agency.post("/configuration", actor="root", parts=PARTS)
    id_ = agency.file("zhang", ITEM)
    agency.post(f"/filings/{id_}/save", actor="zhang", item=ITEM | {"committed_limit": limit(10)})
    agency.post(f"/filings/{id_}/submit", actor="zhang")
    agency.post(f"/filings/{id_}/review", actor="sun", office="legal_office", verdict="objected", remarks="依据不足")
    shown = agency.get(f"/filings/{id_}")
    assert [(one["type"], one["by"]) for one in shown["log"]] == [
        ("filing_saved", "zhang"), ("filing_saved", "zhang"), ("filing_submitted", "zhang"), ("filing_reviewed", "sun")
    ]  # fmt: skip
    assert shown["log"][1]["changed"] == [{"field": "committed_limit.amount", "before": 8, "after": 10}]
    assert shown["log"][3]["remarks"] == "依据不足" and shown["phase"] == "returned"
    assert {"field": "name", "before": None, "after": "临时占道许可"} in shown["against_published"]
    assert [row["id"] for row in agency.get("/filings?phase=returned")["rows"]] == [id_]


def test_a_withheld_power_is_exercised_and_is_no_finding(agency: Agency):
    agency.post("/configuration", actor="root", parts=PARTS)
    id_ = agency.file("zhang", ITEM | {"fees": []})
    basis = {"basis": "《保守国家秘密法》第九条", "reason": "涉密"}
    assert agency.post(f"/filings/{id_}/submit", actor="zhang", withhold=basis).status_code == 200
    for who, office in (("sun", "legal_office"), ("wu", "approval_centre")):
        agency.post(f"/filings/{id_}/review", actor=who, office=office, verdict="agreed")
    assert agency.post(f"/filings/{id_}/approve", actor="boss").json()["phase"] == "withheld"
    agency.clock.at = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    assert agency.accept("A1")["due_on"] == "2026-03-13"
    assert agency.get("/findings")["rows"] == []


def test_what_is_configured_can_be_exported_and_imported_again_without_change(agency: Agency):
    agency.post("/configuration", actor="root", parts=PARTS)
    agency.publish(ITEM, "2026-03-03")
    agency.publish(ITEM | {"committed_limit": limit(6), "steps": ITEM["steps"][:2]}, "2026-03-04")
    exported = agency.get("/configuration")
    assert [(item["code"], item["version"]) for item in exported["items"]] == [("P-01", 1), ("P-01", 2)]
    parts = {name: value for name, value in exported.items() if name != "items"}
    again = agency.post("/configuration", actor="root", parts=parts)
    assert {kind: count["recorded"] for kind, count in again.json().items()} == dict.fromkeys(again.json(), 0)
    refused = agency.post("/configuration", actor="root", parts=exported)
    assert (refused.status_code, refused.json()["code"]) == (422, "items_are_filed")
