from datetime import UTC, date, datetime, timedelta

import pytest

from rules.calendar import Calendar, shipped
from rules.errors import RuleError
from tests.rules.limits import OFFICE, at, d, office


def calendar(**form):
    return Calendar.from_dict(form)


def test_without_office_hours_the_weekend_is_saturday_and_sunday():
    plain = calendar()
    assert [plain.is_working_day(d("01-05") + timedelta(n)) for n in range(7)] == [True] * 5 + [False] * 2


def test_a_weekend_can_be_other_days():
    gulf = calendar(weekend=["fri", "sat"])
    assert not gulf.is_working_day(d("01-02"))
    assert gulf.is_working_day(d("01-04"))


def test_a_weekday_without_office_hours_is_no_working_day():
    mondays = calendar(office_hours={"mon": [["09:00", "12:00"]]})
    assert mondays.add_working_days(d("01-05"), 1) == d("01-12")


def test_exceptions_beat_the_week():
    made = calendar(days=[{"on": "2026-01-03", "kind": "working"}, {"on": "2026-01-05", "kind": "off"}])
    assert made.roll(d("01-03"), "next") == d("01-03")
    assert made.roll(d("01-04"), "next") == d("01-06")
    assert made.roll(d("01-05"), "previous") == d("01-03")


def test_counting_works_both_ways_and_far_away():
    plain = calendar()
    for n in (1, 5, 261, 5000, 20000):
        ahead = plain.add_working_days(d("01-05"), n)
        assert plain.working_days_between(d("01-05"), ahead) == n
        assert plain.add_working_days(ahead, -n) == d("01-05")


def test_zero_working_days_away_is_the_day_itself_even_a_sunday():
    assert calendar().add_working_days(d("01-04"), 0) == d("01-04")


@pytest.mark.parametrize("year", [1949, 1987, 2100, 2200])
def test_every_year_answers(year):
    assert isinstance(shipped("CN").is_working_day(date(year, 12, 31)), bool)


def test_a_count_that_leaves_the_calendar_is_refused():
    with pytest.raises(RuleError) as refused:
        calendar().add_working_days(d("01-05"), 900_000)
    assert refused.value.code == "out_of_range"


def test_a_calendar_without_any_working_time_is_refused():
    for form in ({"office_hours": {}}, {"weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}):
        with pytest.raises(RuleError) as refused:
            calendar(**form)
        assert refused.value.code == "calendar_without_working_time"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"days": [{"on": "2026-13-01", "kind": "off"}]}, "days[0].on"),
        ({"days": [{"on": "2026-01-01", "kind": "off", "hours": [["09:00", "10:00"]]}]}, "days[0].hours"),
        ({"days": [{"on": "2026-01-01", "kind": "off"}, {"on": "2026-01-01", "kind": "off"}]}, "days[1].on"),
        ({"office_hours": {"mon": [["12:00", "09:00"]]}}, "office_hours.mon"),
        ({"office_hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "office_hours.mon"),
        ({"office_hours": {"mon": [["9:00", "12:00"]]}}, "office_hours.mon"),
        ({"office_hours": {"moon": []}}, "office_hours"),
        ({"years": {"26": "official"}}, "years"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_calendar_says_where(form, field):
    with pytest.raises(RuleError) as refused:
        calendar(**form)
    assert refused.value.field.startswith(field)


def test_office_hours_are_instants_and_may_end_at_midnight():
    night = calendar(zone="Europe/Berlin", office_hours={"mon": [["20:00", "24:00"]]})
    assert night.hours_on(d("01-05")) == ((at("2026-01-05T19:00+00:00"), at("2026-01-05T23:00+00:00")),)


def test_a_make_up_day_has_the_hours_of_its_weekday_or_of_monday():
    made = office(days=[{"on": "2026-01-03", "kind": "working"}])
    assert made.hours_on(d("01-03"))[0] == (at("2026-01-03T09:00"), at("2026-01-03T12:00"))
    assert made.why(d("01-03")) == ("make_up", "")


def test_special_hours_replace_the_usual_ones():
    half = office(days=[{"on": "2026-01-05", "kind": "working", "hours": [["09:00", "11:30"]]}])
    assert half.hours_on(d("01-05")) == ((at("2026-01-05T09:00"), at("2026-01-05T11:30")),)
    assert half.why(d("01-05"))[0] == "special_hours"


def test_a_skipped_midnight_starts_where_the_clock_lands():
    # Brazil began daylight saving at 00:00 on 2018-11-04: the day starts at 01:00, one instant, no gap.
    brazil = calendar(zone="America/Sao_Paulo")
    assert brazil.start_of(date(2018, 11, 4)) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert brazil.end_of(date(2018, 11, 3)) == brazil.start_of(date(2018, 11, 4))


def test_days_end_at_local_midnight_through_daylight_saving():
    china = shipped("CN")
    assert china.end_of(date(1988, 7, 1)) == datetime(1988, 7, 1, 15, tzinfo=UTC)
    assert china.end_of(date(2026, 7, 1)) == datetime(2026, 7, 1, 16, tzinfo=UTC)
    berlin = calendar(zone="Europe/Berlin")
    assert berlin.end_of(d("03-29")) - berlin.start_of(d("03-29")) == timedelta(hours=23)
    assert berlin.end_of(d("10-25")) - berlin.start_of(d("10-25")) == timedelta(hours=25)


def test_the_last_day_of_time_has_no_end():
    with pytest.raises(RuleError):
        calendar().end_of(date.max)


def test_extending_merges_days_and_years_and_replaces_the_rest():
    more = Calendar.from_dict(
        {
            "extends": "CN",
            "office_hours": OFFICE,
            "days": [{"on": "2027-01-01", "kind": "off"}],
            "years": {"2027": "official"},
        }
    )
    assert more.zone.key == "Asia/Shanghai"
    assert more.is_working_day(d("02-14"))
    assert more.hours_on(d("02-14"))
    assert not more.is_working_day(date(2027, 1, 1))
    assert not more.provisional(d("12-01"), date(2027, 1, 31))
    assert more.provisional(d("12-01"), date(2028, 1, 31))


def test_extending_takes_the_base_that_is_given():
    base = calendar(version="v1", zone="Europe/Berlin", days=[{"on": "2026-01-05", "kind": "off"}])
    more = Calendar.from_dict({"extends": "v1", "days": [{"on": "2026-01-06", "kind": "off"}]}, base)
    assert more.add_working_days(d("01-02"), 1) == d("01-07")


def test_a_later_instrument_amends_an_earlier_one():
    notices = [
        {"title": "first", "days": [{"on": "2026-01-03", "kind": "working"}]},
        {"title": "second", "number": "No. 2", "days": [{"on": "2026-01-03", "kind": "off"}]},
    ]
    assert calendar(instruments=notices).why(d("01-03")) == ("off", "No. 2")


def test_unknown_shipped_calendars_are_refused():
    for name in ("XX", "../CN", ""):
        with pytest.raises(RuleError):
            shipped(name)


def test_the_version_tells_calendars_apart():
    assert calendar() == calendar()
    assert len({calendar(), calendar(), calendar(zone="Asia/Tokyo")}) == 2
