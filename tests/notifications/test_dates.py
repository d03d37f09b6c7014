from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from notifications.dates import day_text, instant_text


@pytest.mark.parametrize(("locale", "text"), [("zh", "2026年11月23日 周一"), ("en", "Mon 23 Nov 2026")])
def test_a_day_is_written_as_people_write_it(locale, text):
    assert day_text(date(2026, 11, 23), locale) == text


@pytest.mark.parametrize(
    ("locale", "zone", "text"),
    [
        ("zh", "Asia/Shanghai", "2026年6月24日 周三 00:00（中国标准时间）"),
        ("en", "Asia/Shanghai", "Wed 24 Jun 2026, 00:00 (China Standard Time)"),
        ("en", "Europe/Berlin", "Tue 23 Jun 2026, 18:00 (Central European Summer Time)"),
    ],
)
def test_an_instant_is_local_and_names_its_zone(locale, zone, text):
    assert instant_text(datetime(2026, 6, 23, 16, tzinfo=UTC), locale, ZoneInfo(zone)) == text


def test_seconds_are_shown_where_there_are_any():
    assert "00:00:07" in instant_text(datetime(2026, 6, 23, 16, 0, 7, tzinfo=UTC), "zh", ZoneInfo("Asia/Shanghai"))


def test_chinese_summer_time_of_1988_comes_from_the_zone_data():
    assert "01:00（中国夏令时间）" in instant_text(
        datetime(1988, 6, 23, 16, tzinfo=UTC), "zh", ZoneInfo("Asia/Shanghai")
    )
