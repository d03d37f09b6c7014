"""Conditions are typed: what cannot be compared is unknown and holds the effect up, it is never simply false."""

import pytest

from tests.rules.worlds import a_case

DECLARED = {"urgent": "boolean", "area": "integer", "name": "text", "ends": "date", "kind": ["new", "old"]}


def outcome(when, **attributes):
    rule = {"effect": "approve", "clock": "committed", "flips": [{"when": when, "effect": "none"}]}
    world = a_case(5, silence=rule, attributes=DECLARED).accepted("03-02 09:00")
    out = world.fact("attributes.recorded", "03-03 09:00", **attributes).until("03-11 09:00")
    return "held" if out.open_holds else {"none": True, "implied_consent": False}[out.outcome["kind"]]


@pytest.mark.parametrize(
    ("when", "attributes"),
    [
        ("attributes.area in ['1']", {"area": 1}),
        ("attributes.urgent in [1, 0]", {"urgent": True}),
        ("attributes.area in [1, 2]", {"area": True}),
        ("attributes.area == '5'", {"area": 5}),
        ("attributes.urgent > false", {"urgent": True}),
        ("attributes.kind < 'old'", {"kind": "new"}),
        ("attributes.kind == 'used'", {"kind": "new"}),
        ("attributes.ends < 'soon'", {"ends": "2026-05-01"}),
        ("attributes.ends < '2026-05-01'", {"ends": "2026-13-01"}),
        ("not attributes.urgent == true", {}),
        ("attributes.urgent == true or attributes.area > 5", {"urgent": False}),
    ],
)
def test_what_cannot_be_compared_is_unknown(when, attributes):
    assert outcome(when, **attributes) == "held"


@pytest.mark.parametrize(
    ("when", "attributes", "expected"),
    [
        ("attributes.area in [1, 2]", {"area": 2}, True),
        ("attributes.area in [1, 2]", {"area": 3}, False),
        ("attributes.kind in ['new', 'old']", {"kind": "old"}, True),
        ("attributes.urgent == true or attributes.area > 5", {"urgent": True}, True),
        ("attributes.urgent == true and attributes.area > 5", {"urgent": False}, False),
        ("attributes.ends <= '2026-05-01'", {"ends": "2026-05-01T10:00:00+08:00"}, True),
        ("attributes.ends < '2026-05-01'", {"ends": "2026-04-30T23:00:00Z"}, False),
        ("attributes.ends == '2026-05-01T10:00:00+08:00'", {"ends": "2026-05-01T02:00:00Z"}, True),
        ("attributes.ends > '2026-05-01'", {"ends": "2026-05-02"}, True),
    ],
)
def test_what_can_be_compared_is_compared_by_its_type(when, attributes, expected):
    assert outcome(when, **attributes) is expected
