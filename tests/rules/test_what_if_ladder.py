"""Other accountability rules over what is on record propose the measures that a rehearsal under them proposes from the first fact on."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rehearsal.loading import load
from engine.simulation.bearing import Configured
from engine.simulation.draft import Draft, drafted
from engine.simulation.looking import Looked, Measure, Question, look, measures
from engine.simulation.reading import Past
from rules.rehearsal import Rehearsal
from rules.snapshot import encode
from rules.stream import Health, Stream
from tests.rules.worlds import World, days, item, moment

MONDAY = datetime(2026, 3, 2, 9)
GRADES = ("minor", "ordinary", "serious", "grave")
ROWS = st.lists(st.integers(1, 7), min_size=1, max_size=4).map(sorted)
RULES = st.fixed_dictionaries(
    {},
    optional={
        "matrix": st.fixed_dictionaries(dict.fromkeys(GRADES, ROWS)),
        "window": st.sampled_from([{"amount": 7, "unit": "calendar_days"}, {"amount": 1, "unit": "months"}]),
        "unit_threshold": st.sampled_from([None, 1, 2, 3]),
        "unit_kinds": st.sampled_from([[], ["limit_expired"]]),
        "share_threshold": st.sampled_from([1, 30, 60, 100]),
        "statement_window": st.integers(1, 9).map(days),
        "once_verified": st.sampled_from([[], ["limit_expired"]]),
        "severity_grid": st.just({"least": {"grave": 4}}),
        "accountable_from": st.sampled_from(["2026-03-10", "2026-03-20"]),
    },
)
# One case: accepted so many days after Monday, handed over, served, confirmed with a grade, and what was then decided.
CASES = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from([None, 1, 4, 7]),
        st.sampled_from([None, 4, 9, 12]),
        st.sampled_from([None, *GRADES]),
        st.sampled_from([None, 2, 5]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


def a_world(cases: list[Any]) -> World:
    world = World(item(3, 8, steps=[{"id": "look", "limit": days(2), "holder": "zhao"}]))
    for number, (start, handed, served, grade, decided, taken_back) in enumerate(cases):
        began = MONDAY + timedelta(days=start, minutes=number)
        world.case(f"K{number}").accepted(_text(began))
        for days_on, type_, data in (
            (handed, "case.handed_over", {"to": "liu"}),
            (served, "decision.served", {"result": "approved"}),
            (grade and 20, "finding.confirmed", {"finding": "limit_expired", "grade": grade, "actor": "sun"}),
            (decided and grade and 40, "measure.decided", {"level": decided, "reason": "情节", "person": "zhang", "actor": "li"}),
            (taken_back and grade and 50, "finding.withdrawn", {"finding": "limit_expired", "reason": "误", "actor": "sun"}),
        ):  # fmt: skip
            if days_on:
                world.fact(type_, _text(began + timedelta(days=days_on)), **data)
    return world


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def played(spec: dict[str, Any]) -> tuple[Rehearsal, Any]:
    loaded = load(msgspec.json.encode(spec | {"until": moment("2026-06-01 09:00")}))
    made = Rehearsal(loaded.world, loaded.until, loaded.outages)
    made.play(loaded.facts)
    return made, loaded


def simulated(made: Rehearsal, asked: Question) -> tuple[Looked, list[Measure]]:
    """What the workers do, without workers: every case, then every docket with what it would hear."""
    past = {name: _past(stream, asked.at) for name, stream in made.streams.items()}
    looked = look([one for name, one in past.items() if name.startswith("case:")], asked)
    assert not looked.failed
    names = {name for name in past if name.startswith("docket:")} | {message.docket for message in looked.messages}
    said = {name: [message for message in looked.messages if message.docket == name] for name in names}
    return looked, [one for name in sorted(names) for one in measures(name, past.get(name), said[name], asked)]


@given(CASES, RULES)
@settings(max_examples=20, deadline=None)
def test_what_only_proceedings_read_changes_no_case_and_none_need_be_derived(cases, rules):
    made, loaded = played(a_world(cases).spec)
    draft = drafted(loaded.world, Draft(accountability=({**rules, "review_stays": True},)))
    asked = Question(loaded.world, draft, loaded.until, Health(), Configured(loaded.world))
    past = [_past(stream, asked.at) for name, stream in made.streams.items() if name.startswith("case:")]
    whole, short = look(past, asked), look(past, asked, {one.stream_id: ("P", "planning") for one in past})
    assert (draft.touches is None) == ("share_threshold" in rules and rules["share_threshold"] != 50)
    assert sorted(short.counts) == sorted(whole.counts)
    assert (short.rows, short.messages, short.cases) == (whole.rows, whole.messages, whole.cases)
    assert draft.touches is None or not (whole.rows or whole.messages)


def test_rules_restated_as_they_are_are_asked_of_every_case():
    _, loaded = played(a_world([(0, None, None, None, None, False)]).spec)
    assert drafted(loaded.world, Draft(accountability=({},))).touches is None
    assert drafted(loaded.world, Draft(accountability=({"unit_threshold": 2},))).touches == frozenset()
    both = Draft(items=({"code": "P"},), accountability=({"unit_threshold": 2},))
    assert drafted(loaded.world, both).touches == {"P"}


def _past(stream: Stream, at: datetime) -> Past:
    return Past(stream.id, encode(stream), at, False, False)


def proposed(made: Rehearsal) -> dict[tuple[str, str], int]:
    """What stands in the dockets of a world: person or unit, proceeding, measure."""
    return {
        (name.removeprefix("docket:"), record.data["id"]): record.data["proposed_level"]
        for name, stream in made.streams.items()
        if name.startswith("docket:")
        for record in stream.records.values()
        if record.kind == "proceeding" and record.data["standing"]
    }


@given(CASES, RULES)
@settings(max_examples=20, deadline=None)
def test_a_ladder_proposes_what_it_would_have_proposed_from_the_beginning(cases, rules):
    world = a_world(cases)
    other = copy.deepcopy(world)
    other.spec["accountability"] = rules
    made, loaded = played(world.spec)
    under, _ = played(other.spec)
    draft = drafted(loaded.world, Draft(accountability=(rules,)))
    _, found = simulated(made, Question(loaded.world, draft, loaded.until, Health(), Configured(loaded.world)))
    assert {(m.docket, m.proceeding): m.after for m in found if m.after is not None} == proposed(under)
    assert {(m.docket, m.proceeding): m.before for m in found if m.before is not None} == proposed(made)
