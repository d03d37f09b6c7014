"""Other rules over a case on record give what a rehearsal under them gives from the first fact on."""

from __future__ import annotations

import copy
from datetime import datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rehearsal.loading import load
from engine.simulation.draft import Draft, drafted
from rules import hindsight
from rules.holding import holding
from rules.rehearsal import Rehearsal
from rules.stream import Health
from rules.what_if import as_if_confirmed, disagrees, forewarned, standing, would_be
from tests.rules.test_case_properties import CALENDARS, FACTS, OUTAGES, RULE, a_world
from tests.rules.worlds import World, days, item, moment

UNTIL = "2026-06-01 09:00"
STEPS = [{"id": "look", "limit": days(2), "holder": "zhang"}, {"id": "decide", "limit": days(2), "holder": "liu"}]
FLIP = {**RULE, "flips": [{"when": "attributes.risky == false", "effect": "refuse"}]}
TABLE = {
    "effect": "approve", "clock": "committed", "exclusions": ["attributes.risky == true"],
    "table": [{"when": "attributes.risky == false", "effect": "approve"}, {"effect": "none"}],
}  # fmt: skip
SILENCE = [
    RULE,
    FLIP,
    TABLE,
    {"effect": "none"},
    {"effect": "refuse", "clock": "committed"},
    {"effect": "approve", "clock": "statutory"},
]
PAUSE = [{"reason": "completion"}, {"reason": "hearing"}, {"reason": "expert_review", "kind": "pause", "max": 1}]
DRAFTS = st.fixed_dictionaries(
    {
        "committed_limit": st.integers(1, 9).map(days),
        "statutory_limit": st.integers(4, 12).map(days),
        "silence": st.sampled_from(SILENCE),
        "steps": st.sampled_from([[], STEPS]),
        "suspensions": st.sampled_from([[], PAUSE, PAUSE[:1]]),
        "extension": st.sampled_from([None, {"max_times": 1, "max": days(5)}]),
        "offices": st.sampled_from(
            [
                [],
                [{"id": "fire", "limit": days(1), "silence": {"effect": "consent_of_office"}}],
                [{"id": "fire", "limit": days(3)}, {"id": "water", "limit": days(2), "silence": {"effect": "none"}}],
            ]
        ),
        "warnings": st.sampled_from([[], [{"before": days(1), "level": "warning"}]]),
    }
)
OTHER_DAYS = st.lists(
    st.tuples(st.sampled_from([5, 6, 7, 9, 10, 14, 17]), st.sampled_from(["off", "working"])),
    max_size=3,
    unique_by=lambda d: d[0],
)
# What people say of a finding rests on the very end that another limit moves.
OF_FINDINGS = {"finding.confirmed", "finding.dismissed", "alert.answered", "hold.closed"}


def played(world: World, until: str = UNTIL):
    loaded = load(msgspec.json.encode(world.spec | {"until": moment(until)}))
    made = Rehearsal(loaded.world, loaded.until, loaded.outages)
    made.play(loaded.facts)
    return made, loaded


def in_hindsight(made, loaded, other, until: str = UNTIL):
    stream = made.streams["case:A"]
    return stream, would_be(stream, other.world, loaded.until, Health())


def terms(found):
    """A card is never unsaid, and of one that ended in time the record has none under rules that did not ask for it."""
    return msgspec.structs.replace(found, warned=())


@given(FACTS, CALENDARS, OUTAGES)
@settings(max_examples=20, deadline=None)
def test_the_rules_in_force_change_nothing(facts, calendars, outages):
    made, loaded = played(a_world(facts, calendars=calendars, outages=outages))
    stream, step = in_hindsight(made, loaded, loaded)
    assert standing(step.stream.records) == standing(stream.records)
    assert not disagrees(step)
    assert not step.outreach


@given(FACTS, DRAFTS)
@settings(max_examples=60, deadline=None)
def test_a_draft_gives_what_it_would_have_given_from_the_beginning(facts, draft):
    world = a_world([fact for fact in facts if fact[0][0] not in OF_FINDINGS])
    other = copy.deepcopy(world)
    other.spec["items"][0] |= draft
    made, loaded = played(world)
    under, drafted = played(other)
    _, step = in_hindsight(made, loaded, drafted)
    assert terms(standing(step.stream.records)) == terms(standing(under.streams["case:A"].records))


@given(FACTS, CALENDARS, OUTAGES, DRAFTS)
@settings(max_examples=40, deadline=None)
def test_what_is_left_out_in_hindsight_has_no_part_in_how_a_case_stands(facts, calendars, outages, draft):
    """Cards that climb, notices, refusals, requests and complaints: concluded as well, they make no difference."""
    world = a_world(facts, calendars=calendars, outages=outages)
    other = copy.deepcopy(world)
    other.spec["items"][0] |= draft
    made, loaded = played(world)
    under = load(msgspec.json.encode(other.spec | {"until": moment(UNTIL)}))
    stream, step = in_hindsight(made, loaded, under)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            hindsight, "holding", lambda view: [c for d in holding(view).values() for c in (*d.due, *d.waiting)]
        )
        patch.setattr(hindsight, "_stands", lambda _: True)
        whole = would_be(stream, under.world, loaded.until, Health())
    assert standing(step.stream.records) == standing(whole.stream.records)
    assert step.outreach == whole.outreach


@given(FACTS, OTHER_DAYS)
@settings(max_examples=30, deadline=None)
def test_another_calendar_gives_what_it_would_have_given_from_the_beginning(facts, other_days):
    world = a_world([fact for fact in facts if fact[0][0] not in OF_FINDINGS])
    made, loaded = played(world)
    form = {"extends": "CN", "days": [{"on": f"2026-03-{day:02}", "kind": kind} for day, kind in other_days]}
    drafts = drafted(loaded.world, Draft(calendar=form)).world
    made_so = Rehearsal(drafts, loaded.until)
    made_so.play(loaded.facts)
    step = would_be(made.streams["case:A"], drafts, loaded.until, Health())
    assert terms(standing(step.stream.records)) == terms(standing(made_so.streams["case:A"].records))


def slow_case(committed: int = 5, **more):
    """Accepted on Monday, decided on the Friday of the week after: nine working days, eight after the first."""
    world = World(item(committed, 20, **more))
    world.accepted("03-02 09:00").served("03-13 15:00")
    return world


def under(world: World, **draft):
    other = copy.deepcopy(world)
    other.spec["items"][0] |= draft
    made, loaded = played(world)
    _, drafted = played(other)
    stream, step = in_hindsight(made, loaded, drafted)
    return stream, step, drafted


def test_a_shorter_limit_breaks_a_case_that_kept_its_promise():
    stream, step, _ = under(slow_case(10), committed_limit=days(5))
    was, now = standing(stream.records), standing(step.stream.records)
    assert (was.expired, now.expired) == ((), ("committed",))
    assert [(b.clock, b.at, b.against) for b in now.breaches] == [
        ("committed", "2026-03-10T00:00:00+08:00", ("zhang",))
    ]
    assert "red" in now.marks
    assert "red" not in was.marks


def test_a_longer_limit_takes_the_breach_away():
    stream, step, _ = under(slow_case(5), committed_limit=days(10))
    assert standing(stream.records).breaches
    assert not standing(step.stream.records).breaches
    assert step.stream.records["breach:committed"].status == "withdrawn"


def test_silence_that_would_have_been_consent_is_found_at_its_instant():
    _, step, _ = under(slow_case(5), silence={"effect": "approve", "clock": "committed", "basis": "x"})
    now = standing(step.stream.records)
    assert (now.outcome, now.legal_at, now.deemed) == ("implied_consent", "2026-03-10T00:00:00+08:00", ("case",))


def test_nobody_is_excused_by_a_warning_that_only_the_draft_would_have_given():
    world = slow_case(10)
    _, step, _ = under(world, committed_limit=days(5), warnings=[{"before": days(1), "level": "warning"}])
    breach = step.stream.records["breach:committed"]
    assert breach.data["mitigating"] == []


def test_warnings_of_a_case_that_has_ended_are_worked_out():
    _, step, drafted = under(slow_case(9), warnings=[{"before": days(2), "level": "yellow"}])
    at = datetime.fromisoformat(moment(UNTIL))
    assert forewarned(step.stream.view, drafted.world, at) == (("committed", "yellow"),)


def test_a_breach_that_only_the_draft_brings_threatens_its_holder_and_the_unit():
    stream, step, drafted = under(slow_case(10), committed_limit=days(5))
    said = as_if_confirmed(stream.records, step, drafted.until, drafted.world)
    assert {one.stream for one in said} == {"docket:zhang", "docket:unit:planning"}
    late = {one.fact.data.late for one in said}
    assert late == {4}


def test_what_was_confirmed_or_stands_already_threatens_nobody_anew():
    stream, step, drafted = under(slow_case(5), committed_limit=days(5))
    assert as_if_confirmed(stream.records, step, drafted.until, drafted.world) == []
