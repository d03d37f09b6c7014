"""What happens in the county: the same every time it is planned, and in the order in which life goes."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.demo import behaviours
from engine.demo.events import Event, cloudevent
from engine.demo.filing import last_day
from engine.demo.plan import MIX, Plan
from engine.demo.showcase import AFTER
from engine.provisioning.folder import read_folder
from rules.calendar import shipped
from rules.payloads import payload_of

CN = shipped("CN")
COUNTY = read_folder(Path(__file__).parents[2] / "examples" / "county")
BEGINS = date(2026, 1, 12)


def a_plan(**changed: int) -> Plan:
    return Plan(county=COUNTY, calendar=CN, begins=BEGINS, **changed)


def days(number: int) -> list[date]:
    return [BEGINS + timedelta(days=n) for n in range(number)]


@pytest.fixture(scope="module")
def events() -> list[Event]:
    plan = a_plan()
    return [event for day in days(240) for event in plan.day(day)]


def test_a_plan_made_again_is_the_same_plan() -> None:
    assert [a_plan().day(day) for day in days(30)] == [a_plan().day(day) for day in days(30)]


def test_another_seed_is_another_county_life() -> None:
    assert a_plan().day(BEGINS) != a_plan(seed=7).day(BEGINS)


def test_nothing_comes_in_on_a_day_off() -> None:
    assert a_plan().day(date(2026, 1, 17)) == []


def test_every_message_has_the_shape_of_its_type(events: list[Event]) -> None:
    for event in events:
        payload_of(event.type, event.data)
        assert cloudevent(event)["type"] == f"cn.jiannuo.{event.type}"


def test_nothing_is_reported_before_it_happened_and_nothing_at_night(events: list[Event]) -> None:
    for event in events:
        assert event.at <= event.sent_at
        local = event.at.astimezone(CN.zone)
        assert CN.is_working_day(local.date()), event
        assert "08:30" <= f"{local:%H:%M}" < "17:30", event


def test_an_identifier_is_used_twice_only_where_a_source_repeats_itself(events: list[Event]) -> None:
    seen: dict[str, Event] = {}
    for event in events:
        assert seen.setdefault(event.id, event) == event
    assert len(seen) < len(events)


def test_every_way_a_case_can_go_occurs() -> None:
    told = {getattr(told, "__name__", "forgotten") for day in days(240) for _, told in a_plan().cases(day)}
    assert {behaviour.__name__ for _, behaviour, _ in MIX} <= told


def test_prompt_cases_are_served_by_their_last_day() -> None:
    for day in days(60):
        for filing, told in a_plan().cases(day):
            if told is behaviours.prompt:
                served = told(filing)[-1]
                assert CN.local_date(served.at) <= last_day(CN, filing.on, filing.item.committed_limit), filing.case


def test_late_cases_are_decided_after_their_last_day() -> None:
    for day in days(60):
        for filing, told in a_plan().cases(day):
            if told is behaviours.late:
                decided = next(event for event in told(filing) if event.type == "decision.made")
                assert CN.local_date(decided.at) > filing.last_day


def test_the_first_case_goes_all_the_way_within_three_real_minutes() -> None:
    from engine.demo.pace import SECOND, Pace

    pace, opens = Pace(CN, BEGINS), CN.instant(BEGINS, 8 * 60 + 55)
    told = [event for event in a_plan().day(BEGINS) if event.case == "AL-20260112-00"]
    assert [event.type for event in told] == [
        "application.accepted",
        "step.started",
        "step.completed",
        "alert.acknowledged",
        "alert.answered",
        "finding.confirmed",
    ]
    real = [(pace.course_at(event.sent_at) - pace.course_at(opens)) / SECOND for event in told]
    assert real[0] < 1
    assert real[-1] < 90


def test_the_same_officer_fails_three_times_and_the_second_time_is_decided() -> None:
    plan = a_plan()
    dates = [CN.add_working_days(BEGINS, n) if n else BEGINS for n in AFTER]
    told = [[event for event in plan.day(day) if event.case.endswith("-00")] for day in dates]
    assert len({case[0].data["holder"] for case in told}) == 1
    assert [case[-1].type for case in told] == ["finding.confirmed", "measure.decided", "finding.confirmed"]


def test_services_reported_out_of_order_still_happened_in_order() -> None:
    filing = next(f for day in days(240) for f, told in a_plan().cases(day) if told is behaviours.disordered)
    told = {event.type: event for event in behaviours.disordered(filing)}
    assert told["decision.made"].at < told["decision.served"].at
    assert told["decision.made"].sent_at > told["decision.served"].sent_at
