"""The door of the command line: names, help, exit status."""

import json
import subprocess
import sys

import pytest

from engine.cli import main as command_line


def run(*arguments, **environ):
    argv = [sys.executable, "-X", "importtime", "-m", "engine.cli.main", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, env={"PATH": "", "JIANNUO_LOCALE": "en", **environ})


def test_help_lists_the_commands_that_exist_and_imports_none_of_them():
    shown = run("--help")
    assert shown.returncode == 0
    assert "  doctor" in shown.stdout
    for heavy in ("typer", "temporalio", "psycopg", "fastapi"):
        assert f" {heavy}\n" not in shown.stderr


@pytest.mark.parametrize(
    "command", [command for command in command_line.COMMANDS if command_line._exists(command)], ids=lambda one: one.name
)
def test_every_command_shown_answers_to_help(command, capsys):
    with pytest.raises(SystemExit) as ended:
        command_line.main([command.name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out


def test_an_unknown_command_is_wrong_use_and_the_nearest_name_is_offered():
    refused = run("doktor")
    assert refused.returncode == 2
    assert "doctor" in refused.stderr


def test_what_an_operator_can_mend_is_said_without_a_traceback(tmp_path):
    refused = run("migrate", JIANNUO_DATA=str(tmp_path))
    assert refused.returncode == 1
    assert "jiannuo up" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_terminal_language_chooses_between_chinese_and_english():
    assert "运行" in run("--help", JIANNUO_LOCALE="", LANG="C.UTF-8").stdout
    assert "Running" in run("--help", JIANNUO_LOCALE="", LANG="en_GB.UTF-8").stdout


def test_what_only_the_play_of_a_rehearsal_finds_wrong_is_told_once_and_with_its_place(tmp_path, capfd):
    world = {
        "jiannuo": "rehearsal/1",
        "calendars": [{"version": "v1", "known_from": "2020-01-01T00:00:00+08:00", "zone": "Asia/Shanghai"}],
        "items": [
            {"code": "P", "unit": "u", "version": 1, "effective_from": "2020-01-01",
             "committed_limit": {"amount": 5, "unit": "working_hours"}}
        ],
        "facts": [
            {"id": "f1", "type": "application.accepted", "case": "A", "item": "P", "occurred_at": "2026-03-02T09:00:00+08:00"}
        ],
        "until": "2026-03-05T00:00:00+08:00",
    }  # fmt: skip
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world))
    with pytest.raises(SystemExit) as ended:
        command_line.main(["rehearse", str(file)])
    said = capfd.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    error = json.loads(said.err)["error"]
    assert (error["code"], error["field"]) == ("calendar_without_hours", "calendar.office_hours")
