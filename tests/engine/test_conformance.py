"""The conformance kit: right messages conform, wrong ones are told what is wrong; its dates are those of another calendar too."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import msgspec
import pytest

from engine.cli.main import main
from engine.conformance.judging import judge
from engine.conformance.messages import read
from engine.conformance.scenario import Scenario, scenario, scenarios

ALL = [pytest.param(one, id=one.id) for one in scenarios()]
AMOUNTS = {"committed": {"P": 5, "Q": 5, "J": 10}, "statutory": {"P": 20, "Q": 20, "J": 20}}
WHOLE = ("C01", "C02", "C06", "C07", "C08", "C09", "C11", "C12")  # nothing stops or moves their clocks


def _changed(one: Scenario, place: int, **attributes: object) -> list[bytes]:
    lines = one.lines()
    lines[place] = msgspec.json.encode({**msgspec.json.decode(lines[place]), **attributes})
    return lines


@pytest.mark.parametrize("one", ALL)
def test_the_kits_own_messages_conform(one):
    verdict = judge(one, one.lines())
    assert verdict.faults == ()
    assert verdict.verdict == "conforms"


@pytest.mark.parametrize("one", [one for one in ALL if one.id != "C10"])  # there the first time is corrected anyway
def test_a_beginning_three_days_earlier_is_noticed_and_named(one):
    begins = 2 if one.id == "C03" else 0  # completion supplied, not receipt
    earlier = datetime.fromisoformat(one.messages[begins].time) - timedelta(days=3)
    verdict = judge(one, _changed(one, begins, time=earlier.isoformat()))
    assert verdict.verdict == "differs"
    assert any(hint.startswith(f"line {begins + 1}: ") for hint in verdict.hints)


def test_a_correction_that_is_not_sent_is_noticed():
    one = scenario("C10")
    lines = one.lines()
    verdict = judge(one, [lines[0], *lines[2:]])
    assert {fault.field for fault in verdict.faults} == {"due.committed", "due.statutory"}
    assert verdict.hints == ("missing: fact.corrected",)


@pytest.mark.parametrize("one", ALL)
def test_a_story_whose_last_word_of_weight_is_missing_does_not_conform(one):
    lines = one.lines()
    if one.messages[-1].type == "result.available":
        lines = lines[:-2]
    verdict = judge(one, lines[:-1])
    assert verdict.verdict == "differs"
    assert any(hint.startswith("missing: ") for hint in verdict.hints)


@pytest.mark.parametrize("id_", WHOLE)
def test_the_dates_are_those_of_a_calendar_of_others(id_):
    one = scenario(id_)
    start = date.fromisoformat(one.messages[0].time[:10])
    for clock, day in one.expect.due.items():
        assert day == _after(start, AMOUNTS[clock][one.messages[0].item]).isoformat()


def _after(start: date, working_days: int) -> date:
    day = start
    while working_days:
        day += timedelta(days=1)
        working_days -= chinese_calendar.is_workday(day)
    return day


@pytest.mark.parametrize(
    ("attributes", "code", "field"),
    [
        ({"time": None}, "missing_time", "time"),
        ({"time": "2026-03-02T09:00:00"}, "wrong_value", "time"),
        ({"type": "application.accepted"}, "unknown_type", "type"),
        ({"subject": ""}, "malformed", "subject"),
        ({"data": {"holdr": "zhang"}}, "malformed", "data.holdr"),
        ({"time": None, "occurredon": "2026-03-02"}, "malformed", "reportedat"),
    ],
)
def test_a_message_that_the_door_would_refuse_is_named_with_its_line(attributes, code, field):
    verdict = judge(scenario("C01"), _changed(scenario("C01"), 0, **attributes))
    assert verdict.verdict == "differs"
    first = verdict.faults[0]
    assert (first.line, first.field) == (1, field), first
    assert first.what in {code, "malformed"}


def test_an_id_used_twice_for_different_words_is_a_fault_and_a_true_repeat_is_none():
    one = scenario("C12")
    lines = one.lines()
    _, none = read(lines)
    assert none == []
    lines[3] = lines[3].replace(b"2026-03-05T10:00", b"2026-03-05T11:00")
    _, (fault,) = read(lines)
    assert (fault.what, fault.line) == ("message_id_reused", 4)


def test_what_a_system_calls_its_case_and_itself_does_not_matter_as_long_as_it_is_one():
    one = scenario("C01")
    own = [
        line.replace(b'"subject":"A"', b'"subject":"2026-00017"').replace(b'"hall"', b'"egov"') for line in one.lines()
    ]
    assert judge(one, own).verdict == "conforms"
    assert {fault.what for fault in judge(one, [*own[:-1], one.lines()[-1]]).faults} == {
        "several_cases",
        "several_sources",
    }


def test_a_folder_is_judged_file_by_file(tmp_path, capsys):
    for id_ in ("C01", "C05"):
        (tmp_path / f"{id_}.jsonl").write_bytes(b"\n".join(scenario(id_).lines()))
    assert _run(capsys, "run", "--messages", str(tmp_path), "-o", "json") == (
        0, {one.id: "conforms" if one.id in {"C01", "C05"} else "not_run" for one in scenarios()}
    )  # fmt: skip
    late = (tmp_path / "C05.jsonl").read_text().replace("2026-03-09T10:00", "2026-03-10T10:00")
    (tmp_path / "C05.jsonl").write_text(late)
    status, verdicts = _run(capsys, "run", "--messages", str(tmp_path), "-o", "json")
    assert (status, verdicts["C05"]) == (1, "differs")
    assert _status(capsys, "run", "--messages", str(tmp_path / "C05.jsonl"))[0] == 2
    status, said = _status(capsys, "run", "--messages", str(tmp_path / "C05.jsonl"), "--scenario", "C05")
    assert status == 1
    assert "extension_not_served_before_expiry" in said
    assert "2026-03-10T10:00:00+08:00" in said


def test_an_empty_folder_shows_nothing_and_says_so_by_its_status(tmp_path, capsys):
    assert _status(capsys, "run", "--messages", str(tmp_path))[0] == 1


def test_the_story_is_told_in_both_languages(capsys, monkeypatch):
    for language, word in (("zh", "受理"), ("en", "accepts")):
        monkeypatch.setenv("JIANNUO_LOCALE", language)
        assert word in _status(capsys, "show", "C01")[1]
    status, lines = _status(capsys, "show", "C01", "--messages")
    assert status == 0
    assert lines.encode().splitlines() == scenario("C01").lines()


def _status(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["conformance", *arguments])
    return ended.value.code or 0, capsys.readouterr().out


def _run(capsys, *arguments):
    status, said = _status(capsys, *arguments)
    return status, {one["scenario"]: one["verdict"] for one in msgspec.json.decode(said)}
