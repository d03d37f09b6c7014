"""The table of worked examples, and each parameter of a profile by example."""

from datetime import date

import pytest

from rules.errors import RuleError
from rules.limit import Limit, Span
from rules.profile import SHIPPED, profile_from
from rules.time_limits import due, elapsed, shift
from tests.rules.limits import CN, MAINLAND, at, d, days, office, pause, with_

BOTH = with_(suspension={"restart_day_counts": True})


def ends(limit, start, profile=MAINLAND, spans=(), extensions=(), calendar=CN):
    return due(limit, d(start), calendar, profile, spans, extensions).due_on


@pytest.mark.parametrize(
    ("amount", "start", "last"),
    [
        (6, "02-10", "02-25"),
        (5, "09-18", "09-24"),
        (8, "04-27", "05-11"),
        (12, "09-14", "09-30"),
        (20, "09-14", "10-16"),
    ],
)
def test_working_days_of_china_2026(amount, start, last):
    assert ends(days(amount), start) == d(last)


def test_filed_on_a_day_off_day_zero_is_that_day_or_the_next_working_day():
    assert ends(days(5), "03-14") == d("03-20")
    assert ends(days(5), "03-14", with_(non_working_receipt="deemed_received_next")) == d("03-23")


def test_a_stop_after_acceptance_pauses_or_restarts_the_limit():
    stop = pause("04-29", "05-07")
    assert ends(days(8), "04-27", spans=[stop]) == d("05-14")
    assert ends(days(8), "04-27", BOTH, [stop]) == d("05-13")
    assert ends(days(8), "04-27", spans=[pause("04-29", "05-07", "restart")]) == d("05-18")
    assert ends(days(8), "04-27", BOTH, [pause("04-29", "05-07", "restart")]) == d("05-15")


def test_the_same_with_instants():
    stop = Span(at("2026-04-29T15:20:00+08:00"), at("2026-05-07T09:10:00+08:00"))
    assert ends(days(8), "04-27", spans=[stop]) == d("05-14")


def test_milestones_of_steps_and_a_relative_step():
    assert [ends(days(n), "06-15") for n in (2, 6, 8)] == [d("06-17"), d("06-24"), d("06-26")]
    assert ends(days(4), "06-18") == d("06-25")


def test_a_limit_includes_the_whole_last_day_at_the_office():
    assert due(days(6), d("02-10"), CN, MAINLAND).expires_at == at("2026-02-26T00:00:00+08:00")


def test_an_instant_counts_by_its_local_date():
    assert due(days(6), at("2026-02-09T17:00:00Z"), CN, MAINLAND).due_on == d("02-25")


def test_received_at_or_after_the_cut_off_counts_as_the_next_day():
    late = with_(cut_off="16:30")
    assert due(days(1), at("2026-03-09T16:29:59+08:00"), CN, late).due_on == d("03-10")
    assert due(days(1), at("2026-03-09T16:30:00+08:00"), CN, late).due_on == d("03-11")
    assert due(days(1), at("2026-03-13T17:00:00+08:00"), CN, late).due_on == d("03-16")


def test_day_zero_included_counts_the_starting_day():
    included = with_(day_zero="included")
    assert ends(days(6), "02-10", included) == d("02-24")
    assert ends(days(1), "02-15", included) == d("02-24")
    assert ends(days(7, "calendar_days"), "03-02", included) == d("03-09")
    assert ends(days(1, "weeks"), "03-03", included) == d("03-09")


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [("01-15", 1, "02-14"), ("03-01", 1, "03-31"), ("01-29", 1, "02-28"), ("01-30", 1, "02-28"), ("01-31", 1, "02-28")],
)
def test_a_month_that_includes_its_first_day_ends_before_the_corresponding_one(start, months, last):
    profile = with_(day_zero="included", period_end_roll="none")
    assert ends(days(months, "months"), start, profile) == d(last)


def test_the_end_of_a_calendar_period_is_rolled_as_the_profile_says():
    assert ends(days(5, "calendar_days"), "03-02") == d("03-09")  # 03-07 is a Saturday
    assert ends(days(5, "calendar_days"), "03-02", with_(period_end_roll="none")) == d("03-07")
    assert ends(days(5, "calendar_days"), "03-02", with_(period_end_roll="previous_working_day")) == d("03-06")


def test_a_rolled_end_lands_on_a_make_up_day():
    assert ends(days(4, "calendar_days"), "02-10") == d("02-14")


def test_a_short_month_ends_on_its_last_day_or_on_the_first_of_the_next():
    unrolled = with_(period_end_roll="none")
    assert ends(days(1, "months"), "01-31", unrolled) == d("02-28")
    assert ends(days(1, "months"), "01-31", with_(period_end_roll="none", month_end="first_of_next")) == d("03-01")
    assert ends(days(1, "years"), "2024-02-29", unrolled) == d("2025-02-28")


def test_a_period_of_two_days_or_more_has_two_working_days_in_the_union():
    union = profile_from("eu-1182-71")
    # Friday and three days: Monday is the first working day of the period, Tuesday the second.
    assert ends(days(3, "calendar_days"), "03-13", union) == d("03-17")
    assert ends(days(1, "calendar_days"), "03-13", union) == d("03-16")
    assert ends(days(1, "weeks"), "03-13", union) == d("03-20")


def test_suspended_time_of_months_counts_in_calendar_days():
    # 2 months from 03-02 end on 05-02; 10 days stood still (03-11 to 03-20).
    assert ends(days(2, "months"), "03-02", spans=[pause("03-10", "03-20")]) == d("05-12")


def test_overlapping_suspensions_count_once():
    spans = [pause("03-10", "03-20"), pause("03-16", "03-24"), pause("03-17", "03-18")]
    assert ends(days(10), "03-02", spans=spans) == ends(days(10), "03-02", spans=[pause("03-10", "03-24")])


def test_a_suspension_asked_before_the_start_suspends_only_from_the_start():
    assert ends(days(5), "03-09", spans=[pause("03-02", "03-11")]) == d("03-18")
    assert ends(days(5), "03-09", spans=[pause("03-02", "03-06")]) == d("03-16")


def test_a_suspension_on_the_last_day_stops_the_clock_and_the_limit_ends_on_the_restart_day():
    assert ends(days(5), "03-02", spans=[pause("03-09", "03-12")]) == d("03-12")
    assert ends(days(5), "03-02", spans=[pause("03-09", "03-14")]) == d("03-16")
    assert ends(days(5), "03-02", BOTH, [pause("03-09", "03-14")]) == d("03-16")


def test_a_suspension_between_the_unrolled_and_the_rolled_end_stops_the_clock():
    # Five days end on Saturday 03-07, rolled to Monday 03-09; it stops on the Sunday.
    assert ends(days(5, "calendar_days"), "03-02", spans=[pause("03-08", "03-18")]) == d("03-18")


def test_a_stop_day_that_does_not_count_leaves_its_day_for_later():
    neither = with_(suspension={"stop_day_counts": False})
    assert ends(days(5), "03-02", neither, [pause("03-09", "03-12")]) == d("03-13")


def test_a_suspension_after_the_end_moves_nothing():
    assert ends(days(5), "03-02", spans=[pause("03-10", "03-20")]) == d("03-09")
    assert ends(days(5), "03-02", spans=[pause("03-10", "03-20", "restart")]) == d("03-09")


def test_an_extension_adds_to_the_unrolled_end_in_its_own_unit():
    # Five days end on Saturday 03-07; ten more on Tuesday 03-17, not ten from the rolled Monday.
    ten = days(10, "calendar_days")
    assert ends(days(5, "calendar_days"), "03-02", extensions=[ten]) == d("03-17")
    assert ends(days(5), "03-02", extensions=[days(3)]) == d("03-12")
    assert ends(days(5), "03-02", extensions=[days(5, "calendar_days")]) == d("03-16")
    assert ends(days(1, "months"), "01-31", extensions=[days(1, "months")]) == d("03-30")


def test_an_extended_limit_can_be_suspended_in_its_extension():
    assert ends(days(5), "03-02", spans=[pause("03-11", "03-13")], extensions=[days(3)]) == d("03-16")


def test_hours_and_days_do_not_extend_each_other():
    with pytest.raises(RuleError) as refused:
        ends(days(5), "03-02", extensions=[Limit(amount=2, unit="working_hours")])
    assert refused.value.field == "extensions[0].unit"


def test_zero_days_end_on_day_zero_rolled():
    assert ends(days(0), "03-02") == d("03-02")
    assert ends(days(0), "03-07") == d("03-09")
    assert ends(days(0, "calendar_days"), "03-07") == d("03-09")
    assert ends(days(0), "03-02", with_(day_zero="included")) == d("03-02")


def test_until_a_date_is_never_rolled_and_never_stopped():
    until = Limit(unit="until_date", on="2026-03-07")
    found = due(until, d("03-02"), CN, MAINLAND, [pause("03-04", "03-06")])
    assert (found.due_on, found.expires_at) == (d("03-07"), at("2026-03-08T00:00:00+08:00"))
    assert not due(Limit(unit="until_date", on="2031-01-01"), d("03-02"), CN, MAINLAND).provisional


def test_until_an_instant_expires_at_that_instant():
    found = due(Limit(unit="until_date", on="2026-03-07T12:00:00"), d("03-02"), CN, MAINLAND)
    assert (found.due_on, found.expires_at) == (d("03-07"), at("2026-03-07T12:00:00+08:00"))
    midnight = due(Limit(unit="until_date", on="2026-03-08T00:00:00+08:00"), d("03-02"), CN, MAINLAND)
    assert midnight.due_on == d("03-07")


def test_until_an_attribute_that_is_not_recorded_has_no_date():
    with pytest.raises(RuleError) as refused:
        due(Limit(unit="until_date", attribute="expiry"), d("03-02"), CN, MAINLAND)
    assert refused.value.code == "date_unknown"


def test_a_limit_that_needs_a_missing_year_is_provisional():
    assert due(days(10), d("12-28"), CN, MAINLAND).provisional
    assert not due(days(3), d("12-28"), CN, MAINLAND).provisional
    # New Year's Eve of an estimated year is day zero and has no say.
    assert not due(days(3), date(2006, 12, 31), CN, MAINLAND).provisional


def test_a_calendar_period_is_provisional_only_where_the_roll_asks_a_missing_year():
    month = days(1, "months")
    assert due(month, d("12-10"), CN, MAINLAND).provisional
    assert not due(month, d("12-10"), CN, with_(period_end_roll="none")).provisional
    assert due(days(5, "weeks"), d("11-28"), CN, profile_from("eu-1182-71")).provisional


def test_an_open_suspension_leaves_no_date():
    with pytest.raises(RuleError) as refused:
        ends(days(5), "03-02", spans=[pause("03-04", None)])
    assert refused.value.code == "suspension_open"
    assert ends(days(5), "03-02", spans=[pause("03-10", None)]) == d("03-09")


def test_a_suspension_that_ends_before_it_begins_is_refused():
    with pytest.raises(RuleError) as refused:
        ends(days(5), "03-02", spans=[pause("03-04", "03-05"), pause("03-04", "03-03")])
    assert refused.value.field == "suspensions[1].to"


def test_a_stop_and_restart_on_one_day_that_both_count_costs_nothing():
    assert ends(days(5), "03-02", BOTH, [pause("03-04", "03-04")]) == d("03-09")
    assert ends(days(5), "03-02", spans=[pause("03-04", "03-04")]) == d("03-09")
    neither = with_(suspension={"stop_day_counts": False})
    assert ends(days(5), "03-02", neither, [pause("03-04", "03-04")]) == d("03-10")


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_profile_gives_a_clause_for_each_value(name):
    profile = profile_from(name)
    parameters = {"day_zero", "non_working_receipt", "cut_off", "period_end_roll", "minimum_working_days", "month_end"}
    assert profile.name == name
    assert parameters | {"suspension.stop_day_counts", "completion.statutory"} <= set(profile.clauses)
    assert all(profile.clauses.values())


def test_the_same_facts_have_another_end_under_another_law():
    # Asked on Wednesday 04-08, supplied on Monday 04-13; two weeks from Wednesday 04-01.
    spans = [pause("04-08", "04-13")]
    found = {name: ends(days(2, "weeks"), "04-01", profile_from(name), spans) for name in SHIPPED}
    assert found == {
        "cn-mainland": d("04-20"),
        "eu-1182-71": d("04-20"),
        "nl-awb": d("04-20"),
        "es-39-2015": d("04-20"),
        "fr-crpa": d("04-20"),
        "de-bgb": d("04-21"),
    }
    assert ends(days(2, "weeks"), "04-03", profile_from("fr-crpa"), [pause("04-08", "04-09")]) == d("04-18")
    assert ends(days(2, "weeks"), "04-03", profile_from("nl-awb"), [pause("04-08", "04-09")]) == d("04-17")


def test_a_profile_can_change_one_value_and_keep_the_rest():
    profile = with_(completion="decided", suspension={"requires_term": False})
    assert profile.completion_of("committed") == profile.completion_of("statutory") == "decided"
    assert not profile.suspension.requires_term
    assert profile.suspension.stop_day_counts
    assert with_(completion={"statutory": "served"}).completion_of("statutory") == "served"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"day_zer": "included"}, "day_zer"),
        ({"day_zero": "maybe"}, "day_zero"),
        ({"cut_off": "25:00"}, "cut_off"),
        ({"suspension": {"stop": True}}, "suspension.stop"),
        ({"notice_window": {"amount": 5}}, "notice_window.unit"),
        ({"publication_delay": "soon"}, "publication_delay"),
        ({"minimum_working_days": -1}, "minimum_working_days"),
    ],
)
def test_a_bad_profile_names_the_parameter(spec, field):
    with pytest.raises(RuleError) as refused:
        profile_from(spec)
    assert refused.value.field == field


def test_shift_keeps_the_clock_time_and_does_not_roll():
    assert shift(d("02-14"), days(-1), CN, MAINLAND) == d("02-13")
    assert shift(d("03-07"), days(0), CN, MAINLAND) == d("03-07")
    assert shift(d("03-31"), days(-1, "months"), CN, MAINLAND) == d("02-28")
    assert shift(at("2026-02-13T16:20:30+08:00"), days(2), CN, MAINLAND) == at("2026-02-24T16:20:30+08:00")


def test_shift_keeps_the_local_clock_time_through_daylight_saving():
    berlin = office("Europe/Berlin")
    assert shift(at("2026-03-28T10:00:00+01:00"), days(1, "calendar_days"), berlin, MAINLAND) == at(
        "2026-03-29T10:00:00+02:00"
    )
    assert shift(at("2026-03-28T02:30:00+01:00"), days(1, "calendar_days"), berlin, MAINLAND) == at(
        "2026-03-29T03:30:00+02:00"
    )


def test_elapsed_leaves_out_the_first_day_and_suspended_days():
    assert elapsed(d("02-10"), d("02-25"), "working_days", CN, MAINLAND) == (6, None)
    assert elapsed(d("04-27"), d("05-14"), "working_days", CN, MAINLAND, [pause("04-29", "05-07")]) == (8, None)
    assert elapsed(d("02-25"), d("02-10"), "working_days", CN, MAINLAND) == (0, None)
    assert elapsed(d("04-27"), d("05-18"), "working_days", CN, MAINLAND, [pause("04-29", "05-07", "restart")]) == (
        8,
        None,
    )
    assert elapsed(d("03-02"), d("03-20"), "working_days", CN, MAINLAND, [pause("03-10", None)]) == (6, None)


def test_elapsed_months_are_whole_and_lose_suspended_calendar_days():
    assert elapsed(d("01-31"), d("02-28"), "months", CN, MAINLAND) == (1, None)
    assert elapsed(d("01-31"), d("02-27"), "months", CN, MAINLAND) == (0, None)
    assert elapsed(d("03-02"), d("05-02"), "months", CN, MAINLAND, [pause("03-10", "03-20")]) == (1, None)
    assert elapsed(d("03-02"), d("05-12"), "months", CN, MAINLAND, [pause("03-10", "03-20")]) == (2, None)
    assert elapsed(d("2020-02-29"), d("2021-02-28"), "years", CN, MAINLAND) == (1, None)
    assert elapsed(d("03-02"), d("03-20"), "weeks", CN, MAINLAND) == (2, None)


def test_the_minimum_of_working_days_does_not_count_day_zero_even_where_it_is_included():
    included = profile_from({"extends": "eu-1182-71", "day_zero": "included"})
    assert ends(days(3, "calendar_days"), "03-13", included) == d("03-17")


def test_a_stop_in_the_instant_of_a_restart_is_one_stop():
    days_of_march = [at(f"2026-03-{day:02d}T10:00:00+08:00") for day in (4, 5, 6)]
    touching = [Span(days_of_march[0], days_of_march[1]), Span(days_of_march[1], days_of_march[2])]
    assert ends(days(5), "03-02", BOTH, touching) == d("03-10")
    # An hour of running time on the 5th makes it a day that both restarts and stops the clock: it counts.
    apart = [touching[0], Span(at("2026-03-05T11:00:00+08:00"), days_of_march[2])]
    assert ends(days(5), "03-02", BOTH, apart) == d("03-09")
