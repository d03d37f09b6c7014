"""`jiannuo detector measure`: thresholds are tried before they are set."""

import json

import pytest

from engine.cli.main import main


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["detector", "measure", "--units", "6", "-o", "json", *arguments])
    said = capsys.readouterr()
    return int(ended.value.code or 0), {row["detector"]: row for row in json.loads(said.out or "[]")}, said.err


def test_thresholds_of_a_file_are_tried(tmp_path, capsys):
    rules = tmp_path / "rules.yaml"
    rules.write_text("unit: planning\ndetectors:\n  last_hour_extension: {within: PT1H}\n", "utf-8")
    status, shipped, _ = run(capsys)
    assert status == 0 and shipped["last_hour_extension"]["recall"] > 50
    assert run(capsys, "--rules", str(rules))[1]["last_hour_extension"]["recall"] == 0


def test_a_parameter_that_no_detector_has_is_told(tmp_path, capsys):
    rules = tmp_path / "rules.yaml"
    rules.write_text("last_hour_extension: {withing: PT1H}\n", "utf-8")
    status, _, said = run(capsys, "--rules", str(rules))
    assert status == 1 and "withing" in said
    rules.write_text("- 1\n", "utf-8")
    assert run(capsys, "--rules", str(rules))[0] == 1
