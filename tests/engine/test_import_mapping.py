"""The mapping file: what is wrong in it is named, and values of the log become facts."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.imports.mapped import CaseMapper, Mapped
from engine.imports.mapping import MappingError, load
from engine.imports.records import Broken, CaseRecord, Row

HEAD = "jiannuo: mapping/1\ncase: {from: case}\nitem: P-01\n"


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("facts: [", "not readable as YAML"),
        ("jiannuo: mapping/2\n", "mapping/2"),
        (HEAD + "facts: []\ncolour: red\n", "colour"),
        (HEAD + "zone: Mars/Base\nfacts: []\n", "Mars/Base"),
        (HEAD + "facts: [{type: application.eaten, at: {from: t}}]\n", "application.eaten"),
        (HEAD + "facts: [{type: application.accepted, at: {from: t}, data: {hodler: x}}]\n", "hodler"),
        (HEAD + "facts: [{type: application.accepted, at: {from: t}, data: {holder: {from: x, like: y}}}]\n", "like"),
        (HEAD + "facts: [{type: application.accepted}]\n", "at"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_named(tmp_path, text, said):
    with pytest.raises(MappingError, match=said):
        load(written(tmp_path, text))


def made(tmp_path: Path, rule: str, case: dict, events=(), head: str = HEAD) -> list:
    mapper = CaseMapper(load(written(tmp_path, f"{head}facts:\n  - {rule}\n")), "hall")
    return mapper.facts(CaseRecord("row 2", case, tuple(Row(f"row {n}", event) for n, event in enumerate(events, 2))))


def only(found: list):
    assert len(found) == 1
    return found[0].envelope if isinstance(found[0], Mapped) else found[0]


ACCEPTED = "{type: application.accepted, at: {from: t}}"


def test_an_instant_without_offset_is_in_the_zone_of_the_mapping(tmp_path):
    found = only(made(tmp_path, ACCEPTED, {"case": "A1", "t": "2026-02-10 09:00"}))
    assert found.occurred_at == datetime(2026, 2, 10, 1, 0, tzinfo=UTC)
    assert found.reported_at == found.occurred_at  # where a log has no registration it is the occurrence
    assert found.message_id == "A1/application.accepted/1"


def test_an_instant_with_offset_keeps_it(tmp_path):
    found = only(made(tmp_path, ACCEPTED, {"case": "A1", "t": "2011-10-11T13:42:22.688+02:00"}))
    assert found.occurred_at == datetime(2011, 10, 11, 11, 42, 22, 688000, tzinfo=UTC)


def test_a_day_stays_a_day(tmp_path):
    found = only(made(tmp_path, ACCEPTED, {"case": "A1", "t": "2026-02-10"}))
    assert (found.occurred_at, found.occurred_on) == (None, date(2026, 2, 10))
    assert found.reported_at == datetime(2026, 2, 10, 15, 59, 59, 999999, tzinfo=UTC)


def test_a_pattern_reads_what_is_not_iso(tmp_path):
    rule = '{type: application.accepted, at: {from: t, format: "%Y年%m月%d日 %H:%M"}}'
    found = only(made(tmp_path, rule, {"case": "A1", "t": "2026年02月10日 09:00"}))
    assert found.occurred_at == datetime(2026, 2, 10, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "yesterday", "2026-13-01"])
def test_a_missing_or_strange_time_is_an_error_and_never_filled_in(tmp_path, value):
    found = only(made(tmp_path, ACCEPTED, {"case": "A1", "t": value}))
    assert isinstance(found, Broken)
    assert found.place == "row 2"
    assert "'t'" in found.reason


def test_a_value_that_the_map_does_not_know_is_named(tmp_path):
    rule = '{type: decision.made, at: {from: t}, data: {result: {from: r, map: {"yes": approved}}}}'
    found = only(made(tmp_path, rule, {"case": "A1", "t": "2026-02-10", "r": "perhaps"}))
    assert isinstance(found, Broken)
    assert "perhaps" in found.reason


def test_a_fault_in_an_event_drops_the_event_alone(tmp_path):
    rule = "{type: step.completed, per: event, when: {from: a, in: [Review]}, at: {from: t}, data: {step: review}}"
    events = [
        {"a": "Review", "t": "2026-02-10"},
        {"a": "Review", "t": "?"},
        {"a": "Tea", "t": "?"},
        {"a": "Review", "t": "2026-02-12"},
    ]
    found = made(tmp_path, rule, {"case": "A1"}, events)
    assert [type(one) for one in found] == [Mapped, Broken, Mapped]
    assert found[1].place == "row 3"


def test_a_fault_in_a_fact_of_the_case_drops_the_case(tmp_path):
    rules = "{type: application.accepted, at: {from: t}}\n  - {type: decision.served, at: {from: e}}"
    assert [type(one) for one in made(tmp_path, rules, {"case": "A1", "t": "?", "e": "2026-02-10"})] == [Broken]


def test_a_record_without_a_case_is_named(tmp_path):
    assert isinstance(only(made(tmp_path, ACCEPTED, {"t": "2026-02-10"})), Broken)


@pytest.mark.parametrize(
    ("found", "meant"),
    [("2026-02-10 09:00:00", "2026-02-10T09:00:00+08:00"), ("2026-02-10", "2026-02-10"), ("soon", None)],
)
def test_a_date_for_an_attribute_is_written_as_attributes_want_it(tmp_path, found, meant):
    rule = "{type: application.accepted, at: {from: t}, data: {attributes: {target: {from: x, as: date}}}}"
    fact = only(made(tmp_path, rule, {"case": "A1", "t": "2026-02-10", "x": found}))
    assert isinstance(fact, Broken) if meant is None else fact.data["attributes"]["target"] == meant


def test_an_event_hides_the_attribute_of_the_case_unless_the_case_is_asked_for(tmp_path):
    rule = (
        "{type: step.completed, per: event, at: {from: t}, data: {step: {from: name}, place: {from: name, of: case}}}"
    )
    found = only(made(tmp_path, rule, {"case": "A1", "name": "outer"}, [{"t": "2026-02-10", "name": "inner"}]))
    assert found.data == {"step": "inner", "place": "outer"}
