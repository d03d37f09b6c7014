"""The door of the command line: names, help, exit status."""

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
