"""A draft that no case could be run under is refused with the place, what is wrong there and what to do; what may be tried is not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.simulation.check import checked
from engine.simulation.draft import Draft
from rules.errors import RuleError
from tests.rules.test_what_if_ladder import played
from tests.rules.worlds import World, days, item

RISKY = {"effect": "approve", "clock": "committed", "flips": [{"when": "attributes.risky == true", "effect": "none"}]}
TABLE = {"effect": "none", "clock": "committed", "table": [{"when": "attributes.risky == true", "effect": "approve"}]}


@pytest.fixture(scope="module")
def world():
    return played(World(item(5, 20, attributes={"risky": "boolean"})).spec)[1].world


def of_item(**changes: Any) -> dict[str, Any]:
    return {"items": ({"code": "P", **changes},)}


def flipped(when: str) -> dict[str, Any]:
    return of_item(silence={**RISKY, "flips": [{"when": when, "effect": "none"}]})


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        ({}, "missing_field", "items"),
        ({"items": ({"code": "X"},)}, "unknown_item", "items[0].code"),
        (
            of_item(committed_limit={"amount": "five", "unit": "weeks"}),
            "wrong_value",
            "items[0].committed_limit.amount",
        ),
        (of_item(limit=days(3)), "unknown_field", "items[0].limit"),
        (flipped("attributes.risk == true"), "unknown_attribute", "items[0].silence.flips[0].when"),
        (flipped("attributes.risky == 3"), "wrong_type", "items[0].silence.flips[0].when"),
        (flipped("attributes.risky ="), "wrong_condition", "items[0].silence.flips[0].when"),
        (of_item(silence=TABLE), "table_without_default", "items[0].silence.table"),
        (
            of_item(silence={"effect": "approve", "clock": "committed"}, committed_limit=None),
            "limit_missing",
            "items[0].silence.clock",
        ),
        (of_item(profile={"day_zero": "perhaps"}), "wrong_profile", "items[0].profile.day_zero"),
        ({"accountability": ({"unit": "nowhere"},)}, "competence_gap", "accountability[0].unit"),
        ({"accountability": ({"matrix": {"minor": [1]}},)}, "matrix_incomplete", "accountability[0].matrix.ordinary"),
        (
            {"accountability": ({"matrix": {"minor": [2, 1], "ordinary": [2], "serious": [3], "grave": [4]}},)},
            "matrix_not_monotone",
            "accountability[0].matrix.minor",
        ),
        (
            {"accountability": ({}, {"terms": {"a_good_talking_to": {}}})},
            "unknown_measure",
            "accountability[1].terms.a_good_talking_to",
        ),
    ],
)
def test_a_draft_with_a_mistake_is_refused_with_its_place(world, draft, code, field):
    with pytest.raises(RuleError) as refused:
        checked(world, Draft(**draft))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert len(refused.value.message) > 8


@pytest.mark.parametrize(
    "draft",
    [
        of_item(committed_limit=days(19)),  # more than two thirds
        of_item(silence=RISKY),  # without its basis
        of_item(committed_limit=None, statutory_limit=days(9)),
        {"accountability": ({"matrix": {"minor": [1], "ordinary": [2], "serious": [3], "grave": [4]}},)},
    ],
)
def test_what_might_not_be_published_may_be_tried(world, draft):
    assert checked(world, Draft(**draft)).world is not world


def test_a_mistake_that_the_rules_in_force_have_does_not_keep_anybody_from_trying(world):
    broken = played(World(item(5, silence={**RISKY, "flips": [{"when": "attributes.x == 1", "effect": "none"}]})).spec)[
        1
    ].world
    assert checked(broken, Draft(**of_item(committed_limit=days(3)))).other == {"P"}
