"""Why this date, in words: every day, what stopped and moved the clock, and under what it ends."""

from __future__ import annotations

import re
import string
from datetime import datetime
from typing import Any

import msgspec

from engine.explanation.reading import as_known, explained
from engine.explanation.telling import Teller, Told, words
from engine.rehearsal.loading import load
from rules.case import Start
from rules.day_lines import __doc__ as whys
from tests.rules.worlds import World, a_case, days, moment


def told(world: World, at: str, *, locale: Any = "zh", clock: str = "committed", known: bool = False) -> Told:
    """A case of a small world, told as it stands at an instant."""
    world.spec["until"] = moment(at)
    loaded = load(msgspec.json.encode(world.spec))
    now = datetime.fromisoformat(moment(at))
    read = as_known if known else explained
    found = read("A", loaded.facts, loaded.world, now)
    account = next(account for account in found.clocks if account.clock == clock)
    return Teller(locale, found.calendar).told(account, now if known else None)


def day(told: Told, on: str) -> str:
    return next(line.text for line in told.days if line.day.on.isoformat() == f"2026-{on}")


SPRING = a_case(6, basis={"committed": "《安澜县公开承诺》第三条"}).accepted("02-10 09:00")


def test_working_days_are_told_one_by_one_with_the_instrument_of_holidays_and_make_up_days():
    found = told(SPRING, "02-11 09:00")
    assert found.heading == "承诺时限：6 个工作日，自2026年2月10日 周二 09:00:00（受理）起算。"
    assert day(found, "02-10").startswith("2026年2月10日 周二：不计，起算日（《民法典》第二百零一条")
    assert day(found, "02-11") == "2026年2月11日 周三：计入，第 1 日"
    assert day(found, "02-14") == "2026年2月14日 周六：计入，第 4 日，调休上班（国办发明电〔2025〕7号）"
    assert day(found, "02-16") == "2026年2月16日 周一：不计，放假（国办发明电〔2025〕7号）"
    assert [line.day.n for line in found.days if line.day.counted] == [1, 2, 3, 4, 5, 6]


def test_the_last_sentences_say_when_it_ends_and_under_what():
    found = told(SPRING, "02-11 09:00")
    assert found.ending == (
        "届满日：2026年2月25日 周三，当日 24:00 止，次日 00:00 起为逾期。",
        "依据：《安澜县公开承诺》第三条，事项 P 第 1 版，计算规则 cn-mainland，日历 v1。",
    )


def test_the_same_in_english():
    found = told(SPRING, "02-11 09:00", locale="en")
    assert found.heading == "committed limit: 6 working days, counted from Tue 10 Feb 2026 09:00:00 (accepted)."
    assert day(found, "02-14") == "Sat 14 Feb 2026: counted, day 4, make-up working day (国办发明电〔2025〕7号)"
    assert found.ending[0] == "Last day: Wed 25 Feb 2026, until 24:00; late from 00:00 of the next day."


def test_suspended_days_name_their_reason_and_the_clause_of_the_item():
    reasons = [{"reason": "completion", "kind": "pause", "basis": "《条例》第九条"}]
    world = a_case(5, suspensions=reasons).accepted("03-02 09:00")
    world.fact("completion.requested", "03-03 10:00", items=["图纸"], answer_by="2026-03-20")
    world.fact("completion.supplied", "03-06 10:00")
    found = told(world, "03-09 09:00")
    assert found.notes == (
        "中止计时：补正，2026年3月3日 周二 10:00:00至2026年3月6日 周五 10:00:00（《条例》第九条）。",
    )
    assert day(found, "03-03").endswith("计入，第 1 日")
    assert day(found, "03-04") == "2026年3月4日 周三：不计，中止计时，补正（《条例》第九条）"
    assert day(found, "03-06") == "2026年3月6日 周五：不计，恢复计时当日，补正（《条例》第九条）"


def test_while_the_clock_stands_still_there_is_no_last_day_and_no_day_beyond_today():
    world = a_case(5).accepted("03-02 09:00").fact("clock.suspended", "03-03 10:00", reason="hearing")
    found = told(world, "03-05 09:00")
    assert found.notes == ("中止计时：听证，2026年3月3日 周二 10:00:00起，尚未恢复。",)
    assert [line.day.why for line in found.days] == ["day_zero", "working", "suspended", "suspended"]
    assert found.days[-1].said == "不计，中止计时，听证"
    assert found.ending[0] == "计时中止，恢复后才有届满日。"


def test_a_restart_says_that_the_whole_limit_runs_again():
    world = a_case(5, suspensions=[{"reason": "completion", "kind": "restart"}]).accepted("03-02 09:00")
    world.fact("completion.requested", "03-03 10:00", items=["图纸"], answer_by="2026-03-20")
    found = told(world.fact("completion.supplied", "03-06 10:00"), "03-09 09:00")
    assert found.notes[0].endswith("恢复后重新计算全部期限。")
    assert [line.day.n for line in found.days if line.day.counted] == [1, 1, 2, 3, 4, 5]


def test_an_extension_is_told_and_counted():
    world = a_case(2, extension={"max_times": 1, "max": days(3)}).accepted("03-02 09:00")
    world.fact("extension.requested", "03-03 09:00", by=days(3)).fact("extension.approved", "03-03 10:00", by=days(3))
    found = told(world.fact("extension.served", "03-03 11:00"), "03-03 12:00")
    assert found.notes == ("延期：3 个工作日。",)
    assert found.days[-1].text == "2026年3月9日 周一：计入，第 5 日"


def test_calendar_days_count_days_off_and_roll_at_the_end():
    found = told(a_case(days(2, "weeks")).accepted("09-20 09:00"), "09-21 09:00")
    assert found.heading.startswith("承诺时限：2 周，自")
    assert day(found, "09-26") == "2026年9月26日 周六：计入，第 6 日"
    assert day(found, "10-05").startswith("2026年10月5日 周一：不计，顺延至工作日（《民法典》第二百零三条")
    assert found.ending[0].startswith("届满日：2026年10月8日 周四")


def test_working_hours_say_the_time_of_each_day_and_end_at_an_instant():
    world = a_case(days(4, "working_hours"))
    hours = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    world.spec["calendars"][0]["office_hours"] = hours
    found = told(world.accepted("03-02 14:30"), "03-02 15:00")
    assert [line.said for line in found.days] == [
        "计入 2 小时 30 分，累计 2 个工作小时",
        "计入 1 小时 30 分，累计 4 个工作小时",
    ]
    assert found.ending[0] == "届满时刻：2026年3月3日 周二 10:30:00，自该时刻起为逾期。"


def test_days_of_an_unpublished_year_are_marked_and_the_date_is_not_certain():
    world = a_case(5).with_(
        calendars=[
            {"version": "v1", "known_from": moment("2015-01-01 00:00"), "extends": "CN", "years": {"2027": "missing"}}
        ]
    )
    found = told(world.accepted("12-30 09:00"), "12-30 10:00")
    assert [line.said for line in found.days][-1] == "计入，第 5 日，该年安排未正式公布"
    assert found.ending[1] == "此日期未确定：2027 年的工作日安排尚未正式公布，届满日可能变动。"


def test_as_known_leaves_out_what_was_registered_later():
    world = (
        a_case(5)
        .accepted("03-02 09:00")
        .fact("clock.suspended", "03-03 10:00", recorded="03-06 10:00", reason="hearing")
    )
    assert told(world, "03-07 09:00").notes
    before = told(world, "03-05 09:00", known=True)
    assert before.notes == ()
    assert before.ending[-1] == "以上按2026年3月5日 周四 09:00:00时所知。"
    assert before.ending[0].startswith("届满日：2026年3月9日 周一")


def test_a_fixed_date_is_told_as_it_is():
    world = a_case({"unit": "until_date", "on": "2026-04-01"}).accepted("03-02 09:00")
    found = told(world, "03-03 09:00", locale="en")
    assert found.heading == "committed limit: until Wed 1 Apr 2026."
    assert found.days[0].text == "Wed 1 Apr 2026: the date it ends on"


def test_both_languages_have_the_same_sentences_and_fill_in_the_same_values():
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    zh, en = words("zh"), words("en")
    assert set(zh) == set(en)
    assert [key for key in zh if fields(zh[key]) != fields(en[key])] == []


def test_every_reason_of_a_day_has_its_words():
    named = set(re.findall(r"`(\w+)`", whys or "")) - {"why", "basis"}
    assert {key.removeprefix("why.") for key in words("zh") if key.startswith("why.")} == named | {"until_date"}


def test_every_way_a_clock_starts_has_its_words():
    (named,) = re.findall(r"`kind`: ([a-z_ |]+);", Start.__doc__ or "")
    assert {key.removeprefix("start.") for key in words("zh") if key.startswith("start.")} == set(named.split(" | "))
