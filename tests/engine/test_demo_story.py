"""The county's plan and the rules agree: what is meant to go wrong does, and nothing else."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.conditions import conditions_of
from engine.demo.plan import Plan
from engine.provisioning.folder import read_folder
from engine.provisioning.record import pieces
from engine.storage.world import build
from rules.calendar import shipped
from rules.facts import Fact
from rules.payloads import payload_of
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report

CN = shipped("CN")
BEGINS = date(2026, 1, 12)
DAYS = [BEGINS + timedelta(days=n) for n in range(60)]
PLAN = Plan(county=read_folder(Path(__file__).parents[2] / "examples" / "county"), calendar=CN, begins=BEGINS)
TOLD = {filing.case: getattr(told, "__name__", "forgotten") for day in DAYS for filing, told in PLAN.cases(day)}
SHOWCASE = "AL-20260112-00"


@pytest.fixture(scope="module")
def county() -> dict[str, Any]:
    """Sixty days of the county's life, played through the rules."""
    bodies: dict[str, list[dict[str, Any]]] = {}
    for piece in pieces(PLAN.county):
        body = {"id": piece.id, **piece.body} if piece.kind == "setting" else piece.body
        bodies.setdefault(piece.kind, []).append(body)
    world = build(bodies, "test")
    world.conditions = conditions_of(PLAN.county.items)
    until = CN.start_of(DAYS[-1])
    played = Rehearsal(world, until)
    played.play([fact for day in DAYS for fact in facts(day) if fact.recorded_at < until])
    return report(played, [])


def facts(day: date) -> list[Fact]:
    return [
        Fact(
            id=event.id,
            type=event.type,
            case=event.case,
            source=event.source,
            occurred_at=event.at,
            recorded_at=event.sent_at,
            reported_at=event.sent_at,
            data=payload_of(event.type, event.data),
            item=event.item,
            actor=event.actor,
        )
        for event in PLAN.day(day)
    ]


def behaviours(rows: list[dict[str, Any]], kind: str) -> set[str]:
    return {TOLD[row["case"]] for row in rows if row["kind"] == kind}


def test_the_first_case_ends_in_consent_with_a_certificate_and_in_a_breach(county: dict[str, Any]) -> None:
    case = county["cases"][SHOWCASE]
    ends = CN.start_of(date(2026, 1, 15)).astimezone(CN.zone).isoformat()
    assert (case["status"], case["outcome"]["kind"], case["outcome"]["legal_at"]) == (
        "concluded",
        "implied_consent",
        ends,
    )
    assert [certificate["status"] for certificate in case["certificates"]] == ["valid"]
    assert case["clocks"]["committed"]["breached_at"] == ends


def test_its_red_card_is_answered_and_its_finding_confirmed(county: dict[str, Any]) -> None:
    levels = {alert["level"]: alert for alert in county["alerts"] if alert["case"] == SHOWCASE}
    assert levels["warning"]["scheduled_at"] < levels["red"]["scheduled_at"]
    assert levels["red"]["answered_at"]
    confirmed = [f for f in county["findings"] if f["case"] == SHOWCASE and f["kind"] == "limit_expired"]
    assert [finding["status"] for finding in confirmed] == ["confirmed"]


def test_the_officer_who_fails_three_times_climbs_the_ladder(county: dict[str, Any]) -> None:
    climbed = [p for p in county["proceedings"] if p["person"] == "urban-ren"]
    assert [(p["count_in_window"], p["proposed_level"]) for p in climbed] == [(1, 2), (2, 4), (3, 5)]
    assert [p["decided_level"] for p in climbed] == [None, 4, None]


def test_only_cases_that_are_meant_to_be_late_are(county: dict[str, Any]) -> None:
    assert behaviours(county["findings"], "limit_expired") == {"late", "silent", "forgotten"}
    assert behaviours(county["findings"], "step_overdue") == {"step_late", "silent", "forgotten"}
    assert behaviours(county["findings"], "off_catalogue") == {"off_catalogue"}


def test_nothing_the_county_does_is_refused_or_left_over(county: dict[str, Any]) -> None:
    assert county["refusals"] == []
    assert county["parked"] == []
    assert {row["fact"].rpartition("/")[0] for row in county["quarantined"]} == {
        case for case, told in TOLD.items() if told == "off_catalogue"
    }


def test_repeated_messages_count_once(county: dict[str, Any]) -> None:
    assert len(county["duplicates"]) == sum(told == "repeated" for told in TOLD.values())
