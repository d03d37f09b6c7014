from datetime import date, timedelta

import chinese_calendar
import pytest

from rules.calendar import shipped
from tests.rules.limits import CN


def test_every_day_from_2007_to_2026_agrees_with_an_independent_package():
    day, differing = date(2007, 1, 1), []
    while day <= date(2026, 12, 31):
        if CN.is_working_day(day) != chinese_calendar.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_the_zone_is_shanghai_and_there_are_no_office_hours():
    assert (CN.zone.key, CN.region, CN.has_hours) == ("Asia/Shanghai", "CN", False)


@pytest.mark.parametrize("year", range(2007, 2027))
def test_arranged_years_are_official(year):
    assert not CN.provisional(date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize("year", [1949, 2006, 2027, 2100])
def test_other_years_are_provisional(year):
    assert CN.provisional(date(year, 1, 1), date(year, 12, 31))


def test_each_exception_names_its_instrument():
    assert CN.why(date(2026, 2, 14)) == ("make_up", "国办发明电〔2025〕7号")
    assert CN.why(date(2015, 9, 3)) == ("off", "国发明电〔2015〕1号")
    assert CN.why(date(2019, 5, 2)) == ("off", "国办发明电〔2019〕3号")
    assert CN.why(date(2020, 1, 31)) == ("off", "国办发明电〔2020〕1号")
    assert CN.why(date(2020, 1, 30)) == ("off", "国办发明电〔2019〕16号")
    assert CN.why(date(2026, 2, 10)) == ("working", "")
    assert CN.why(date(2026, 1, 10)) == ("weekend", "")


def test_the_shipped_calendar_is_read_once():
    assert shipped("CN") is CN
