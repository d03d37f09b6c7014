"""Lint: each check by an item that fails and one that passes; what passes can be rehearsed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.conditions import conditions_of
from engine.console.i18n import LOCALES
from engine.lint.telling import told
from engine.rehearsal.loading import Given, load, world_of
from rules.items import Item
from rules.lint import Lint
from rules.lint_catalogue import lint_item, refuses
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report
from tests.architecture.interface import INTERFACE
from tests.rules.lint_examples import CLEAN, EXAMPLES, Example, an_item
from tests.rules.worlds import PEOPLE, UNITS, World, days

HOURS = {day: [["08:30", "12:00"], ["13:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
MORE_PEOPLE = [
    {"id": "new", "unit": "planning", "post": "officer", "from": "2026-05-01"},
    {"id": "leaving", "unit": "planning", "post": "officer", "from": "2010-01-01", "to": "2026-05-01"},
]


def a_world(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    world = World(item).with_(
        units=[*UNITS, {"id": "alone"}],
        people=[*PEOPLE, *MORE_PEOPLE],
        calendars=[
            {"version": "v1", "known_from": "2015-01-01T00:00:00+08:00", "extends": "CN", "office_hours": HOURS}
        ],
    )
    return world.spec | {"until": "2026-06-01T00:00:00+08:00"} | more


def found_in(item: dict[str, Any], **more: Any) -> tuple[Lint, ...]:
    given_ = msgspec.convert(a_world(item, **more), Given)
    return lint_item(given_.items[0], world_of(given_))


def marks(found: tuple[Lint, ...]) -> set[tuple[str, str, str, str]]:
    return {(one.code, one.severity, one.field, one.because) for one in found}


def test_the_clean_item_is_clean():
    assert found_in(CLEAN) == ()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.code}-{e.because or e.field}")
def test_a_check_finds_what_fails_and_leaves_what_passes(example: Example):
    bare = {"leading_group_office": None, "inspectors": []} if example.because == "vacant" else {}
    mark = (example.code, example.severity, example.field, example.because)
    assert mark in marks(found_in(an_item(example.fails), **bare))
    assert mark not in marks(found_in(an_item(example.passes), **bare))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.code}-{e.because or e.field}")
@pytest.mark.parametrize("locale", LOCALES)
def test_every_ground_is_told_in_both_languages(example: Example, locale: str):
    one = next(f for f in found_in(an_item(example.fails)) if f.code == example.code)
    assert told(one, locale).message


def test_every_published_code_of_items_has_its_example():
    assert {example.code for example in EXAMPLES} | {"no_office_hours"} >= set(INTERFACE["lint"].now) - {
        "matrix_not_monotone"
    }


def test_hours_without_office_hours_are_an_error_in_a_world_and_none_where_nothing_is_known_of_them():
    item = an_item(
        {
            "statutory_limit": days(1),
            "committed_limit": days(5, "working_hours"),
            "steps": None,
            "warnings": None,
            "extension": None,
        }
    )
    calendars = [{"version": "v1", "known_from": "2015-01-01T00:00:00+08:00", "extends": "CN"}]
    world = msgspec.convert(a_world(item, calendars=calendars), Given)
    assert ("unit_trap", "error", "committed_limit", "no_office_hours") in marks(
        lint_item(world.items[0], world_of(world))
    )
    assert lint_item(world.items[0], world_of(world), described=False) == ()


def test_of_twenty_working_days_thirteen_are_the_most_that_may_be_promised():
    found = {n: refuses(found_in(an_item({"committed_limit": days(n)}))) for n in range(13, 21)}
    assert found == {13: False} | dict.fromkeys(range(14, 21), True)
    one = next(f for f in found_in(an_item({"committed_limit": days(14)})))
    assert (
        told(one, "zh").message
        == "承诺时限（14 个工作日）长于法定时限（20 个工作日）的三分之二；最长 13 个工作日，例外须备案依据和批准人"
    )


def test_where_less_than_a_day_is_left_the_most_is_said_in_hours():
    found = found_in(an_item({"statutory_limit": days(1), "committed_limit": days(1), "steps": None, "warnings": None}))
    assert "at most 5 working hours" in told(found[0], "en").message


def test_a_holder_who_left_before_the_day_of_looking_is_an_error_on_that_day():
    given_ = msgspec.convert(a_world(an_item({"holder": "leaving"})), Given)
    assert not refuses(lint_item(given_.items[0], world_of(given_)))
    assert refuses(lint_item(given_.items[0], world_of(given_), on=date(2026, 5, 2)))


# -- what passes can be rehearsed -----------------------------------------------------------------------------------------

amounts = st.integers(0, 12)
UNITS_OF_LIMITS = [
    "working_days",
    "working_days",
    "calendar_days",
    "weeks",
    "months",
    "working_hours",
    "working_minutes",
]
limits = st.builds(days, amounts, st.sampled_from(UNITS_OF_LIMITS)) | st.just(
    {"unit": "until_date", "attribute": "valid_to"}
)
texts = st.sampled_from(
    ["attributes.listed == true", "attributes.area > 3 and not attributes.listed == true", 'attributes.kind in ["new"]', "attributes.none == 1",
     'attributes.valid_to <= "2026-06-01"', 'attributes.listed == "yes"', "nonsense", 'attributes.kind < "new"']
)  # fmt: skip
effects = st.sampled_from(["none", "approve", "next_step", "consent_of_office", "refuse"])
bases = st.sampled_from([None, "《行政许可法》第五十条"])
silences = st.builds(
    lambda effect, clock, basis, out, when, fact: {
        "effect": effect, "clock": clock, "exclusions": [{"when": out, "basis": "x"}], "flips": [{"when": when, "effect": "none"}],
        "preconditions": [{"fact": fact}], **({"basis": basis} if basis else {}),
    },
    effects, st.sampled_from(["committed", "statutory"]), bases, texts, texts, st.sampled_from(["public_notice.published", "notice"]),
)  # fmt: skip
holders = st.sampled_from(["zhang", "liu", "post:first_responsible", "post:window", "nobody", "leaving"])
steps = st.lists(
    st.builds(lambda i, h, li: {"id": i, "holder": h, "limit": li}, st.sampled_from("abc"), holders, limits), max_size=3
)
offices = st.lists(
    st.builds(lambda li, e: {"id": "fire", "silence": {"effect": e, "basis": "x"}, **({"limit": li} if li else {})}, st.none() | limits, effects),
    max_size=1,
)  # fmt: skip
suspensions = st.lists(
    st.builds(lambda r, k, b: {"reason": r, "kind": k, **({"basis": b} if b else {})}, st.sampled_from(["completion", "hearing", "other"]),
              st.sampled_from(["pause", "restart"]), bases),
    max_size=2,
)  # fmt: skip
extensions = st.none() | st.builds(lambda li: {"max": li, "max_times": 1}, limits)
# Each part is there or is the clean item's: some items pass, most fail in one or two ways.
items = st.fixed_dictionaries(
    {},
    optional={
        "statutory_limit": st.none() | limits, "committed_limit": limits, "silence": silences, "steps": steps, "offices": offices,
        "suspensions": suspensions, "extension": extensions, "warnings": st.lists(st.builds(lambda li: {"before": li}, limits), max_size=2),
    },
).map(an_item)  # fmt: skip
FACTS = (
    ("application.accepted", "2026-03-02T09:00:00+08:00", {"holder": "zhang"}),
    (
        "attributes.recorded",
        "2026-03-02T09:30:00+08:00",
        {"listed": False, "area": 5, "kind": "new", "valid_to": "2026-04-01", "note": ""},
    ),
    ("office.consulted", "2026-03-02T10:00:00+08:00", {"office": "fire"}),
    ("clock.suspended", "2026-03-02T10:30:00+08:00", {"reason": "other", "basis": "x", "until": "2026-03-03"}),
    ("extension.requested", "2026-03-02T10:40:00+08:00", {"by": days(1)}),
    ("extension.approved", "2026-03-02T10:41:00+08:00", {"approver": "li"}),
    ("extension.served", "2026-03-02T10:42:00+08:00", {}),
    ("step.completed", "2026-03-04T10:00:00+08:00", {"step": "a"}),
)


def rehearsed(item: dict[str, Any]) -> dict[str, Any]:
    facts = [
        {
            "id": f"f{n}",
            "type": type_,
            "case": "A",
            "source": "hall",
            "occurred_at": at,
            "data": data,
            **({"item": "P"} if n == 0 else {}),
        }
        for n, (type_, at, data) in enumerate(FACTS)
    ]
    loaded = load(json.dumps(a_world(item, facts=facts, until="2028-06-01T00:00:00+08:00")).encode())
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(report(played, loaded.questions)))
    return found


@given(items)
@settings(max_examples=400, deadline=None)
def test_whatever_passes_lint_runs_through_a_rehearsal(item: dict[str, Any]):
    if refuses(found_in(item)):
        return
    case = rehearsed(item)["cases"]["A"]
    assert case["clocks"]["committed"]["due_on"]
    assert "engine_error" not in {hold["reason"] for hold in case["holds"]}


def test_the_property_meets_items_that_pass_and_items_that_would_not_run():
    """The guard itself is guarded: an item with a date for a step passes nowhere, and does not run."""
    broken = an_item({"steps": [{"id": "a", "limit": {"unit": "until_date", "attribute": "valid_to"}}]})
    assert refuses(found_in(broken))
    with pytest.raises(ValueError, match="valid_to"):
        rehearsed(broken)
    assert rehearsed(CLEAN)["cases"]["A"]["clocks"]["committed"]["due_on"]


def test_conditions_of_steps_are_known_by_their_text_too():
    item = msgspec.convert(
        an_item(
            {
                "steps": [
                    {
                        "id": "a",
                        "limit": days(1),
                        "silence": {"flips": [{"when": "attributes.area > 1", "effect": "none"}]},
                    }
                ]
            }
        ),
        Item,
    )
    assert "attributes.area > 1" in conditions_of([item])
