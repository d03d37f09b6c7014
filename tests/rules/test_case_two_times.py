"""Two times: late and back-dated reports, any order, repeats, waiting facts, corrections (time-limits.md 7)."""

import itertools

import pytest

from tests.rules.worlds import World, a_case, instant, item


def silent(**more):
    return a_case(5, silence="approve", **more).accepted("03-02 09:00")


def test_a_report_within_the_allowance_is_no_finding():
    assert a_case(5).accepted("03-02 09:00", recorded="03-03 09:00").until("03-04 09:00").findings("late_report") == []
    [found] = a_case(5).accepted("03-02 09:00", recorded="03-03 09:01").until("03-04 09:00").findings("late_report")
    assert found["legal_at"] == "2026-03-03T09:00:00+08:00"


def test_each_source_has_its_own_allowance():
    world = (
        a_case(5)
        .with_(sources=[{"id": "hall", "late_report_allowance": "PT72H"}])
        .accepted("03-02 09:00", recorded="03-04 09:00")
    )
    assert world.until("03-06 09:00").findings("late_report") == []


def test_a_fact_that_takes_away_an_effect_beyond_the_allowance_is_back_dated():
    out = silent().served("03-09 15:00", recorded="03-12 09:00", id="s").until("03-13 09:00")
    assert [f["evidence"] for f in out.findings("back_dating")] == [["s"]] and out.findings("late_report")
    assert out.outcome["kind"] == "approved" and out.certificates[0]["status"] == "superseded"


def test_so_is_one_that_takes_away_a_breach_alone():
    out = a_case(5).accepted("03-02 09:00").served("03-09 15:00", recorded="03-12 09:00").until("03-13 09:00")
    assert out.findings("back_dating") and [b["status"] for b in out.breaches()] == ["withdrawn"]


def test_within_the_allowance_nothing_is_found():
    out = silent().served("03-09 15:00", recorded="03-10 09:00").until("03-13 09:00")
    assert out.findings("back_dating") == [] and out.findings("late_report") == []


def test_late_but_harmless_is_late_only():
    out = (
        silent()
        .fact("step.started", "03-03 09:00", recorded="03-06 09:00", step="x")
        .served("03-09 10:00")
        .until("03-13 09:00")
    )
    assert out.findings("late_report") and out.findings("back_dating") == []


def test_an_outage_of_the_engine_is_not_the_sources_lateness():
    out = silent().outage("03-03 09:00", "03-06 09:00").served("03-03 10:00").until("03-13 09:00")
    assert out.findings("late_report") == [] and out.outcome["kind"] == "approved"


def test_a_source_that_is_out_reports_at_the_end():
    out = silent().outage("03-09 12:00", "03-10 09:00", "hall").served("03-09 15:00").until("03-13 09:00")
    assert (
        out.outcome["kind"] == "approved"
        and out.certificates[0]["status"] == "superseded"
        and out.findings("late_report") == []
    )


def bulk(count, apart=1, unit="planning"):
    world = World(item(5))
    for n in range(count):
        world.case(f"C{n:02}").accepted("03-02 09:00").served(
            "03-05 10:00", recorded=f"03-{10 + n * apart // 24:02} {n * apart % 24:02}:00"
        )
    return world.until("03-20 09:00")


def test_twenty_late_endings_of_one_unit_within_a_day_are_a_bulk_back_entry():
    out = bulk(20)
    [found] = [f for f in out.out["findings"] if f["kind"] == "bulk_back_entry"]
    assert (
        found["unit"] == "planning"
        and found["legal_at"] == "2026-03-10T19:00:00+08:00"
        and len(found["evidence"]) == 20
    )


def test_nineteen_or_twenty_over_more_than_a_day_are_not():
    assert [f for f in bulk(19).out["findings"] if f["kind"] == "bulk_back_entry"] == []
    assert [f for f in bulk(20, 2).out["findings"] if f["kind"] == "bulk_back_entry"] == []


def test_one_run_is_one_finding():
    assert len([f for f in bulk(24).out["findings"] if f["kind"] == "bulk_back_entry"]) == 1


def test_a_late_proof_of_hand_in_from_another_source_is_off_system():
    world = a_case(5).accepted("03-04 09:00")
    out = world.fact("application.handed_in", "03-02 09:00", recorded="03-06 09:00", source="window").until(
        "03-07 09:00"
    )
    assert out.findings("off_system") and out.due_on == "2026-03-09"
    timely = (
        a_case(5)
        .accepted("03-04 09:00")
        .fact("application.handed_in", "03-02 09:00", recorded="03-02 10:00", source="window")
    )
    assert timely.until("03-07 09:00").findings("off_system") == []


def test_the_same_matter_taken_in_twice_is_double_acceptance():
    out = a_case(5).accepted("03-04 09:00").accepted("03-04 15:00", source="window").until("03-07 09:00")
    assert out.findings("double_acceptance") and out.due_on == "2026-03-11"


# -- order --------------------------------------------------------------------------------------------------------------


def test_repeats_change_nothing_and_are_listed():
    world = silent()
    once = world.until("03-12 09:00")
    world.spec["facts"].append(world.spec["facts"][0] | {"recorded_at": "2026-03-11T09:00:00+08:00"})
    twice = world.until("03-12 09:00")
    assert len(twice.out["duplicates"]) == 1 and twice.out["cases"] == once.out["cases"]


def test_the_same_id_from_another_source_is_another_fact():
    world = (
        a_case(5)
        .accepted("03-02 09:00", id="x")
        .fact("clock.suspended", "03-03 09:00", id="x", source="window", reason="hearing")
    )
    out = world.until("03-04 09:00")
    assert out.out["duplicates"] == [] and out.status == "suspended"


def test_facts_of_a_case_nobody_opened_yet_wait():
    world = World(item(5)).fact("decision.made", "03-03 09:00", result="approved", id="d")
    assert world.until("03-04 09:00").parked == {"d"}
    named = World(item(5)).fact("decision.made", "03-03 09:00", result="approved", id="d", item="P")
    out = named.until("03-04 09:00")
    assert out.parked == {"d"} and out.out["cases"] == {}


def test_they_are_taken_up_when_it_comes():
    for code in (None, "P"):
        world = World(item(5)).fact("decision.made", "03-03 09:00", result="approved", id="d", item=code)
        world = world.fact("decision.served", "03-03 10:00", id="s")
        out = world.accepted("03-02 09:00", recorded="03-04 09:00").until("03-12 09:00")
        assert out.parked == set() and out.outcome["kind"] == "approved" and out.breaches() == []


def test_an_unknown_item_is_quarantined_and_found_once():
    world = World(item(5)).accepted("03-02 09:00", item="X", id="a").fact("fee.paid", "03-03 09:00", item="X", id="b")
    out = world.until("03-04 09:00")
    assert out.quarantined == {"a", "b"} and len(out.findings("off_catalogue")) == 1 and out.out["cases"] == {}


def test_an_item_not_yet_effective_or_published_is_off_catalogue():
    for more in ({"effective_from": "2026-04-01"}, {"published_on": "2026-04-01"}):
        out = World(item(5, **more)).accepted("03-02 09:00", id="a").until("03-04 09:00")
        assert out.quarantined == {"a"} and out.findings("off_catalogue")


def test_the_rules_of_acceptance_are_those_effective_then():
    world = (
        World(item(5), item(3, version=2, effective_from="2026-03-10"))
        .accepted("03-09 09:00")
        .case("B")
        .accepted("03-10 09:00")
    )
    out = world.until("03-10 12:00")
    assert (out.of("A").due_on, out.of("B").due_on) == ("2026-03-16", "2026-03-13")


def test_equal_instants_go_by_sequence_then_by_the_order_of_life():
    out = (
        a_case(5)
        .fact("decision.served", "03-02 09:00", result="approved")
        .fact("decision.made", "03-02 09:00", result="approved")
    )
    assert out.accepted("03-02 09:00").until("03-12 09:00").outcome["kind"] == "approved"
    world = a_case(10).accepted("03-02 09:00").fact("case.handed_over", "03-03 09:00", to="liu", sequence=2)
    world = world.fact("case.handed_over", "03-03 09:00", to="zhao", sequence=1)
    ends = list(world.until("03-20 09:00").breaches()[0]["shares"])
    assert {s["person"] for s in ends} == {"zhang", "liu"}


def test_a_date_alone_counts_as_in_time_on_that_date():
    out = a_case(5, silence="approve").accepted("03-02 09:00").served("03-09", recorded="03-10 00:05")
    out.spec["facts"][-2]["recorded_at"] = "2026-03-10T00:05:00+08:00"
    assert out.until("03-12 09:00").outcome["kind"] == "approved"


def test_a_decision_dated_before_acceptance_counts_as_in_time():
    out = silent().served("03-01 10:00", recorded="03-03 09:00").until("03-12 09:00")
    assert out.refusals() == {}
    assert out.outcome["kind"] == "approved" and out.breaches() == []


def test_a_refusal_whose_ground_fell_away_is_reversed_by_a_new_entry():
    world = a_case(5).accepted("03-02 09:00").fact("clock.suspended", "03-10 10:00", reason="hearing", id="late")
    out = world.fact("clock.suspended", "03-05 10:00", reason="expert_review", recorded="03-11 10:00").until(
        "03-12 09:00"
    )
    assert out.refusals() == {} and out.ledger("refusal_reversed") and out.ledger("fact_refused")


CLAIMS = [
    ("application.received", "03-02 09:00", {"item": "P", "holder": "zhang"}),
    ("application.accepted", "03-03 09:00", {"item": "P", "holder": "zhang"}),
    ("clock.suspended", "03-04 10:00", {"reason": "hearing"}),
    ("clock.resumed", "03-06 10:00", {"reason": "hearing"}),
    ("case.handed_over", "03-06 15:00", {"to": "liu"}),
]


@pytest.mark.parametrize("order", [p for n, p in enumerate(itertools.permutations(range(len(CLAIMS)))) if n % 7 == 0])
def test_the_order_of_arrival_does_not_matter(order):
    def world(places):
        made = a_case(5, silence="approve")
        for minute, place in enumerate(places):
            type_, at, data = CLAIMS[place]
            made.fact(type_, at, recorded=f"03-06 16:{minute:02}", id=f"f{place}", **data)
        return made.until("03-16 09:00")

    orderly, shuffled = world(range(len(CLAIMS))), world(order)
    assert shuffled.clock()["due_on"] == orderly.clock()["due_on"] == "2026-03-12"
    assert shuffled.outcome == orderly.outcome and shuffled.breaches() == orderly.breaches()


def test_an_effect_set_aside_falls_at_once_though_the_one_in_its_place_still_waits_to_be_published():
    world = a_case(5, silence="approve").accepted("03-02 09:00")
    world.fact("clock.suspended", "03-09 05:00", recorded="03-11 17:00", reason="hearing")
    world.fact("clock.resumed", "03-10 17:00", recorded="03-11 17:00", reason="hearing")
    out = world.until("03-11 17:05")
    assert (out.status, out.outcome["kind"], out.outcome["status"]) == ("open", "none", "superseded")
    assert [c["status"] for c in out.certificates] == ["superseded"]
    assert out.broken() == {}
    out = world.until("03-11 17:15")
    assert (out.status, out.outcome["legal_at"]) == ("concluded", instant("03-11"))
    assert out.broken() == {"committed": instant("03-11")}


def test_a_matter_not_pursued_stays_closed_whatever_is_reported_afterwards():
    world = a_case(5, suspensions=[{"reason": "completion"}]).accepted("03-02 09:00")
    world.fact("completion.requested", "03-03 09:00", items=["图"], answer_by="2026-03-12")
    out = world.fact("clock.suspended", "03-04 09:00", recorded="04-07 06:00", reason="hearing").until("04-08 09:00")
    assert (out.status, out.outcome["kind"]) == ("not_pursued", "not_pursued")
    assert not out.ledger("case_reopened")
