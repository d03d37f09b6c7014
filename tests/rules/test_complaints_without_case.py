"""Complaints that name no case (accountability.md 6): received, timed, owned, answered and reviewed like any other, on a ledger of their own."""

from __future__ import annotations

import msgspec
import pytest

from engine.rehearsal.loading import load
from rules.marks import marks
from rules.rehearsal import Rehearsal
from tests.rules.proceedings import refused
from tests.rules.test_voices import PEOPLE
from tests.rules.worlds import World, a_case

OWN = "complaint:TS-1"


def complained(**more) -> World:
    people = [{"id": id_, "unit": "planning", "post": post, "from": "2010-01-01"} for id_, post in PEOPLE.items()]
    inspectors = [{"id": "sun", "unit": "inspection", "post": "inspector", "from": "2010-01-01"}]
    said = {"subject": "delay", "unit": "planning", "text": "窗口无人", **more}
    return (
        a_case()
        .with_(people=[*people, *inspectors])
        .case(OWN)
        .fact("complaint.filed", "03-05 10:00", id="TS-1", **said)
    )


def record(world: World, until: str) -> dict:
    """The complaint as it stands."""
    return _voices(world, until)[0]


def _voices(world: World, until: str) -> list[dict]:
    return [one.data | {"status": one.status} for one in _stream(world, until).records.values() if one.kind == "voice"]


def _stream(world: World, until: str):
    return _played(world, until).streams[OWN]


def _played(world: World, until: str) -> Rehearsal:
    world.until(until)
    loaded = load(msgspec.json.encode(world.spec))
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    return played


def cards(world: World, until: str, name: str) -> list[tuple[str, list[str], str]]:
    return [
        (a["level"], a["to"], a["scheduled_at"][:10]) for a in world.until(until).alerts(cause=f"complaint:{name}:TS-1")
    ]


def test_it_is_received_with_an_owner_and_a_clock_though_no_case_is_named():
    found = record(complained(), "03-06 09:00")
    assert (found["owner"], found["unit"], found["phase"], found["phase_until"]) == (
        "wang", "planning", "filed", "2026-03-13T00:00:00+08:00",
    )  # fmt: skip
    assert cards(complained(), "03-06 09:00", "admission") == [("yellow", ["wang"], "2026-03-05")]
    out = complained().until("03-06 09:00")
    assert out.out["cases"] == {} and out.out["parked"] == []


def test_nobody_admits_it_and_it_climbs_to_an_address_that_always_exists():
    ladder = cards(complained(), "09-30 09:00", "admission")
    assert [to for _, to, _ in ladder] == [["wang"], ["li"], ["chen"], ["sun"], ["office"]]
    assert complained().until("03-14 09:00").findings("alert_unanswered")[0]["person"] == "wang"


def test_it_is_admitted_answered_and_reviewed_by_another_than_whoever_answered():
    world = complained().fact("complaint.accepted", "03-06 09:00", actor="wang")
    assert record(world, "03-09 09:00")["phase_until"] == "2026-05-07T00:00:00+08:00", (
        "60 days from the admission, rolled"
    )
    world.fact("complaint.answered", "03-20 09:00", result="unfounded", text="已核查", actor="wang")
    assert (found := record(world, "03-21 09:00"))["phase"] == "settled" and found["owner"] is None
    world.fact("complaint.review_requested", "03-23 09:00", text="不服").fact(
        "complaint.reviewed", "03-24 09:00", result="reversed", actor="wang", id="own"
    )
    assert record(world, "03-25 09:00")["owner"] == "li" and refused(world.until("03-25 09:00")) == {
        "own": "not_competent"
    }
    world.fact("complaint.reviewed", "03-26 09:00", result="reversed", actor="li")
    assert (found := record(world, "03-27 09:00"))["result"] == "upheld" and found["phase"] == "settled"


@pytest.mark.parametrize(
    ("against", "owner"), [("wang", "li"), ("li", "chen"), ("chen", "sun"), (None, "wang")], ids=str
)
def test_it_never_goes_to_the_one_it_is_about(against, owner):
    assert record(complained(against=against), "03-06 09:00")["owner"] == owner


@pytest.mark.parametrize("unit", [None, "nowhere"])
def test_one_about_no_unit_that_is_known_goes_to_the_inspectors(unit):
    found = record(complained(unit=unit), "03-06 09:00")
    assert (found["owner"], found["phase"]) == ("sun", "filed")


def test_a_word_that_comes_before_the_complaint_has_effect_once_it_is_there():
    early = a_case().case(OWN).fact("complaint.accepted", "03-06 09:00", id="word")
    assert refused(early.until("03-06 10:00")) == {"word": "unknown_case"}
    there = early.fact("complaint.filed", "03-05 10:00", recorded="03-06 11:00", id="TS-1", unit="planning")
    assert refused(there.until("03-07 09:00")) == {} and record(there, "03-07 09:00")["phase"] == "accepted"


def test_what_is_said_twice_or_belongs_to_a_case_is_refused_with_its_reason():
    world = complained().fact("complaint.declined", "03-06 09:00", reason="不属本机关", actor="wang")
    world.fact("complaint.answered", "03-07 09:00", id="late").fact(
        "decision.made", "03-08 09:00", result="approved", id="no"
    )
    assert refused(world.until("03-09 09:00")) == {"late": "case_closed", "no": "not_allowed_for_item"}


def test_a_complaint_taken_back_counts_no_longer_and_its_cards_close_the_figure_too():
    world = complained()
    assert [m.figure for m in _marks(world)] == ["complaints"]
    world.fact("complaint.answered", "03-06 09:00", result="upheld", actor="wang", text="属实")
    assert [(m.figure, m.unit, m.case) for m in _marks(world)] == [
        ("complaints", "planning", OWN), ("complaints_upheld", "planning", OWN),
    ]  # fmt: skip
    world.fact("fact.retracted", "03-07 09:00", fact="TS-1", reason="本人撤回", approver="sun")
    assert _marks(world) == [] and _voices(world, "03-10 09:00")[0]["status"] == "withdrawn"


def _marks(world: World):
    played = _played(world, "03-10 09:00")
    return [m for m in marks(played.streams.values(), played.world, played.until) if m.figure.startswith("complaints")]
