"""A post that is filled, left or moved bears on the cases it is said to bear on, and on no other."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from engine.simulation.bearing import Configured, Post
from rules.snapshot import encode
from rules.stream import Health
from rules.what_if import standing, would_be
from rules.world import Person, World
from tests.rules.test_case_properties import FACTS, a_world
from tests.rules.test_what_if import DRAFTS, in_hindsight, played
from tests.rules.worlds import World as Written
from tests.rules.worlds import item

AT = datetime(2026, 5, 1, tzinfo=UTC)
SOON = AT + timedelta(hours=1)
UNITS = ("county", "planning", "fire", "inspection", "office", "water", *["roads"] * 6)
ROADS = [{"id": name, "unit": "roads", "post": "officer", "from": "2010-01-01"} for name in ("ma", "gao")]
DAYS = st.dates(date(2026, 2, 20), date(2026, 6, 10))
FILLED = st.builds(
    Person,
    id=st.sampled_from(["zhang", "li", "huo", "sun", "zhao", *["ma", "gao", "qian", "zhou"] * 3]),
    unit=st.sampled_from(UNITS),
    post=st.sampled_from(["officer", "section_head", "deputy_in_charge", "first_responsible"]),
    since=DAYS,
    to=st.none() | DAYS,
)
LEFT = st.tuples(st.sampled_from([0, 3, 6, 8, 9, 8, 9, 8, 9]), DAYS)
CHANGES = st.lists(FILLED | LEFT, min_size=1, max_size=3)


def changed(world: World, changes) -> tuple[World, list[Post]]:
    """Somebody comes to a post, or one of those in post leaves it."""
    people, posts = list(world.people), []
    for change in changes:
        if isinstance(change, Person):
            people.append(change)
            one = change
        else:
            one = people[change[0]]
            people[change[0]] = msgspec.structs.replace(one, to=change[1])
        posts.append(Post(SOON, frozenset({one.id}), frozenset({one.unit})))
    return world.but(people=tuple(people), version="changed"), posts


@given(FACTS, DRAFTS, CHANGES)
@settings(max_examples=40, deadline=None)
def test_what_is_said_not_to_bear_on_a_case_changes_nothing_of_it(facts, draft, changes):
    world = a_world(facts)
    world.spec["units"].append({"id": "roads", "parent": "county", "first_responsible": "ma"})
    world.spec["people"] += ROADS
    other = copy.deepcopy(world)
    other.spec["items"][0] |= draft
    made, loaded = played(world)
    _, under = played(other)
    stream, step = in_hindsight(made, loaded, under)
    then, posts = changed(under.world, changes)
    if Configured(then, posts=posts).bears(AT, "P", "planning", encode(stream)):
        event("bears")
        return
    event("does not bear")
    again = would_be(stream, then, loaded.until, Health())
    assert standing(again.stream.records) == standing(step.stream.records)
    assert again.outreach == step.outreach


def bears(**post: str) -> bool:
    """On a case of the planning office that zhang has in hand."""
    made, loaded = played(Written(item(5)).accepted())
    stream = made.streams["case:A"]
    found = Post(SOON, frozenset({post["person"]}), frozenset({post["unit"]}))
    return Configured(loaded.world, posts=[found]).bears(AT, "P", "planning", encode(stream))


@pytest.mark.parametrize(
    ("person", "unit", "expected"),
    [
        ("zhang", "water", True),  # it names him
        ("qian", "planning", True),  # the case's own unit
        ("qian", "county", True),  # above it
        ("li", "water", True),  # whom its unit names
        ("sun", "water", True),  # the last address
        ("qian", "water", False),
        ("qian", "fire", False),
    ],
)
def test_a_post_bears_on_the_cases_of_its_unit_and_of_those_who_name_its_holder(person, unit, expected):
    assert bears(person=person, unit=unit) is expected


def test_what_was_recorded_before_the_last_step_does_not_bear():
    made, loaded = played(Written(item(5)).accepted())
    stream = made.streams["case:A"]
    before = [Post(AT - timedelta(hours=1), frozenset({"zhang"}), frozenset({"planning"}))]
    found = Configured(loaded.world, everywhere=AT, items={"P": AT, "X": SOON}, posts=before)
    assert not found.bears(AT, "P", "planning", encode(stream))
    assert Configured(loaded.world, items={"P": SOON}).bears(AT, "P", "planning", encode(stream))
    assert Configured(loaded.world, everywhere=SOON).bears(AT, "P", "planning", encode(stream))
