"""Every question of the calculator, with every parameter, against a second answer worked out slowly from the text."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.calculator import answer_dict
from tests.rules import slow_limit

MANY = settings(max_examples=80, deadline=None)
FIRST = date(
    2026, 2, 20
)  # Europe changes its clocks on 29 March, America on the 8th, Lord Howe Island by half an hour on 5 April
WEEK = slow_limit.WEEK
ZONES = ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
HOURS = [
    [["09:00", "12:00"], ["13:00", "17:00"]],
    [["08:30", "12:00"]],
    [["20:00", "24:00"]],
    [["00:00", "24:00"]],
    [["10:00", "10:30"]],
]
SPECIAL = [[["09:00", "11:00"]], [["22:00", "24:00"]], [["00:00", "01:30"], ["08:00", "10:00"]]]
near = st.integers(0, 60).map(lambda n: FIRST + timedelta(n))
clock = st.sampled_from(["00:00", "08:59", "09:00", "11:30", "12:00", "16:59", "17:00", "23:59"])
DAILY, HOURLY = (
    ["working_days", "working_days", "calendar_days", "weeks", "months"],
    ["working_hours", "working_minutes"],
)
PROFILES = st.fixed_dictionaries(
    {"extends": st.just("cn-mainland")},
    optional={
        "day_zero": st.sampled_from(["excluded", "included"]),
        "non_working_receipt": st.sampled_from(["count_from_next", "deemed_received_next"]),
        "cut_off": st.sampled_from([None, "12:00", "17:00"]),
        "period_end_roll": st.sampled_from(["next_working_day", "none", "previous_working_day"]),
        "minimum_working_days": st.integers(0, 5),
        "month_end": st.sampled_from(["last_day", "first_of_next"]),
        "suspension": st.fixed_dictionaries({"stop_day_counts": st.booleans(), "restart_day_counts": st.booleans()}),
    },
)


@st.composite
def calendars(draw, hours):
    form = {"zone": draw(st.sampled_from(ZONES))}
    if hours:
        form["office_hours"] = {"mon": HOURS[0]} | draw(st.dictionaries(st.sampled_from(WEEK), st.sampled_from(HOURS)))
    else:
        form["weekend"] = draw(st.sampled_from([["sat", "sun"], ["fri", "sat"], ["sun"], []]))
    exceptions = draw(
        st.dictionaries(near, st.sampled_from(["off", "working", *(SPECIAL if hours else [])]), max_size=12)
    )
    form["days"] = [exception(on, what) for on, what in exceptions.items()]
    return form


def exception(on, what):
    return {"on": str(on), "kind": what} if isinstance(what, str) else {"on": str(on), "kind": "working", "hours": what}


@st.composite
def moments(draw, day):
    return f"{day}T{draw(clock)}:00" if draw(st.booleans()) else str(day)


@st.composite
def suspensions(draw, since):
    found = []
    for _ in range(draw(st.integers(0, 3))):
        stop = since + timedelta(draw(st.integers(-4, 12)))
        begin, end = draw(moments(stop)), draw(moments(stop + timedelta(draw(st.integers(0, 9)))))
        # A date and an instant on one day: which comes first is nobody's business.
        assume(begin[:10] != end[:10] or (len(begin) == len(end) and begin <= end))
        found.append({"from": begin, "to": end, "kind": draw(st.sampled_from(["pause", "pause", "restart"]))})
    return found


@st.composite
def dues(draw):
    units = draw(st.sampled_from([DAILY, DAILY, HOURLY]))
    since = draw(near)
    amount, unit = draw(st.integers(0, 9)), draw(st.sampled_from(units))
    legs = draw(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(units)), max_size=2))
    assume(amount or not legs)  # an extension of nothing
    stops = draw(suspensions(since)) if amount or units is DAILY else []  # nothing left to stop before the clock opens
    return {
        "op": "due", "calendar": draw(calendars(units is HOURLY)), "profile": draw(PROFILES), "from": draw(moments(since)),
        "limit": {"amount": amount if unit != "months" else amount % 3 + 1, "unit": unit}, "suspensions": stops,
        "extensions": [{"amount": n, "unit": each} for n, each in legs],
    }  # fmt: skip


@MANY
@given(dues())
def test_when_a_limit_ends(question):
    got = answer_dict(question)
    due_on, expires_at = slow_limit.due(question)
    assert (got["due_on"], datetime.fromisoformat(got["expires_at"])) == (due_on.isoformat(), expires_at)


@st.composite
def others(draw):
    op = draw(st.sampled_from(["shift", "elapsed", "count"]))
    since = draw(near)
    question = {
        "op": op,
        "calendar": draw(calendars(hours=True)),
        "profile": draw(PROFILES),
        "from": draw(moments(since)),
    }
    unit = draw(st.sampled_from([*DAILY, "years", *HOURLY]))
    if op == "shift":
        return question | {"by": {"amount": draw(st.integers(-20, 20)), "unit": unit}}
    until = draw(moments(since + timedelta(draw(st.integers(-3, 40)))))
    if op == "elapsed":
        stops = [s for s in draw(suspensions(since)) if s["from"][:10] > str(since)]
        return question | {"to": until, "unit": unit, "suspensions": [s | {"kind": "pause"} for s in stops]}
    return question | {
        "to": until, "unit": draw(st.sampled_from(DAILY[:3])), "bounds": draw(st.sampled_from(["[]", "(]", "[)", "()"]))
    }  # fmt: skip


@MANY
@given(others())
def test_what_lies_away_how_much_has_passed_how_many_lie_between(question):
    got, expected = answer_dict(question), getattr(slow_limit, question["op"])(question)
    if question["op"] == "shift":
        value = got["result"]
        assert (date if len(value) == len("2026-01-01") else datetime).fromisoformat(value) == expected
    elif question.get("unit") in HOURLY:
        assert (got["seconds"], got["amount"]) == (60 * expected, expected // slow_limit.HOURLY[question["unit"]])
    else:
        assert got["amount"] == expected


@given(calendars(hours=True), near, st.sampled_from(["next", "previous"]))
def test_which_days_are_worked(calendar, on, direction):
    office = slow_limit.Office(calendar)
    asked = {"calendar": calendar, "on": str(on)}
    assert answer_dict({"op": "is_working_day", **asked})["result"] is office.works(on)
    rolled = office.roll(on, slow_limit.DAY if direction == "next" else -slow_limit.DAY)
    assert answer_dict({"op": "roll", "direction": direction, **asked})["result"] == rolled.isoformat()


@pytest.mark.parametrize("roll", ["previous_working_day"])
def test_a_stop_after_an_end_that_was_rolled_back_moves_nothing(roll):
    """Eight calendar days from Saturday 18 April end on Sunday the 26th, rolled back to Friday: the stop on Sunday comes too late."""
    question = {
        "op": "due", "calendar": {}, "profile": {"period_end_roll": roll}, "from": "2026-04-18",
        "limit": {"amount": 8, "unit": "calendar_days"},
        "suspensions": [{"from": "2026-04-26T06:15:00", "to": "2026-05-02T20:15:00", "kind": "pause"}],
    }  # fmt: skip
    assert answer_dict(question)["due_on"] == "2026-04-24"


def test_a_stop_that_takes_no_day_makes_none_count_twice():
    question = {
        "op": "elapsed", "calendar": {}, "from": "2026-02-20", "to": "2026-02-21", "unit": "calendar_days",
        "profile": {"suspension": {"restart_day_counts": True}},
        "suspensions": [{"from": "2026-02-21", "to": "2026-02-21", "kind": "pause"}],
    }  # fmt: skip
    assert answer_dict(question)["amount"] == 1


BOTH, NEITHER = ({"stop_day_counts": counts, "restart_day_counts": counts} for counts in (True, False))


@pytest.mark.parametrize(
    ("counts", "since", "amount", "stops", "last"),
    [
        (BOTH, "2026-03-01", 1, [("2026-03-02", "2026-03-02"), ("2026-03-02", "2026-03-03")], "2026-03-03"),
        (BOTH, "2026-03-01", 1, [("2026-03-02", "2026-03-02")], "2026-03-02"),
        (NEITHER, "2026-02-20", 2, [("2026-02-23", "2026-02-23"), ("2026-02-24", "2026-02-26")], "2026-02-23"),
        (NEITHER, "2026-02-20", 2, [("2026-02-23", "2026-02-24"), ("2026-02-24", "2026-02-26")], "2026-02-26"),
        (BOTH, "2026-02-21", 28, [("2026-02-23", "2026-02-25"), ("2026-02-24T00:00:00", "2026-02-24T00:00:00")], "2026-03-23"),
    ],
    ids=["a stop of no time and a longer one", "a stop of no time", "a stop on the day after a restart", "stops that overlap", "a moment in a stop"],
)  # fmt: skip
def test_stops_that_overlap_are_one_and_a_stop_on_the_day_after_is_another(counts, since, amount, stops, last):
    """time-limits.md 4: the limit ends on the restart day once nothing is left; what begins after that moves nothing."""
    question = {
        "op": "due", "calendar": {}, "profile": {"suspension": counts}, "from": since,
        "limit": {"amount": amount, "unit": "calendar_days"},
        "suspensions": [{"from": begin, "to": end, "kind": "pause"} for begin, end in stops],
    }  # fmt: skip
    assert answer_dict(question)["due_on"] == last == slow_limit.due(question)[0].isoformat()
