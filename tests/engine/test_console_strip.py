"""The day strip: what is drawn for each day, from a limit's own explanation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import msgspec
import pytest

from engine.console.dates import Dates
from engine.console.day_strip import Mark, StripDay, compact_strip, day_strip
from engine.console.i18n import Texts
from engine.console.strip_input import Ends, StripMaker
from engine.explanation.account import Day
from engine.explanation.telling import Teller
from rules.calendar import shipped
from rules.limit import Limit, Span
from rules.profile import DEFAULT, profile_from
from rules.time_limits import explain

CN = shipped("CN")
SVG = "{http://www.w3.org/2000/svg}"


def maker(locale="zh"):
    return StripMaker(Texts(locale), Dates(locale, "Asia/Shanghai"), CN, Teller(locale, CN))


def lines_of(amount: int, start: str, spans=()):
    limit = Limit(amount=amount, unit="working_days")
    found = explain(limit, date.fromisoformat(start), CN, profile_from(DEFAULT), spans)
    reasons = {"suspended": ("hearing",), "restarted": ("hearing",)}
    days = [Day(**msgspec.structs.asdict(line), reasons=reasons.get(line.why, ())) for line in found]
    return [Teller("zh", CN).line(day, limit) for day in days]


def days_of(amount: int, start: str, today: str, *, spans=(), **ends):
    lines = lines_of(amount, start, spans)
    bounds = Ends(date.fromisoformat(start), date.fromisoformat(today), committed_on=lines[-1].day.on, **ends)
    return maker().days(lines, bounds)


def test_six_working_days_over_spring_festival_are_numbered_where_they_count():
    days = days_of(6, "2026-02-10", "2026-02-10")
    assert [day.on.day for day in days if day.kind == "counted"] == [11, 12, 13, 14, 24, 25]
    assert [day.n for day in days if day.kind == "counted"] == [1, 2, 3, 4, 5, 6]
    assert days[0].kind == "zero"


def test_the_make_up_saturday_has_a_dot_and_says_so():
    saturday = next(day for day in days_of(6, "2026-02-10", "2026-02-10") if day.on == date(2026, 2, 14))
    assert saturday.make_up
    assert "调休上班" in saturday.say
    assert 'class="make-up"' in day_strip([saturday], "")


def test_holidays_are_hollow_and_name_their_instrument():
    holiday = next(day for day in days_of(6, "2026-02-10", "2026-02-10") if day.on == date(2026, 2, 17))
    assert holiday.kind == "off"
    assert "放假" in holiday.say


def test_suspended_days_are_hatched_with_their_reason():
    days = days_of(5, "2026-04-01", "2026-04-01", spans=(Span(date(2026, 4, 2), date(2026, 4, 7)),))
    suspended = [day for day in days if day.kind == "suspended"]
    assert suspended
    assert all("听证" in day.say for day in suspended)


def test_a_breach_is_red_from_midnight_after_the_last_day_up_to_today():
    days = days_of(2, "2026-03-02", "2026-03-09", late_from=date(2026, 3, 5))
    late = [day for day in days if day.kind == "late"]
    assert [day.on.day for day in late] == [5, 6, 7, 8, 9]
    assert [day.n for day in late] == [1, 2, None, None, 3]


def test_a_case_that_ended_late_is_red_only_until_its_end():
    days = days_of(2, "2026-03-02", "2026-03-20", late_from=date(2026, 3, 5), ended_on=date(2026, 3, 6))
    assert [day.on.day for day in days if day.kind == "late"] == [5, 6]


def test_a_standing_clock_is_drawn_up_to_today():
    spans = (Span(date(2026, 3, 3), date(2026, 3, 9)),)
    days = days_of(5, "2026-03-02", "2026-03-09", spans=spans)
    standing = maker().days(lines_of(5, "2026-03-02", spans), Ends(date(2026, 3, 2), date(2026, 3, 9), stands=True))
    assert len(standing) < len(days)
    assert standing[-1].on == date(2026, 3, 9)
    assert standing[-1].kind == "suspended"


def test_limits_warning_and_today_are_marks_on_their_days():
    days = days_of(5, "2026-03-02", "2026-03-04", statutory_on=date(2026, 3, 12), warning_on=date(2026, 3, 6))
    marks = {day.on.day: [mark.kind for mark in day.marks] for day in days if day.marks}
    assert marks == {4: ["today"], 6: ["warning"], 9: ["committed"], 12: ["statutory"]}


def test_a_long_strip_wraps_into_rows_that_begin_on_mondays():
    svg = ET.fromstring(day_strip(days_of(30, "2026-03-04", "2026-03-04"), "", per_row=14))
    assert len(svg.findall(f"{SVG}g")) > 2
    first = svg.find(f"{SVG}g/{SVG}g/{SVG}rect")
    assert float(first.get("x")) == pytest.approx(2 * 26 + 0.5)  # Wednesday: the third place


def test_words_are_escaped_and_the_picture_is_well_formed():
    day = StripDay(date(2026, 3, 2), "counted", '<b>"&', 1, marks=(Mark("today", "<now>"),), month="<3>")
    svg = ET.fromstring(day_strip([day], 'a "label" <x>'))
    assert svg.get("aria-label") == 'a "label" <x>'
    assert svg.find(f".//{SVG}title").text == '<b>"&'
    ET.fromstring(compact_strip([day], "<x>"))


def test_a_long_compact_strip_keeps_the_height_and_width_of_its_row():
    svg = ET.fromstring(compact_strip(days_of(60, "2026-03-02", "2026-03-02"), ""))
    assert svg.get("height") == "20"
    assert int(svg.get("width")) == 184


def test_dates_are_said_as_offices_say_them():
    zh, en = Dates("zh", "Asia/Shanghai"), Dates("en", "Asia/Shanghai")
    midnight = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert zh.day(date(2026, 11, 23)) == "2026年11月23日 周一"
    assert en.day(date(2026, 11, 23)) == "Mon 23 Nov 2026"
    assert zh.end(midnight) == "11月23日 周一 24:00"
    assert zh.instant(midnight) == "2026年11月24日 周二 00:00:00"
