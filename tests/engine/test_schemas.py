"""The published JSON Schemas: what the product reads and prints fits them, what is misspelt does not."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import yaml

from engine.api import problems
from engine.api.schema_files import SCHEMAS, schema
from engine.cli.main import main
from engine.explanation.answer import answer
from engine.explanation.reading import explained
from engine.rehearsal.loading import load
from engine.rehearsal.output import Output
from rules.calculator import answer_dict
from tests.rules.worlds import a_case, moment, play

ROOT = Path(__file__).parents[2]
LEDGERS = sorted((ROOT / "tests" / "decisions" / "ledgers").glob("*.json"))
MAPPINGS = sorted((ROOT / "examples").glob("*/mapping*.yaml"))
SUNDAY = {"zone": "Europe/Berlin", "weekend": ["sun"], "days": [{"on": "2026-01-01", "kind": "off"}]}
QUESTIONS: list[dict[str, Any]] = [
    {"id": "a", "op": "due", "calendar": "CN", "limit": {"amount": 6, "unit": "working_days"}, "from": "2026-02-10", "explain": True},
    {"id": 2, "op": "shift", "calendar": SUNDAY, "from": "2026-01-02", "by": {"amount": -3, "unit": "working_days"}},
    {"op": "elapsed", "calendar": "CN", "from": "2026-02-10", "to": "2026-02-12", "unit": "working_days"},
    {"op": "count", "calendar": "CN", "from": "2026-02-10", "to": "2026-02-12", "bounds": "(]"},
    {"op": "is_working_day", "calendar": "CN", "on": "2026-02-14"},
    {"op": "roll", "calendar": "CN", "on": "2026-02-15", "direction": "next"},
    {"op": "roll", "calendar": "XX", "on": "2026-02-15", "direction": "next"},
]  # fmt: skip


def fits(name: str, value: Any) -> bool:
    """Whether a document satisfies a schema; the first error is shown where it does not."""
    errors = list(jsonschema_rs.validator_for(schema(name)).iter_errors(value))
    if errors:
        print(name, errors[0].message, errors[0].instance_path)  # noqa: T201 - for who reads the failure
    return not errors


def plain(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


@pytest.mark.parametrize("file", LEDGERS, ids=lambda file: file.stem)
def test_a_rehearsal_and_what_it_prints_fit(file):
    world = json.loads(file.read_text(encoding="utf-8"))["rehearsal"]
    printed = play(world)
    assert fits("rehearsal", world)
    assert fits("rehearsal-output", printed)
    assert plain(msgspec.convert(printed, Output)) == printed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda world: world.update(item=[]),
        lambda world: world.update(jiannuo="rehearsal/2"),
        lambda world: world["facts"][0].update(type="application.eaten"),
        lambda world: world["facts"][0].update(on="2026-01-01"),
        lambda world: world["calendars"][0].update(weekends=["sun"]),
        lambda world: world["items"][0].update(limit=5),
        lambda world: world.pop("until"),
    ],
)
def test_a_misspelt_rehearsal_does_not_fit(spoil):
    world = a_case(5).accepted().spec | {"until": moment("03-05 09:00")}
    assert fits("rehearsal", world)
    spoilt = copy.deepcopy(world)
    spoil(spoilt)
    assert not fits("rehearsal", spoilt)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question['op']}-{question['calendar']}"[:20])
def test_questions_and_answers_of_the_calculator_fit(question):
    assert fits("limit-question", question)
    assert fits("limit-answer", answer_dict(question))


@pytest.mark.parametrize("file", MAPPINGS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_mapping_that_ships_fits(file):
    mapping = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert fits("mapping", mapping)
    assert not fits("mapping", mapping | {"colour": "red"})


def test_an_event_and_a_problem_fit():
    event = {
        "specversion": "1.0", "id": "1", "source": "hall", "type": "cn.jiannuo.application.accepted", "subject": "A1",
        "time": "2026-02-10T09:00:00+08:00", "data": {"holder": "zhang"},
    }  # fmt: skip
    assert fits("cloud-event", event)
    assert not fits("cloud-event", {name: value for name, value in event.items() if name != "id"})
    assert fits("problem", plain(problems.problem(409, "case_closed", "the case has ended", case="A1")))
    assert not fits("problem", {"status": 409})


def test_an_explanation_fits():
    world = a_case(5).accepted().fact("clock.suspended", "03-03 10:00", reason="hearing")
    loaded = load(msgspec.json.encode(world.spec | {"until": moment("03-05 09:00")}))
    found = explained("A", loaded.facts, loaded.world, datetime.fromisoformat(moment("03-05 09:00")))
    given = plain(answer("A", found, "zh"))
    assert given["clocks"]["committed"]["stands"]
    assert fits("case-explanation", given)
    assert not fits("case-explanation", given | {"lang": "fr"})


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_command_prints_each_schema(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["schema", name])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["title"] == name


def test_an_unknown_schema_is_wrong_use(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["schema", "nothing"])
    assert ended.value.code == 2
    assert "rehearsal-output" in capsys.readouterr().err
