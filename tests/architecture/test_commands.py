"""What the pages tell a reader to type is there."""

import importlib
import importlib.util
import re
from collections.abc import Iterator

import pytest
import typer

from engine.cli.main import COMMANDS
from tests.architecture.tree import ROOT, texts

TYPED = re.compile(r"(?:^|`|\| )jiannuo ([a-z]+)(?: ([a-z]+)\b)?", re.MULTILINE)
TARGET = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)
PAGES = {str(path): text for path, text in texts() if path.suffix == ".md"}


def _typed() -> Iterator[tuple[str, str, str]]:
    return ((page, name, sub) for page, text in PAGES.items() for name, sub in TYPED.findall(text))


def _subcommands(where: str) -> set[str]:
    """The commands below a noun; none for a command that stands alone."""
    module, _, attribute = where.partition(":")
    app = getattr(importlib.import_module(module), attribute or "app", None)
    if not isinstance(app, typer.Typer) or app.registered_callback is None:
        return set()
    return {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}


def _problem(name: str, sub: str) -> str:
    command = next((one for one in COMMANDS if one.name == name), None)
    if command is None or importlib.util.find_spec(command.where.partition(":")[0]) is None:
        return f"there is no command {name}"
    below = _subcommands(command.where)
    return f"{name} has no command {sub!r}" if below and sub and sub not in below else ""


def test_every_command_that_a_page_names_is_there():
    found = [f"{page}: {problem}" for page, name, sub in _typed() if (problem := _problem(name, sub))]
    assert not found, "\n".join(sorted(set(found)))


def test_every_make_target_that_a_page_names_is_there():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {name for text in PAGES.values() for name in TARGET.findall(text)}
    assert "demo" in named
    assert not named - targets


@pytest.mark.parametrize(("name", "sub"), [("nonsense", ""), ("case", "nonsense")])
def test_a_command_that_is_not_there_is_noticed(name: str, sub: str):
    assert _problem(name, sub)
