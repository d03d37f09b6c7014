"""The layers hold, and the contracts that say so bite."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

PACKAGES = ("engine", "workflows", "notifications", "rules")
LAYERS = "engine over workflows and notifications over rules"
PURE = "rules are pure"
WORKFLOWS = "workflows touch no database, template or network code"
NOTIFICATIONS = "notifications know no storage, workflow or web framework"
# module that breaks a contract, what it says, the contract
OFFENDERS = (
    ("rules/offender.py", "import engine", LAYERS),
    ("rules/offender.py", "import notifications", LAYERS),
    ("workflows/offender.py", "import engine.deep", LAYERS),
    ("workflows/offender.py", "import notifications", LAYERS),
    ("notifications/offender.py", "import workflows", LAYERS),
    ("rules/offender.py", "def late():\n    import psycopg", PURE),
    ("rules/offender.py", "from random import choice", PURE),
    ("rules/offender.py", "import logging", PURE),
    ("workflows/offender.py", "import sqlmodel", WORKFLOWS),
    ("workflows/offender.py", "from jinja2 import Template", WORKFLOWS),
    ("notifications/offender.py", "import fastapi", NOTIFICATIONS),
    ("notifications/offender.py", "import temporalio.client", NOTIFICATIONS),
)


def _broken(folder: Path) -> set[str]:
    """Names of the contracts that the packages in a folder break."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"]
    ran = subprocess.run([sys.executable, "-c", lint, *config], cwd=folder, capture_output=True, text=True)
    states = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", ran.stdout, re.MULTILINE))
    assert states, ran.stdout + ran.stderr
    return {name for name, state in states.items() if state == "BROKEN"}


@pytest.fixture
def empty_packages(tmp_path: Path) -> Path:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "engine" / "deep.py").touch()
    return tmp_path


def test_every_import_contract_holds():
    assert not _broken(ROOT)


def test_packages_without_imports_break_nothing(empty_packages: Path):
    assert not _broken(empty_packages)


@pytest.mark.parametrize(("module", "code", "contract"), OFFENDERS, ids=[f"{m}: {c}" for m, c, _ in OFFENDERS])
def test_a_module_that_breaks_a_contract_is_found(empty_packages: Path, module: str, code: str, contract: str):
    (empty_packages / module).write_text(code)
    assert contract in _broken(empty_packages)
