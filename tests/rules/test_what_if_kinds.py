"""Each kind of draft, and exactly which cases it turns yellow or red, deems approved, holds up or frees, and whose measures it changes."""

from __future__ import annotations

from typing import Any

import pytest

from engine.simulation.bearing import Configured
from engine.simulation.draft import Draft, drafted
from engine.simulation.looking import Question
from rules.stream import Health
from tests.rules.test_what_if_ladder import played, simulated
from tests.rules.worlds import World, days, item

SILENT = {"effect": "approve", "clock": "committed", "basis": "x"}
UNLESS_RISKY = {**SILENT, "flips": [{"when": "attributes.risky == true", "effect": "none"}]}


def past() -> World:
    """All accepted on Monday 2 March, promised in ten working days: decided on the fifth, decided on the twelfth, three never."""
    world = World(item(10, 20, attributes={"risky": "boolean"}))
    world.case("prompt").accepted().served("03-09 15:00")
    world.case("late").accepted().served("03-18 15:00")
    world.fact("finding.confirmed", "03-20 09:00", finding="limit_expired", grade="ordinary", actor="sun")
    world.case("silent").accepted().fact("attributes.recorded", "03-03 09:00", risky=False)
    world.case("risky").accepted().fact("attributes.recorded", "03-03 09:00", risky=True)
    world.case("unknown").accepted()
    return world


def tried(world: World, **draft: Any):
    made, loaded = played(world.spec)
    asked = Question(
        loaded.world, drafted(loaded.world, Draft(**draft)), loaded.until, Health(), Configured(loaded.world)
    )
    looked, found = simulated(made, asked)
    changed = {row.case_id: (set(row.gained), set(row.lost)) for row in looked.rows}
    return changed, {(m.docket, m.case): (m.before, m.after, m.threatens) for m in found}


def of_item(**changes: Any) -> dict[str, Any]:
    return {"items": ({"code": "P", **changes},)}


RED = {"red", "breaches"}
OPEN = ("silent", "risky", "unknown")


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        pytest.param(
            of_item(committed_limit=days(4)),
            {"prompt": ({*RED, "earlier"}, set()), **dict.fromkeys(("late", *OPEN), ({"earlier"}, set()))},
            id="a shorter limit",
        ),
        pytest.param(
            of_item(committed_limit=days(13)),
            {"late": ({"later"}, RED), **dict.fromkeys(("prompt", *OPEN), ({"later"}, set()))},
            id="a longer limit",
        ),
        pytest.param(
            of_item(silence=SILENT),
            {"late": ({"deemed"}, set()), **dict.fromkeys(OPEN, ({"deemed"}, {"breaches"}))},
            id="a rule of silence",
        ),
        pytest.param(
            of_item(silence=UNLESS_RISKY),
            {"silent": ({"deemed"}, {"breaches"}), "unknown": ({"held"}, set())},
            id="a condition: unknown is a hold, never false",
        ),
        pytest.param(
            of_item(warnings=[{"before": days(3), "level": "warning"}]),
            dict.fromkeys(("late", *OPEN), ({"warning"}, set())),
            id="warnings",
        ),
        pytest.param(
            of_item(steps=[{"id": "look", "limit": days(2), "holder": "zhang"}]),
            dict.fromkeys(("prompt", "late", *OPEN), ({"yellow", "breaches"}, set())),
            id="steps",
        ),
        pytest.param(
            {"calendar": {"extends": "CN", "days": [{"on": f"2026-03-{d:02}", "kind": "off"} for d in (9, 10)]}},
            {"late": ({"later"}, RED), **dict.fromkeys(("prompt", *OPEN), ({"later"}, set()))},
            id="a calendar",
        ),
        pytest.param(of_item(), {}, id="nothing"),
        pytest.param({"accountability": ({},)}, {}, id="the rules that are in force"),
    ],
)
def test_each_kind_of_draft_names_the_cases_that_change(draft, expected):
    changed, _ = tried(past(), **draft)
    assert changed == expected


def test_a_ladder_changes_measures_and_no_case():
    harder = dict.fromkeys(("minor", "ordinary", "serious", "grave"), (5, 6, 7, 7))
    changed, measures = tried(past(), accountability=({"matrix": harder},))
    assert changed == {}
    assert measures == {("zhang", "late"): (2, 5, 5)}


def test_a_shorter_window_counts_fewer_breaches():
    world = past()
    world.case("again").accepted("04-13 09:00").served("05-06 15:00")
    world.fact("finding.confirmed", "05-08 09:00", finding="limit_expired", grade="ordinary", actor="sun")
    _, measures = tried(world, accountability=({"window": {"amount": 1, "unit": "months"}},))
    assert measures[("zhang", "again")] == (3, 2, 2)


def test_a_breach_that_the_draft_takes_away_takes_its_measure_along_and_one_it_brings_threatens():
    assert tried(past(), **of_item(committed_limit=days(13)))[1] == {("zhang", "late"): (2, None, None)}
    assert tried(past(), **of_item(committed_limit=days(4)))[1][("zhang", "prompt")] == (None, None, 2)
