"""The calculator's questions and answers, as JSON (interfaces.md 1)."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cli.limit import run_limit
from rules.calculator import NotJsonError, answer, answer_dict

WORKING = {"amount": 6, "unit": "working_days"}
OFFICE_CN = {"extends": "CN", "office_hours": {"tue": [["09:00", "12:00"], ["14:00", "18:00"]]}}


def ask(op="due", calendar="CN", **question):
    return answer_dict({"id": "q", "op": op, "calendar": calendar} | question)


def ask_due(**question):
    return ask(**({"limit": WORKING, "from": "2026-02-10"} | question))


def test_due_answers_with_the_date_and_the_instant_at_the_office():
    assert ask_due() == {
        "id": "q",
        "due_on": "2026-02-25",
        "expires_at": "2026-02-26T00:00:00+08:00",
        "provisional": False,
    }


def test_due_explains_each_day():
    lines = ask_due(explain=True)["explain"]
    assert [line["on"] for line in lines if line["counted"]] == [
        "2026-02-11", "2026-02-12", "2026-02-13", "2026-02-14", "2026-02-24", "2026-02-25",
    ]  # fmt: skip
    assert lines[0]["why"] == "day_zero"
    assert lines[4] == {"on": "2026-02-14", "counted": True, "n": 4, "why": "make_up", "basis": "国办发明电〔2025〕7号"}
    assert lines[5] == {"on": "2026-02-15", "counted": False, "n": None, "why": "off", "basis": "国办发明电〔2025〕7号"}


def test_the_explanation_tells_suspended_restarted_and_rolled_days():
    spans = [{"from": "2026-03-03", "to": "2026-03-05"}]
    lines = ask_due(
        limit={"amount": 2, "unit": "calendar_days"}, suspensions=spans, explain=True, **{"from": "2026-03-02"}
    )["explain"]
    assert [(line["on"][8:], line["why"], line["n"]) for line in lines] == [
        ("02", "day_zero", None), ("03", "counted", 1), ("04", "suspended", None), ("05", "restarted", None), ("06", "counted", 2),
    ]  # fmt: skip
    rolled = ask_due(limit={"amount": 5, "unit": "calendar_days"}, explain=True, **{"from": "2026-03-02"})["explain"]
    assert [(line["on"][8:], line["why"]) for line in rolled[-3:]] == [
        ("07", "counted"),
        ("08", "rolled"),
        ("09", "rolled"),
    ]


def test_the_explanation_of_hours_gives_seconds():
    found = ask_due(
        calendar=OFFICE_CN,
        limit={"amount": 8, "unit": "working_hours"},
        explain=True,
        **{"from": "2026-02-10T11:00:00+08:00"},
    )
    worked = [(line["on"], line["seconds"], line["n"]) for line in found["explain"] if line["counted"]]
    assert worked == [("2026-02-10", 18000, 5), ("2026-02-24", 10800, 8)]


def test_instants_without_offset_are_in_the_zone_of_the_calendar():
    limit = {"amount": 1, "unit": "working_hours"}
    plain = ask_due(calendar=OFFICE_CN, limit=limit, **{"from": "2026-02-10T09:00"})
    assert plain["expires_at"] == "2026-02-10T10:00:00+08:00"
    assert ask_due(calendar=OFFICE_CN, limit=limit, **{"from": "2026-02-10T01:00:00Z"}) == plain


def test_until_date_needs_no_start():
    found = ask(limit={"unit": "until_date", "on": "2026-03-07"})
    assert (found["due_on"], found["expires_at"]) == ("2026-03-07", "2026-03-08T00:00:00+08:00")


def test_shift_elapsed_count_is_working_day_and_roll():
    assert ask("shift", by={"amount": -6, "unit": "working_days"}, **{"from": "2026-02-25"})["result"] == "2026-02-10"
    moved = ask("shift", by={"amount": 1, "unit": "months"}, **{"from": "2026-01-31T10:00:00+08:00"})
    assert moved["result"] == "2026-02-28T10:00:00+08:00"
    assert ask("elapsed", unit="working_days", to="2026-02-25", **{"from": "2026-02-10"}) == {"id": "q", "amount": 6}
    hours = ask("elapsed", OFFICE_CN, unit="working_hours", to="2026-02-10T15:30:00", **{"from": "2026-02-10T11:00"})
    assert hours == {"id": "q", "amount": 2, "seconds": 9000}
    assert ask("count", unit="working_days", bounds="[]", to="2026-02-15", **{"from": "2026-02-14"})["amount"] == 1
    assert ask("is_working_day", on="2026-02-14") == {"id": "q", "result": True}
    assert ask("roll", on="2026-02-15", direction="next")["result"] == "2026-02-24"
    assert ask("roll", on="2026-02-15", direction="previous")["result"] == "2026-02-14"
    assert ask("roll", on="2026-02-14", direction="next")["result"] == "2026-02-14"


def test_a_shift_by_zero_returns_its_start():
    for start in ("2026-02-15", "2026-02-15T10:00:00+08:00"):
        assert ask("shift", by={"amount": 0, "unit": "working_days"}, **{"from": start})["result"] == start


@pytest.mark.parametrize(("bounds", "amount"), [("[]", 2), ("(]", 1), ("[)", 1), ("()", 0)])
def test_count_keeps_its_bounds(bounds, amount):
    for first, last, expected in (("2026-03-02", "2026-03-03", amount), ("2026-03-03", "2026-03-02", 0)):
        assert ask("count", unit="working_days", bounds=bounds, to=last, **{"from": first})["amount"] == expected


@pytest.mark.parametrize(
    ("question", "code", "field"),
    [
        ({"limit": {"amount": 6, "unit": "days"}}, "wrong_value", "limit.unit"),
        ({"limit": {"amount": 6.5, "unit": "weeks"}}, "wrong_value", "limit.amount"),
        ({"limit": {"amount": -1, "unit": "weeks"}}, "wrong_value", "limit.amount"),
        ({"limit": {"amount": 10_000_000, "unit": "weeks"}}, "out_of_range", "limit.amount"),
        ({"limit": {"unit": "weeks"}}, "missing_field", "limit.amount"),
        ({"limit": {"unit": "until_date"}}, "missing_field", "limit.on"),
        ({"limit": {"unit": "until_date", "on": "soon"}}, "wrong_value", "limit.on"),
        ({"limit": {"unit": "until_date", "attribute": "expiry"}}, "date_unknown", "limit.attribute"),
        ({"limit": {"amount": 1, "unit": "working_hours"}}, "calendar_without_hours", "calendar.office_hours"),
        ({"form": "2026-02-10"}, "unknown_field", "form"),
        ({"from": None}, "missing_field", "from"),
        ({"from": "2026-02-30"}, "wrong_value", "from"),
        ({"from": "2026-W07-2"}, "wrong_value", "from"),
        ({"from": "10.02.2026"}, "wrong_value", "from"),
        ({"from": "9999-12-31"}, "out_of_range", ""),
        ({"calendar": "ZZ"}, "unknown_calendar", "calendar"),
        ({"calendar": 7}, "wrong_value", "calendar"),
        ({"calendar": {"zone": "Nowhere"}}, "unknown_zone", "calendar.zone"),
        ({"calendar": {"office_hours": {}}}, "calendar_without_working_time", "calendar.office_hours"),
        ({"profile": "xx"}, "unknown_profile", "profile"),
        ({"profile": {"day_zero": "perhaps"}}, "wrong_value", "profile.day_zero"),
        ({"suspensions": [{"to": "2026-02-11"}]}, "missing_field", "suspensions[0].from"),
        ({"suspensions": [{"from": "2026-02-11"}]}, "suspension_open", "suspensions"),
        ({"suspensions": [{"from": "x", "to": "y"}]}, "wrong_value", "suspensions[0].to"),
        (
            {"suspensions": [{"from": "2026-02-12", "to": "2026-02-11"}]},
            "suspension_ends_before_it_begins",
            "suspensions[0].to",
        ),
        ({"extensions": [{"amount": 1, "unit": "working_hours"}]}, "extension_unit", "extensions[0].unit"),
        ({"op": "dew"}, "wrong_value", "op"),
    ],
)
def test_a_bad_question_gets_code_message_and_field(question, code, field):
    found = ask_due(**question)
    assert found["id"] == "q"
    assert (found["error"]["code"], found["error"]["field"]) == (code, field)
    assert found["error"]["message"]


def test_a_missing_calendar_is_an_error_not_a_guess():
    found = answer_dict({"id": 1, "op": "is_working_day", "on": "2026-01-01"})
    assert found == {
        "id": 1,
        "error": {"code": "missing_field", "message": "the field 'calendar' is required", "field": "calendar"},
    }


def test_what_is_no_json_is_told_apart_from_a_bad_question():
    with pytest.raises(NotJsonError):
        answer(b'{"id":1,"op":')
    assert answer(b"[1]").error.code == "wrong_value"


def run(text, cut=10**9):
    data, out = text if isinstance(text, bytes) else text.encode(), io.BytesIO()
    status = run_limit([data[at : at + cut] for at in range(0, len(data), cut)], out)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


LINES = "".join(
    json.dumps(
        {"id": n, "op": "due", "calendar": "CN", "limit": {"amount": n, "unit": "working_days"}, "from": "2026-02-10"}
    )
    + "\n"
    for n in range(20)
)


@given(st.integers(1, 400))
def test_lines_are_answered_in_order_however_the_stream_is_cut(cut):
    assert run(LINES, cut) == run(LINES)


def test_the_last_line_may_lack_its_end_and_blank_lines_are_skipped():
    status, found = run(LINES.rstrip("\n").replace("\n", "\r\n\n"))
    assert (status, [line["id"] for line in found]) == (0, list(range(20)))


def test_refusals_are_answers_and_leave_the_status_zero():
    status, found = run('{"id":1,"op":"due"}\n' + LINES)
    assert (status, len(found)) == (0, 21)


@pytest.mark.parametrize("broken", ["{bad", '{"id":1', "\xff", '{"id":1}x', '"a\nb"', b"\xff\xfe"])
def test_what_is_no_json_gives_status_two_and_the_other_lines_their_answers(broken, capsys):
    line = broken if isinstance(broken, bytes) else broken.encode()
    status, found = run(LINES.encode() + line + b"\n" + LINES.encode())
    assert status == 2
    assert [each["id"] for each in found if each["id"] is not None] == list(range(20)) * 2
    assert "line 21" in capsys.readouterr().err


def test_nesting_without_end_is_an_answer_not_a_crash():
    status, found = run('{"id":1,"op":"due","calendar":' + "[" * 5000 + "]" * 5000 + "}\n" + LINES)
    assert (status, len(found), found[0]["error"]["code"]) == (0, 21, "too_deep")


def test_nothing_in_nothing_out():
    assert run("") == (0, [])
