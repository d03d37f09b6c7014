"""The form of a catalogue entry: everything an item can say goes through it unchanged, rows, conditions, fees, templates, dates."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from engine.console.entry import rows
from engine.console.entry.conditions import settled
from engine.console.entry.reading import read
from engine.console.entry.showing import fields_of
from engine.console.filing_preview import preview
from engine.filings.starting import TEMPLATES, fresh, template
from engine.provisioning.folder import read_folder
from engine.provisioning.record import world_of
from rules.items import Item
from tests.support.county import FOLDER, at

COUNTY = read_folder(FOLDER)


@pytest.mark.parametrize("item", COUNTY.items, ids=lambda item: item.code)
def test_an_item_goes_through_the_form_unchanged(item: Any):
    body = msgspec.to_builtins(item)
    again = read(fields_of(body), body)
    assert again.wrong == {}
    assert msgspec.convert(again.item, type(item)) == item


DAYS = {"amount": 3, "unit": "working_days"}
EVERYTHING = {
    "code": "X-1", "unit": "urban", "version": 1, "effective_from": "2026-01-01", "name": "甲", "name_en": "A", "category": "licensing", "kind": "immediate",
    "statutory_limit": {"unit": "until_date", "attribute": "till"}, "committed_limit": DAYS, "verification_limit": DAYS, "profile": "de-bgb",
    "basis": {"statutory": "a", "committed": "b", "other": "c"}, "holder": "post:officer", "leader_in_charge": "li", "section_in_charge": "s",
    "steps": [
        {"id": "s2", "limit": DAYS, "holder": "z", "name": "x", "name_en": "X", "clause": "c", "silence": {"effect": "next_step", "basis": "b", "grants": "g"}},
        {"id": "b", "limit": DAYS, "after": ["s2"], "silence": {}},
    ],
    "offices": [
        {"id": "fire", "limit": DAYS, "silence": {"effect": "consent_of_office", "basis": "b"}, "name": "消防"}, {"id": "env"}, {"id": "own", "silence": {}},
    ],
    "silence": {
        "effect": "approve", "clock": "statutory", "basis": "b", "answered_by": ["decision", "step.completed"], "grants": "g", "exclusions_checked": "e",
        "exclusions": [{"when": "not (attributes.a == true and attributes.n > 3)", "basis": "x"}, {"when": 'attributes.大类 == "甲"'}],
        "preconditions": [{"fact": "fee.paid", "basis": "y"}, {"when": 'attributes.kind in ["大", "小"]'}],
        "flips": [{"when": 'attributes.n >= 3 and attributes.till < "2026-01-01" and attributes.a == false', "effect": "none", "basis": "z"}],
        "table": [{"effect": "approve", "when": "attributes.t == 'it\"s' or attributes.n == -3"}, {"effect": "none", "basis": "q"}],
    },
    "attributes": {"a": "boolean", "n": "integer", "t": "text", "till": "date", "kind": ["大", "小"], "大类": ["甲", "乙"]},
    "suspensions": [{"reason": "hearing", "kind": "restart", "max": 2, "basis": "b", "clock": "statutory", "after_term": "not_pursued", "term": DAYS}],
    "extension": {"max": DAYS, "max_times": 2, "basis": "b", "approver": "post:section_head", "clock": "committed"},
    "warnings": [{"before": DAYS}, {"before": {"amount": 2, "unit": "working_hours"}, "level": "red"}], "duties": [{"holder": "post:officer", "duty": "d"}],
    "materials": [{"name": "甲"}, {"name": "乙", "code": "z", "copies": 2, "name_en": "B"}], "fees": [{"code": "a", "name": "n", "amount": 3550, "note": 1}],
    "conditions": ["x", "y"], "windows": ["hall"], "flow_chart": "<x/>", "deficits_pause": True, "undertaking": True, "statutory_duty": True, "retired": True,
    "rules_of_exercise": ["r"], "service_commitment": "s", "work_discipline": ["w"], "accountability": "acc", "carriers": [{"kind": "bulletin", "place": "p"}],
    "exceptions": [{"check": "two_thirds_rule", "basis": "b", "approver": "li", "filed_on": "2026-01-01"}],
}  # fmt: skip


def test_an_item_that_says_all_there_is_to_say_goes_through_the_form_unchanged():
    whole = msgspec.convert(EVERYTHING, Item)
    assert {name for name in Item.__struct_fields__ if not getattr(whole, name)} == {"published_on", "withheld"}
    again = read(fields_of(EVERYTHING), EVERYTHING)
    assert again.wrong == {} and msgspec.convert(again.item, Item) == whole


def test_rows_are_added_moved_and_taken_away_without_losing_one():
    form = fields_of(EVERYTHING)
    form, focus = rows.moved(form, "suspensions.add")
    assert focus == "suspensions-1" and len(rows.shown(form, "suspensions")) == 2
    form, focus = rows.moved({**form, "suspensions-1-reason": "tender"}, "suspensions.up.1")
    assert focus == "suspensions-0"
    assert [row["reason"] for row in read(form, EVERYTHING).item["suspensions"]] == ["tender", "hearing"]
    form, _ = rows.moved(form, "suspensions.remove.0")
    assert read(form, EVERYTHING).item["suspensions"] == EVERYTHING["suspensions"]
    for nonsense in ("", "steps", "steps.up.99", "steps.remove.x", "nothing.add"):
        assert read(rows.moved(form, nonsense)[0], EVERYTHING).item["steps"] == read(form, EVERYTHING).item["steps"]


def test_a_step_that_is_added_gets_an_id_of_its_own():
    form = {**fields_of(EVERYTHING), "steps-2-name": "新", "steps-2-limit-amount": "1"}
    assert [step["id"] for step in read(form, EVERYTHING).item["steps"]] == ["s2", "b", "s1"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"value": "3"}, "attribute_missing"),
        ({"attribute": "n", "value": "drei"}, "whole_number"),
        ({"attribute": "n", "value": ""}, "value_missing"),
        ({"attribute": "t", "value": "'\""}, "quotes"),
        ({"effect": "none"}, "attribute_missing"),
    ],
)
def test_a_condition_that_cannot_be_picked_says_why(row, why):
    form = {f"rules-0-{name}": value for name, value in row.items()}
    declared = {
        f"attributes-{n}-{k}": v
        for n, pair in enumerate((("n", "integer"), ("t", "text")))
        for k, v in zip(("name", "type"), pair, strict=True)
    }
    assert read({**form, **declared}, {}).wrong == {"rules-0": why}


def test_a_value_that_is_picked_from_a_list_is_the_one_the_page_shows():
    declared = {"a": "boolean", "kind": ["大", "小"], "n": "integer"}
    form = {
        "rules-0-attribute": "a",
        "rules-0-attribute2": "kind",
        "rules-0-value2": "true",
        "rules-0-attribute3": "n",
        "rules-0-value3": "",
    }
    shown = settled(form, declared)
    assert (shown["rules-0-value"], shown["rules-0-value2"], shown["rules-0-value3"]) == ("true", "大", "")
    assert settled({**shown, "rules-0-value": "false"}, declared)["rules-0-value"] == "false"


def test_fees_are_written_in_yuan_and_kept_in_fen():
    form = {
        f"fees-{n}-{k}": v
        for n, a in enumerate(("35.5", "120元", "每平方米0.5元"))
        for k, v in (("code", f"F{n}"), ("amount", a))
    }
    item = read(form, {}).item
    assert [fee["amount"] for fee in item["fees"]] == [3550, 12000, "每平方米0.5元"]
    assert [fields_of(item)[f"fees-{n}-amount"] for n in range(3)] == ["35.50", "120", "每平方米0.5元"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_passes_lint_once_its_blanks_are_filled(name):
    world = world_of(COUNTY)
    body = fresh(template(name), world, "urban")
    assert body["code"] == "UR-05"
    basis = {"basis": "《本县办法》第五条"}
    body["silence"] = {**basis, **body["silence"]} if body.get("silence") else {}
    body["suspensions"] = [{**basis, **one} for one in body.get("suspensions", ())]
    seen = preview({**body, "name": "甲"}, world, at("2026-02-10"))
    assert [one for one in seen.lint if one.severity == "error"] == []
    assert next(end.name for end in seen.ends if end.kind == "clock") == "committed"


def test_the_preview_gives_the_dates_of_the_rules():
    item = msgspec.to_builtins(next(one for one in COUNTY.items if one.code == "PL-01"))
    seen = preview(item, world_of(COUNTY), at("2026-02-10"))
    ends = {end.name: end.due_on for end in seen.ends}
    assert ends["committed"] == date(2026, 3, 5) and ends["check"] == date(2026, 2, 13)
