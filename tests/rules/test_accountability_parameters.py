"""Each parameter of a unit's accountability rules has a world in which changing it changes the outcome; the table is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rules.accountability import ASPECTS, SHIPPED_MATRIX, Accountability, Ladder
from tests.rules.proceedings import confirm, decided, late, of, one, the
from tests.rules.worlds import World, a_case, days

Rules = dict[str, Any]
Outcome = Callable[[Rules], object]

ELSE = {grade: [1] for grade in SHIPPED_MATRIX}
SETS = {"unit": "planning", "version": 1, "effective_from": "2020-01-01"}
# What says which set is in force, and what is told of the others.
NO_PARAMETER = {"unit", "version", "effective_from", "clauses", "detectors"}


def _proposal(rules: Rules) -> object:
    return the(one(**rules).until("03-20 09:00"))["proposed_level"]


def _second(rules: Rules) -> object:
    return [p["count_in_window"] for p in of(late("2026-03-03", "2026-05-06", **rules).until("2026-06-01 09:00"))]


def _against(rules: Rules) -> object:
    world = (
        a_case(10).with_(accountability=rules).accepted("03-02 09:00").fact("case.handed_over", "03-10 17:00", to="liu")
    )
    return world.until("03-31 09:00").out["breaches"][0]["proposed_against"]


def _refused(rules: Rules, *, level: int = 2, actor: str = "li", **more: Any) -> object:
    out = decided(one(**rules), level=level, actor=actor, reason="理由", **more).until("04-01 09:00")
    return [r["code"] for r in out.out["refusals"]]


def _phase(rules: Rules, at: str) -> object:
    return the(decided(one(**rules)).until(at))["phase"]


def _reviewing(rules: Rules) -> World:
    return decided(one(**rules)).fact("review.requested", "03-25 09:00", person="zhang")


def _executed(rules: Rules) -> object:
    world = _reviewing(rules).fact("measure.executed", "03-26 09:00", person="zhang")
    return [r["code"] for r in world.until("04-01 09:00").out["refusals"]]


def _verified(rules: Rules) -> object:
    return the(late("2026-03-03", grade="minor", **rules).until("2026-04-01 09:00"))["proposed_level"]


def _graded(rules: Rules, **said: Any) -> object:
    world = a_case(2).with_(accountability=rules).accepted("03-02 09:00")
    return the(confirm(world, "03-16 10:00", None, **said).until("04-01 09:00"))["grade"]


def _rated(rules: Rules) -> object:
    return _graded(rules, ratings={"nature": "serious", "impact": "minor"}, **dict.fromkeys(ASPECTS, "理由"))


def _mitigated(rules: Rules) -> object:
    world = a_case(2).with_(accountability=rules).accepted("03-02 09:00")
    return the(confirm(world, "03-09 10:00", mitigating=["prompt_remedy"]).until("03-20 09:00"))["proposed_level"]


def _excused(rules: Rules) -> object:
    world = one(**rules).fact("finding.dismissed", "03-12 10:00", finding="limit_expired", code="friendship")
    return world.until("04-01 09:00").out["breaches"][0]["status"]


def _leaders(rules: Rules) -> object:
    world = a_case(2).with_(accountability=rules).accepted("03-02 09:00")
    return the(confirm(world, "03-09 10:00", "grave").until("03-20 09:00"))["leaders"]


def _of_unit(rules: Rules) -> object:
    return [p["proposed_level"] for p in of(late("2026-03-03", "2026-05-06", **rules).until("2026-06-01 09:00"), None)]


def _by_kind(rules: Rules) -> object:
    world = (
        a_case(9)
        .with_(accountability=rules)
        .accepted("03-02 09:00")
        .fact("finding.reported", "03-04 09:00", finding="formalism")
    )
    return len(of(confirm(world, "03-05 09:00", finding="formalism").until("03-20 09:00"), None))


def _asked(rules: Rules, type_: str) -> object:
    world = a_case(9).with_(accountability=rules).accepted("03-02 09:00").fact(type_, "03-04 09:00", id="q")
    return next(a["scheduled_at"] for a in world.until("04-20 09:00").out["alerts"] if a["level"] == "escalated")


def _receipt(rules: Rules) -> object:
    world = (
        a_case(9)
        .with_(accountability=rules)
        .accepted("03-02 09:00")
        .fact("case.referred", "03-04 09:00", to="监委", id="r")
    )
    return [a["scheduled_at"] for a in world.until("04-01 09:00").out["alerts"] if a["cause"] == "referral:r"]


def _rungs(rules: Rules) -> object:
    return [a["scheduled_at"] for a in one(**rules).until("04-20 09:00").alerts("escalated", cause="limit:committed")]


def _contract(rules: Rules) -> object:
    world = one(**rules)
    world.spec["people"][0] |= {"staff_category": "contract"}
    out = decided(world, level=5, actor="li", reason="理由").until("04-01 09:00")
    return [r["code"] for r in out.out["refusals"]]


TABLE: dict[str, tuple[Outcome, Any]] = {
    "accountable_from": (lambda r: len(of(one(**r).until("03-20 09:00"))), "2026-06-01"),
    "window": (_second, days(1, "months")),
    "matrix": (_proposal, ELSE),
    "statement_window": (lambda r: the(one(**r).until("03-10 09:00"))["statement_until"], days(2)),
    "review_request": (lambda r: _phase(r, "04-02 09:00"), days(10, "calendar_days")),
    "review_decision": (lambda r: the(_reviewing(r).until("03-26 09:00"))["phase_due_on"], days(9, "calendar_days")),
    "review_stays": (_executed, True),
    "share_threshold": (_against, 40),
    "once_verified": (_verified, ["limit_expired"]),
    "severity_grid": (_rated, {"weights": {"nature": 5, "impact": 1}}),
    "bands": (_graded, [{"grade": "grave", "working_days": 2}]),
    "adjustments": (_mitigated, [{"fact": "prompt_remedy", "lighter": 1}]),
    "exemptions": (_excused, ["pilot_reform"]),
    "terms": (
        lambda r: the(decided(one(**r)).until("04-01 09:00"))["record_until"],
        {"circulated_criticism": {"counts_for": days(3, "months")}},
    ),
    "leader_shares": (_leaders, []),
    "unit_threshold": (_of_unit, 2),
    "unit_matrix": (lambda r: _of_unit({"unit_threshold": 1, **r}), {grade: [4] for grade in SHIPPED_MATRIX}),
    "unit_kinds": (_by_kind, ["slow_progress"]),
    "head_decides_up_to": (lambda r: _refused(r, level=4), 3),
    "competence": (_contract, {"contract": 7}),
    "appointing_authority": (lambda r: _refused(r, level=5, actor="huo"), "huo"),
    "legal_ground_from": (lambda r: _refused(r, level=6, actor="office"), 6),
    "inquiry_answer": (lambda r: _asked(r, "inquiry.opened"), days(2)),
    "supervision_answer": (lambda r: _asked(r, "supervision.proposed"), days(2)),
    "receipt_within": (_receipt, days(2)),
    "phases": (lambda r: the(one(**r).until("03-18 09:00"))["phase_due_on"], {"proposed": days(3)}),
    "ladder": (_rungs, {"answer_within": days(2)}),
}


@pytest.mark.parametrize("name", TABLE)
def test_changing_it_changes_the_outcome(name: str):
    outcome, value = TABLE[name]
    assert outcome({}) != outcome({name: value})


def test_every_parameter_is_in_the_table():
    assert set(TABLE) == set(Accountability.__struct_fields__) - NO_PARAMETER


@pytest.mark.parametrize("name", Ladder.__struct_fields__)
def test_the_clocks_of_the_alert_ladder_change_its_rungs(name: str):
    assert _rungs({}) != _rungs({"ladder": {name: days(1)}})


def test_a_set_says_for_whom_it_is_since_when_and_the_later_version_counts():
    def level(*sets: Rules) -> object:
        return the(one().with_(accountability=list(sets)).until("03-20 09:00"))["proposed_level"]

    assert (
        level()
        == level(SETS | {"unit": "fire", "matrix": ELSE})
        == level(SETS | {"effective_from": "2026-06-01", "matrix": ELSE})
        == 2
    )
    assert level(SETS | {"matrix": ELSE}) == level(SETS, SETS | {"version": 2, "matrix": ELSE}) == 1
