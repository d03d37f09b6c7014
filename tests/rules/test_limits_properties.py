"""The engine's counting against the slow oracle, and laws that hold for every limit."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar import Calendar
from rules.limit import Limit, Span
from rules.time_limits import count, due, elapsed, explain, shift
from tests.rules import oracle
from tests.rules.limits import CN, MAINLAND, OFFICE, d, days, with_

MANY = settings(max_examples=100, deadline=None)
near = st.dates(date(2026, 1, 1), date(2026, 3, 31))
weekends = st.sampled_from([["sat", "sun"], ["fri", "sat"], ["sun"], []])


@st.composite
def calendars(draw):
    exceptions = draw(st.dictionaries(near, st.sampled_from(["off", "working"]), max_size=25))
    listed = [{"on": on.isoformat(), "kind": kind} for on, kind in exceptions.items()]
    return Calendar.from_dict({"weekend": draw(weekends), "days": listed})


@st.composite
def pauses(draw):
    stop, length = draw(near), draw(st.integers(0, 12))
    # Starting anew on the very day of the stop has no morning to start in: the oracle's ticks cannot say it.
    return oracle.Pause(stop, stop + timedelta(length), length > 0 and draw(st.booleans()))


rules = st.builds(
    oracle.Rules,
    working=st.booleans(),
    included=st.booleans(),
    stop_counts=st.booleans(),
    restart_counts=st.booleans(),
    roll=st.sampled_from(["next_working_day", "none"]),
)


def profile_of(given_rules):
    return with_(
        day_zero="included" if given_rules.included else "excluded",
        period_end_roll=given_rules.roll,
        suspension={"stop_day_counts": given_rules.stop_counts, "restart_day_counts": given_rules.restart_counts},
    )


@MANY
@given(calendars(), near, st.integers(1, 30), st.lists(pauses(), max_size=3), rules)
def test_days_agree_with_the_oracle(calendar, zero, amount, stops, how):
    limit = days(amount, "working_days" if how.working else "calendar_days")
    spans = [Span(each.stop, each.restart, "restart" if each.again else "pause") for each in stops]
    found = due(limit, zero, calendar, profile_of(how), spans).due_on
    assert found == oracle.due_on(amount, zero, stops, how, calendar.is_working_day)


@MANY
@given(calendars(), near, st.integers(1, 30), st.lists(pauses(), max_size=3), rules)
def test_the_account_of_days_reaches_the_amount_and_ends_on_the_last_day(calendar, zero, amount, stops, how):
    limit = days(amount, "working_days" if how.working else "calendar_days")
    spans = [Span(each.stop, each.restart, "restart" if each.again else "pause") for each in stops]
    profile = profile_of(how)
    lines = explain(limit, zero, calendar, profile, spans)
    assert [line.on for line in lines] == [zero + timedelta(n) for n in range(len(lines))]
    assert lines[-1].on == due(limit, zero, calendar, profile, spans).due_on
    assert max(line.n for line in lines if line.counted) == amount


@MANY
@given(calendars(), near, st.integers(1, 40))
def test_elapsed_undoes_due_and_shift_undoes_itself(calendar, start, amount):
    last = due(days(amount), start, calendar, MAINLAND).due_on
    assert elapsed(start, last, "working_days", calendar, MAINLAND) == (amount, None)
    assert calendar.working_days_between(start, last) == amount
    assert shift(start, days(amount), calendar, MAINLAND) == last
    assert shift(last, days(-amount), calendar, MAINLAND) == calendar.roll(start, "previous")


@MANY
@given(calendars(), near, near, st.sampled_from(["[]", "(]", "[)", "()"]))
def test_count_agrees_with_the_oracle_for_all_bounds(calendar, first, last, bounds):
    low = first + timedelta(bounds[0] == "(")
    high = last - timedelta(bounds[1] == ")")
    assert count(first, last, bounds, "working_days", calendar) == oracle.working_days(
        low, high, calendar.is_working_day
    )
    assert count(first, last, bounds, "calendar_days", calendar) == max(0, (high - low).days + 1)


@MANY
@given(near, near, st.integers(0, 40), st.sampled_from(["working_days", "calendar_days", "weeks", "months"]))
def test_a_later_start_never_ends_earlier(one, other, amount, unit):
    early, late = sorted((one, other))
    assert due(days(amount, unit), early, CN, MAINLAND).due_on <= due(days(amount, unit), late, CN, MAINLAND).due_on


@MANY
@given(near, st.integers(1, 40), pauses(), st.sampled_from(["working_days", "calendar_days", "weeks", "months"]))
def test_a_suspension_never_shortens(start, amount, stop, unit):
    span = Span(stop.stop, stop.restart)
    plain = due(days(amount, unit), start, CN, MAINLAND).due_on
    assert due(days(amount, unit), start, CN, MAINLAND, [span]).due_on >= plain


@MANY
@given(near, st.integers(0, 20), st.integers(0, 20))
def test_extensions_in_working_days_add_up(start, amount, more):
    together = due(days(amount + more), start, CN, MAINLAND)
    assert due(days(amount), start, CN, MAINLAND, extensions=[days(more)]) == together


office_calendar = Calendar.from_dict({"office_hours": OFFICE, "days": [{"on": "2026-01-07", "kind": "off"}]})
minutes_of_january = st.integers(0, 14 * 24 * 60 - 1).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


def is_open(moment):
    minute = oracle.minute_of(moment)
    inside = 9 * 60 <= minute < 12 * 60 or 13 * 60 <= minute < 17 * 60
    return inside and moment.weekday() < 5 and moment.date() != d("01-07")


@st.composite
def cuts(draw):
    begin = draw(minutes_of_january)
    return begin, begin + timedelta(minutes=draw(st.integers(0, 2000)))


@settings(max_examples=100, deadline=None)
@given(minutes_of_january, st.integers(1, 900), st.lists(cuts(), max_size=2))
def test_minutes_agree_with_the_oracle(start, amount, stops):
    limit = Limit(amount=amount, unit="working_minutes")
    found = due(limit, start, office_calendar, MAINLAND, [Span(*each) for each in stops]).expires_at
    assert found == oracle.hours_end(amount, start, is_open, stops)


@settings(max_examples=100, deadline=None)
@given(minutes_of_january, minutes_of_january, st.lists(cuts(), max_size=2))
def test_elapsed_minutes_agree_with_the_oracle(one, other, stops):
    since, until = sorted((one, other))
    spans = [Span(*each) for each in stops]
    expected = oracle.open_minutes(is_open, since, until, stops)
    assert elapsed(since, until, "working_minutes", office_calendar, MAINLAND, spans) == (expected, expected * 60)


@settings(max_examples=100, deadline=None)
@given(minutes_of_january, st.integers(1, 900))
def test_shifting_minutes_there_and_back_loses_no_office_time(start, amount):
    there = shift(start, Limit(amount=amount, unit="working_minutes"), office_calendar, MAINLAND)
    back = shift(there, Limit(amount=-amount, unit="working_minutes"), office_calendar, MAINLAND)
    assert elapsed(back, there, "working_minutes", office_calendar, MAINLAND)[0] == amount
    assert elapsed(start, there, "working_minutes", office_calendar, MAINLAND)[0] == amount
