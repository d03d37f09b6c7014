"""The units under deploy/systemd: systemd itself finds nothing wrong, they name what is there, and their settings are known."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from engine.cli.main import COMMANDS
from engine.config import _VARIABLES
from tests.architecture.tree import ROOT

FOLDER = ROOT / "deploy" / "systemd"
UNITS = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.target")])
COMMAND = re.compile(r"^ExecStart=/opt/jiannuo/\.venv/bin/jiannuo (\w+)$", re.MULTILINE)


def _checked(folder: Path) -> str:
    """What systemd says of all units, with a program that exists in the place of the installed one."""
    folder.mkdir()
    for unit in UNITS:
        (folder / unit.name).write_text(unit.read_text("utf-8").replace("/opt/jiannuo/.venv/bin/jiannuo", "/bin/true"))
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, sorted(folder.iterdir()))],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return "\n".join(line for line in found.stderr.splitlines() if str(folder) in line or "jiannuo" in line)


needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (Debian: systemd)"
)


@needs_systemd
def test_systemd_finds_nothing_wrong(tmp_path):
    assert _checked(tmp_path / "units") == ""


@needs_systemd
def test_a_misspelt_setting_would_be_found(tmp_path, monkeypatch):
    wrong = tmp_path / "jiannuo-wrong.service"
    wrong.write_text((FOLDER / "jiannuo-api.service").read_text("utf-8").replace("Restart=", "Restrat="))
    monkeypatch.setattr("tests.engine.test_systemd.UNITS", [wrong])
    assert "Restrat" in _checked(tmp_path / "units")


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_exists(unit):
    (command,) = COMMAND.findall(unit.read_text("utf-8"))
    assert command in {one.name for one in COMMANDS}


def test_every_setting_in_the_example_is_known():
    named = re.findall(r"^#?([A-Z_]+)=", (FOLDER / "jiannuo.env").read_text("utf-8"), re.MULTILINE)
    assert named
    assert set(named) <= set(_VARIABLES.values())
