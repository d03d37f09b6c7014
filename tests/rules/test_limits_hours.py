"""Working hours and minutes: to the second, through lunch, nights, holidays, suspensions and daylight saving."""

import pytest

from rules.calendar import Calendar
from rules.errors import RuleError
from rules.limit import Limit, Span
from rules.time_limits import due, elapsed, shift
from tests.rules.limits import CN, MAINLAND, at, d, hours, office, with_

UTC_OFFICE = office()


def ends(limit, start, spans=(), extensions=(), calendar=UTC_OFFICE, profile=MAINLAND):
    return due(limit, at(start), calendar, profile, spans, extensions).expires_at


def minutes(amount):
    return Limit(amount=amount, unit="working_minutes")


def stop(begin, end, kind="pause"):
    return Span(at(begin), None if end is None else at(end), kind)


def test_the_worked_example_of_the_interface():
    berlin = Calendar.from_dict(
        {
            "zone": "Europe/Berlin",
            "office_hours": {"mon": [["09:00", "12:00"], ["13:00", "17:00"]]},
            "days": [
                {"on": "2026-01-01", "kind": "off"},
                {"on": "2026-01-03", "kind": "working"},
                {"on": "2026-01-02", "kind": "working", "hours": [["09:00", "11:00"]]},
            ],
        }
    )
    spans = [stop("2026-01-02T10:45:00+01:00", "2026-01-05T09:30:00+01:00")]
    found = ends(hours(4), "2026-01-02T10:30:00+01:00", spans, [hours(2)], berlin, with_(day_zero="included"))
    assert found == at("2026-01-05T16:15:00+01:00")


def test_hours_run_from_the_instant_through_lunch_night_and_weekend():
    assert ends(hours(1), "2026-01-05T09:30") == at("2026-01-05T10:30")
    assert ends(hours(3), "2026-01-05T11:00") == at("2026-01-05T15:00")
    assert ends(hours(8), "2026-01-09T10:00") == at("2026-01-12T11:00")
    assert ends(hours(1), "2026-01-10T10:00") == at("2026-01-12T10:00")


def test_used_up_exactly_at_closing_it_is_closing():
    assert ends(hours(3), "2026-01-05T09:00") == at("2026-01-05T12:00")
    assert ends(hours(7), "2026-01-05T09:00") == at("2026-01-05T17:00")


def test_zero_is_the_start_inside_office_hours_and_the_next_opening_outside():
    assert ends(hours(0), "2026-01-05T10:17:31") == at("2026-01-05T10:17:31")
    assert ends(hours(0), "2026-01-05T12:00") == at("2026-01-05T13:00")
    assert ends(hours(0), "2026-01-09T17:00") == at("2026-01-12T09:00")
    assert ends(hours(0), "2026-01-05T10:00", [stop("2026-01-05T09:30", "2026-01-05T11:00")]) == at("2026-01-05T11:00")


def test_seconds_are_kept():
    assert ends(minutes(1), "2026-01-05T11:59:31") == at("2026-01-05T13:00:31")


def test_suspensions_are_cut_out_to_the_second_and_once():
    spans = [stop("2026-01-05T09:10:07", "2026-01-05T09:40:10"), stop("2026-01-05T09:20", "2026-01-05T09:30")]
    assert ends(hours(1), "2026-01-05T09:00", spans) == at("2026-01-05T10:30:03")


def test_a_suspension_over_lunch_costs_only_office_time():
    assert ends(hours(4), "2026-01-05T09:00", [stop("2026-01-05T11:30", "2026-01-05T13:30")]) == at("2026-01-05T15:00")


def test_a_suspension_from_the_end_on_moves_nothing():
    assert ends(hours(1), "2026-01-05T09:00", [stop("2026-01-05T10:00", "2026-01-06T10:00")]) == at("2026-01-05T10:00")
    assert ends(hours(1), "2026-01-05T09:00", [stop("2026-01-05T10:00", None)]) == at("2026-01-05T10:00")


def test_a_restart_runs_the_whole_limit_again():
    spans = [stop("2026-01-05T09:59:59", "2026-01-05T11:00", "restart")]
    assert ends(hours(1), "2026-01-05T09:00", spans) == at("2026-01-05T12:00")


def test_an_open_suspension_leaves_no_end():
    with pytest.raises(RuleError):
        ends(hours(1), "2026-01-05T09:00", [stop("2026-01-05T09:30", None)])


def test_the_last_day_is_the_day_of_the_last_second():
    night = Calendar.from_dict({"office_hours": {"mon": [["20:00", "24:00"]]}})
    found = due(hours(4), at("2026-01-05T20:00"), night, MAINLAND)
    assert (found.due_on, found.expires_at) == (d("01-05"), at("2026-01-06T00:00"))


def test_a_date_as_start_is_the_morning_of_that_day():
    assert due(hours(1), d("01-05"), UTC_OFFICE, MAINLAND).expires_at == at("2026-01-05T10:00")


def test_office_hours_through_the_night_of_daylight_saving_lose_and_gain_an_hour():
    always = Calendar.from_dict({"zone": "Europe/Berlin", "weekend": [], "office_hours": {"sun": [["00:00", "24:00"]]}})
    assert ends(hours(23), "2026-03-29T00:00+01:00", calendar=always) == at("2026-03-30T00:00+02:00")
    assert ends(hours(25), "2026-10-25T00:00+02:00", calendar=always) == at("2026-10-26T00:00+01:00")


def test_china_had_daylight_saving_in_1988():
    shanghai = office("Asia/Shanghai")
    assert ends(hours(1), "1988-07-01T16:30:00+09:00", calendar=shanghai) == at("1988-07-04T09:30:00+09:00")


def test_without_office_hours_hours_are_refused_with_what_to_do():
    for act in (
        lambda: due(hours(0), d("01-05"), CN, MAINLAND),
        lambda: shift(d("01-05"), hours(0), CN, MAINLAND),
        lambda: elapsed(d("01-05"), d("01-04"), "working_minutes", CN, MAINLAND),
    ):
        with pytest.raises(RuleError, match="add office_hours") as refused:
            act()
        assert refused.value.code == "calendar_without_hours"


def test_hours_that_touch_a_missing_year_are_provisional():
    extended = Calendar.from_dict(
        {"extends": "CN", "office_hours": {"thu": [["09:00", "17:00"]], "fri": [["09:00", "17:00"]]}}
    )
    assert not due(hours(4), at("2026-12-31T09:00:00+08:00"), extended, MAINLAND).provisional
    assert due(hours(9), at("2026-12-31T09:00:00+08:00"), extended, MAINLAND).provisional


@pytest.mark.parametrize(
    ("start", "by", "result"),
    [
        ("2026-01-05T09:00", 3, "2026-01-05T12:00"),
        ("2026-01-05T09:00", 4, "2026-01-05T14:00"),
        ("2026-01-05T14:00", -1, "2026-01-05T13:00"),
        ("2026-01-05T14:00", -2, "2026-01-05T11:00"),
        ("2026-01-12T09:30", -1, "2026-01-09T16:30"),
        ("2026-01-10T09:30", -7, "2026-01-09T09:00"),
        ("2026-01-10T09:30", 0, "2026-01-10T09:30"),
    ],
)
def test_a_shift_stays_on_the_edge_where_it_is_used_up(start, by, result):
    assert shift(at(start), hours(by), UTC_OFFICE, MAINLAND) == at(result)


def test_elapsed_hours_are_whole_and_seconds_exact():
    found = elapsed(at("2026-01-05T11:30:15"), at("2026-01-05T14:00:20"), "working_hours", UTC_OFFICE, MAINLAND)
    assert found == (1, 5405)
    spans = [stop("2026-01-05T13:10", None)]
    assert elapsed(at("2026-01-05T11:30"), at("2026-01-05T14:00"), "working_minutes", UTC_OFFICE, MAINLAND, spans) == (
        40,
        2400,
    )


def test_elapsed_hours_begin_again_with_a_restart():
    spans = [stop("2026-01-05T10:00", "2026-01-05T11:00", "restart")]
    assert elapsed(at("2026-01-05T09:00"), at("2026-01-05T11:20"), "working_minutes", UTC_OFFICE, MAINLAND, spans) == (
        20,
        1200,
    )
    assert elapsed(at("2026-01-05T09:00"), at("2026-01-05T10:20"), "working_minutes", UTC_OFFICE, MAINLAND, spans) == (
        0,
        0,
    )


def test_elapsed_backwards_is_nothing():
    assert elapsed(at("2026-01-06T10:00"), at("2026-01-05T10:00"), "working_hours", UTC_OFFICE, MAINLAND) == (0, 0)
