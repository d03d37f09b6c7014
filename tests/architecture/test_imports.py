"""The layers hold, and the contracts that say so bite."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture.tree import ROOT

PACKAGES = ("engine", "workflows", "notifications", "rules")
LAYERS = "engine over workflows and notifications over rules"
PURE = "rules are pure"
WORKFLOWS = "workflows touch no database, template or network code"
NOTIFICATIONS = "notifications know no storage, workflow or web framework"


class Offence(NamedTuple):
    """A module of `package` that imports `name`, against `contract`."""

    package: str
    code: str
    name: str
    contract: str


OFFENCES = (
    Offence("rules", "import engine", "engine", LAYERS),
    Offence("rules", "import notifications", "notifications", LAYERS),
    Offence("workflows", "import engine.deep", "engine.deep", LAYERS),
    Offence("workflows", "import notifications", "notifications", LAYERS),
    Offence("notifications", "import workflows", "workflows", LAYERS),
    Offence("rules", "def late():\n    import psycopg", "psycopg", PURE),
    Offence("rules", "from random import choice", "random", PURE),
    Offence("rules", "import logging", "logging", PURE),
    Offence("workflows", "import sqlmodel", "sqlmodel", WORKFLOWS),
    Offence("workflows", "from jinja2 import Template", "jinja2", WORKFLOWS),
    Offence("notifications", "import fastapi", "fastapi", NOTIFICATIONS),
    Offence("notifications", "import temporalio.client", "temporalio", NOTIFICATIONS),
)


def _linted(folder: Path) -> str:
    """What import-linter says of the packages in a folder, by this project's contracts."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"]
    ran = subprocess.run([sys.executable, "-c", lint, *config], cwd=folder, capture_output=True, text=True)
    return ran.stdout + ran.stderr


def _states(said: str) -> dict[str, str]:
    states = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", said, re.MULTILINE))
    assert set(states) >= {LAYERS, PURE, WORKFLOWS, NOTIFICATIONS}, said
    return states


def _empty_packages(folder: Path) -> Path:
    for package in PACKAGES:
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    (folder / "engine" / "deep.py").touch()
    return folder


@pytest.fixture(scope="module")
def offended(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of packages in which every offence is committed, each by a module of its own."""
    folder = _empty_packages(tmp_path_factory.mktemp("offended"))
    for number, offence in enumerate(OFFENCES):
        (folder / offence.package / f"offender_{number}.py").write_text(offence.code)
    return _linted(folder)


def test_every_import_contract_holds():
    said = _linted(ROOT)
    assert "BROKEN" not in _states(said).values(), said


def test_packages_without_imports_break_nothing(tmp_path: Path):
    assert "BROKEN" not in _states(_linted(_empty_packages(tmp_path))).values()


@pytest.mark.parametrize(
    ("number", "offence"), list(enumerate(OFFENCES)), ids=[f"{o.package}: {o.code}" for o in OFFENCES]
)
def test_a_module_that_breaks_a_contract_is_found(offended: str, number: int, offence: Offence):
    assert _states(offended)[offence.contract] == "BROKEN"
    broken = offended.partition("Broken contracts")[2].split(f"{offence.contract}\n---", 1)[1]
    assert f"{offence.package}.offender_{number} -> {offence.name} " in broken
