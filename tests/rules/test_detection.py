"""The detectors' parameters: each changes what is found, by unit and by date; one on trial is shown as such."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rehearsal.loading import load
from rules.accountability import Accountability
from rules.between import EndingReported
from rules.detection import DETECTED, BulkBackEntry
from rules.facts import Fact
from rules.stream import Health, Stream
from rules.watch_stream import advance_watch, bulks
from tests.rules.worlds import World, a_case, days, item


def set_to(detectors, **more):
    return {"accountability": {"detectors": detectors, **more}}


def extended(**detectors):
    world = a_case(5, extension={"max": days(5)}).accepted("03-02 09:00").with_(**set_to(detectors))
    return (
        world.fact("extension.requested", "03-08 12:00", by=days(2))
        .until("03-09 13:00")
        .findings("last_hour_extension")
    )


def test_the_last_hours_before_an_end_are_a_parameter():
    assert extended() == [] and extended(last_hour_extension={"within": "PT36H"})
    assert extended(transfer_before_expiry={"within": "PT36H"}) == []


def transferred(at, **detectors):
    world = a_case(3, 10).accepted("03-02 09:00").with_(**set_to(detectors))
    return world.fact("case.handed_over", at, to="liu").until("03-13 13:00").findings("transfer_before_expiry")


def test_a_transfer_is_measured_against_each_clock_that_still_runs():
    assert transferred("03-05 10:00") and not transferred("03-05 10:00", transfer_before_expiry={"within": "PT1H"})
    assert not transferred("03-09 10:00"), "the promise is broken long since, the law has a week left"
    assert transferred("03-13 12:00", transfer_before_expiry={"within": "PT84H"}), "to the end of the other clock"


def test_an_extension_asked_when_one_clock_is_over_and_the_other_has_time_is_no_last_hour():
    world = a_case(3, 10, extension={"max": days(5)}).accepted("03-02 09:00")
    assert (
        world.fact("extension.requested", "03-09 10:00", by=days(2))
        .until("03-10 09:00")
        .findings("last_hour_extension")
        == []
    )


def paused(detectors, **data):
    world = a_case(5).accepted("03-02 09:00").with_(**set_to({"pause_abuse": detectors}))
    return (
        world.fact("clock.suspended", "03-03 10:00", reason="hearing", **data)
        .until("03-04 09:00")
        .findings("pause_abuse")
    )


def test_what_must_be_on_record_of_a_stop_is_a_parameter():
    assert paused({}, until="2026-03-10") and not paused({"notice": False}, until="2026-03-10")
    assert paused({}, notified_at="2026-03-03") and not paused({"length": False}, notified_at="2026-03-03")
    assert not paused({}, notified_at="2026-03-03", until="2026-03-10")


def late_endings(count, apart=1, unit_of=lambda n: "P", **detectors):
    world = World(item(5), item(5, code="Q", unit="fire")).with_(**set_to(detectors))
    for n in range(count):
        world.case(f"C{n:03}").accepted("03-02 09:00", item=unit_of(n))
        world.served("03-05 10:00", recorded=f"03-{10 + n * apart // 24:02} {n * apart % 24:02}:00")
    return [f for f in world.until("03-30 09:00").out["findings"] if f["kind"] == "bulk_back_entry"]


def test_the_number_and_the_time_of_a_bulk_are_parameters():
    assert late_endings(19) == [] and late_endings(20)
    assert late_endings(5, bulk_back_entry={"entries": 5}) and not late_endings(5, 7, bulk_back_entry={"entries": 5})
    assert late_endings(5, 7, bulk_back_entry={"entries": 5, "within": "PT48H"})


def test_a_bulk_is_one_of_one_unit():
    assert late_endings(24, unit_of=lambda n: "PQ"[n % 2]) == []


def test_a_second_bulk_is_a_second_finding_and_belongs_to_the_case_that_completes_it():
    found = late_endings(10, 6, bulk_back_entry={"entries": 3})
    assert [(f["case"], f["what"]) for f in found] == [
        ("C002", ["C000", "C001", "C002"]), ("C006", ["C004", "C005", "C006"]),
    ]  # fmt: skip


def test_a_bulk_is_confirmed_like_any_other_finding():
    world = World(item(5)).with_(**set_to({"bulk_back_entry": {"entries": 2}}))
    for case in ("A", "B"):
        world.case(case).accepted("03-02 09:00").served("03-05 10:00", recorded="03-10 09:00")
    out = world.fact("finding.dismissed", "03-11 09:00", finding="bulk_back_entry", reason="停电").until("03-12 09:00")
    assert [f["status"] for f in out.findings("bulk_back_entry")] == ["dismissed"] and out.parked == set()


def test_a_detectors_setting_belongs_to_a_unit_from_a_day_on():
    sets = [
        {"version": 1, "detectors": {"wrong_fee": {"trial": True}}},
        {"unit": "planning", "version": 1, "effective_from": "2026-03-04"},
    ]
    world = a_case(5).accepted("03-02 09:00").with_(accountability=sets)
    for n, at in enumerate(("03-03 10:00", "03-05 10:00")):
        world.fact("fee.charged", at, code="X", amount=1, id=f"f{n}")
    assert [f["trial"] for f in world.until("03-06 09:00").findings("wrong_fee")] == [True, False]


@pytest.mark.parametrize("trial", [False, True])
def test_what_a_detector_on_trial_finds_counts_for_nothing_whatever_is_said_of_it(trial):
    world = a_case(5).accepted("03-02 09:00").with_(**set_to({"wrong_fee": {"trial": trial}}))
    world.fact("fee.charged", "03-03 10:00", code="X", amount=1)
    out = world.fact("finding.confirmed", "03-03 12:00", finding="wrong_fee", grade="ordinary", actor="sun").until(
        "03-04 09:00"
    )
    [found] = out.findings("wrong_fee")
    assert (found["trial"], found["status"]) == (trial, "confirmed")
    assert bool(out.breaches()) is bool(out.proceedings()) is not trial


@pytest.mark.parametrize("kind", sorted(DETECTED))
def test_every_detector_can_run_on_trial(kind):
    rules = msgspec.convert({"detectors": {kind: {"trial": True}}}, Accountability)
    assert rules.detectors.on_trial(kind) and not Accountability().detectors.on_trial(kind)
    assert not rules.detectors.on_trial("limit_expired"), "a broken limit is never on trial"


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60), st.integers(1, 6), st.integers(1, 30))
def test_a_watch_that_forgets_finds_what_one_that_remembers_all_would_find(hours, entries, within):
    rule = {"entries": entries, "within": f"PT{within}H"}
    world = a_world(**set_to({"bulk_back_entry": rule}))
    told = [ending(n, hour) for n, hour in enumerate(sorted(hours))]
    stream, said = Stream("watch:planning"), []
    for fact in told:
        step = advance_watch(stream, [fact], fact.reported_at, world, Health())
        stream, said = step.stream, said + [one.fact.data.cases[0] for one in step.outreach]
        assert len(stream.facts) <= len(
            [f for f in told if fact.reported_at - f.reported_at < timedelta(hours=2 * within + 1)]
        )
    assert said == [run[0].case for run in bulks(told, BulkBackEntry(entries=entries, within=timedelta(hours=within)))]


def a_world(**more):
    spec = World(item(5)).with_(**more, until="2026-06-01T00:00:00+08:00").spec
    return load(msgspec.json.encode(spec)).world


def ending(n, hour):
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)
    data = EndingReported(fact=f"f{n}")
    return Fact(
        id=f"e{n:02}",
        type="ending.reported",
        case=f"C{n:02}",
        source="engine",
        occurred_at=at,
        recorded_at=at,
        reported_at=at,
        data=data,
    )


def test_every_finding_names_the_facts_that_made_it():
    world = World(
        item(
            5,
            silence="approve",
            warnings=[{"before": days(1)}],
            steps=[{"id": "a", "limit": days(2)}],
            offices=[{"id": "fire", "limit": days(1)}],
        )
    )
    world.accepted("03-02 09:00", id="start").fact("agency_data.failed", "03-03 09:00", what="x")
    out = world.until("06-30 09:00")
    kinds = {f["kind"] for f in out.out["findings"]}
    assert {"limit_expired", "step_overdue", "office_silent", "alert_unanswered", "hold_open"} <= kinds
    assert all("start" in f["evidence"] for f in out.out["findings"]), [
        f for f in out.out["findings"] if not f["evidence"]
    ]


def test_a_hold_cleared_too_late_was_not_cleared_in_time():
    world = a_case(5, silence="approve").accepted("03-02 09:00").fact("agency_data.failed", "03-03 09:00", what="x")
    for closed, found in (("03-13 09:00", []), ("03-30 09:00", ["open"])):
        fresh = a_case(5, silence="approve").accepted("03-02 09:00").fact("agency_data.failed", "03-03 09:00", what="x")
        fresh.fact(
            "hold.closed", closed, hold="agency_data_failed", result="no_effect", approver="sun", reason="已补录"
        )
        assert [f["status"] for f in fresh.until("04-10 09:00").findings("hold_open")] == found
    assert world.until("04-10 09:00").findings("hold_open")


def accepted_twice(apart="03-05 09:00", project="P-7", item_of="P", place=None, **detectors):
    world = World(item(5), item(5, code="Q")).with_(**set_to(detectors))
    world.case("A").accepted("03-02 09:00", id="a", project="P-7", window="hall-1")
    world.case("B").accepted(apart, id="b", item=item_of, project=project, **(place or {"source": "window"}))
    return world.until("06-01 09:00")


def test_one_matter_accepted_at_two_places_under_two_numbers_is_suspected():
    out = accepted_twice()
    [found] = out.findings("double_acceptance")
    assert found["case"] == "B" and found["indication"]
    assert (found["evidence"], found["what"]) == (["b", "a"], ["B", "A"])


def test_another_project_another_item_the_same_place_or_much_later_is_another_matter():
    for other in (
        {"project": "P-8"},
        {"project": None},
        {"item_of": "Q"},
        {"place": {"window": "hall-1"}},
        {"apart": "04-20 09:00"},
    ):
        assert accepted_twice(**other).findings("double_acceptance") == []
    assert accepted_twice("04-20 09:00", double_acceptance={"within": "P90D"}).findings("double_acceptance")


def test_the_later_acceptance_is_suspected_whichever_is_reported_first():
    world = World(item(5))
    world.case("B").accepted("03-05 09:00", id="b", project="P-7", source="window")
    world.case("A").accepted("03-04 20:00", id="a", project="P-7", recorded="03-05 12:00")
    out = world.until("03-30 09:00")
    assert [f["case"] for f in out.out["findings"] if f["kind"] == "double_acceptance"] == ["B"]


def test_what_a_case_itself_shows_is_found_once_though_other_cases_of_the_project_point_to_it_too():
    world = a_case(committed=5).case("A").accepted("03-02 09:00", project="X")
    world.case("B").of_source("archive").accepted("03-02 10:00", project="X")
    world.fact("application.accepted", "03-03 09:00", source="window", item="P", project="X", id="again")
    out = world.until("03-20 09:00")
    found = [
        line["data"]["evidence"] for line in out.ledger("finding_opened") if line["data"]["kind"] == "double_acceptance"
    ]
    assert [evidence[0] for evidence in found] == ["application.accepted#1", "again"]
    assert out.findings("double_acceptance", person="zhang", indication=False)
