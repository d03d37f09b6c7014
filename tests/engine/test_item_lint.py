"""`jiannuo item lint`: one item, a list, a rehearsal file, a folder; JSON and YAML; what it prints and how it ends."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.cli.main import main
from tests.rules.lint_examples import CLEAN, an_item
from tests.rules.worlds import World, days

COUNTY = Path(__file__).parents[2] / "examples" / "county"
LATE = an_item({"committed_limit": days(14)})


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("JIANNUO_LOCALE", "en")

    def run(content: Any, name: str = "item.json") -> tuple[int, list[dict[str, Any]]]:
        file = tmp_path / name
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["item", "lint", str(file), "-o", "json"])
        return int(ended.value.code or 0), json.loads(capsys.readouterr().out or "null")

    return run


def test_a_clean_item_gives_an_empty_list_and_status_0(lint):
    assert lint(CLEAN) == (0, [])


def test_an_error_gives_status_1_and_the_published_fields(lint):
    status, found = lint(LATE)
    assert status == 1
    assert [(f["code"], f["severity"], f["item"], f["field"]) for f in found] == [
        ("two_thirds_rule", "error", "P", "committed_limit")
    ]
    assert list(found[0]) == ["code", "severity", "item", "field", "message"]
    assert "at most 13 working days" in found[0]["message"]


def test_a_warning_alone_gives_status_0(lint):
    status, found = lint(an_item({"warnings": [{"before": days(13)}]}))
    assert (status, [f["severity"] for f in found]) == (0, ["warning"])


def test_a_list_is_checked_item_by_item(lint):
    status, found = lint([CLEAN, LATE | {"code": "Q"}])
    assert (status, [f["item"] for f in found]) == (1, ["Q"])


def test_yaml_is_read_like_json_and_dates_stay_dates(lint):
    text = "code: P\nunit: u\nversion: 1\neffective_from: 2026-01-01\nstatutory_limit: {amount: 20, unit: working_days}\ncommitted_limit: {amount: 14, unit: working_days}\n"
    assert lint(text, "item.yaml")[1][0]["code"] == "two_thirds_rule"


def test_a_rehearsal_file_is_checked_against_its_own_people_and_calendar(lint):
    spec = World(an_item({"holder": "nobody"})).spec | {"until": "2026-06-01T00:00:00+08:00"}
    assert [f["code"] for f in lint(spec)[1]] == ["holder_without_post"]
    assert lint(an_item({"holder": "nobody"})) == (0, []), "alone, nothing is known of who is in post"


def test_a_record_that_cannot_be_read_is_named_and_the_others_are_checked(lint):
    status, found = lint([CLEAN | {"code": "R", "comitted": 1}, {"code": "S"}, LATE])
    assert status == 1
    assert [(f["code"], f["item"], f["field"]) for f in found] == [
        ("unknown_field", "R", "comitted"), ("missing_field", "S", "unit"), ("two_thirds_rule", "P", "committed_limit")
    ]  # fmt: skip


def test_a_world_that_cannot_be_built_is_an_error_and_the_items_are_looked_at_alone(lint):
    spec = World(LATE).spec | {"until": "2026-06-01T00:00:00+08:00"}
    status, found = lint(spec | {"profile": {"extends": "cn-mainland", "day_zero": "maybe"}})
    assert status == 1
    assert [(f["code"], f["field"]) for f in found] == [
        ("wrong_value", "profile.day_zero"),
        ("two_thirds_rule", "committed_limit"),
    ]
    found = lint(spec | {"accountability": {"matrx": {}}})[1]
    assert next((f["code"], f["field"]) for f in found) == ("unknown_field", "accountability.matrx")


@pytest.mark.parametrize("content", ["5", "[]", "a: ["])
def test_what_is_no_item_at_all_is_wrong_use(lint, content):
    assert lint(content)[0] == 2


def test_the_example_county_has_no_error(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["item", "lint", str(COUNTY), "-o", "json"])
    assert not ended.value.code
    found = json.loads(capsys.readouterr().out)
    assert found and {f["severity"] for f in found} == {"warning"}


def test_the_table_is_for_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("JIANNUO_LOCALE", "zh")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(LATE).encode())))
    with pytest.raises(SystemExit) as ended:
        main(["item", "lint", "-"])
    assert ended.value.code == 1
    assert "错误" in capsys.readouterr().out
