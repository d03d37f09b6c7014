"""The worker runs workflows without a sandbox; so nothing that reads a clock, a die or the outside may be imported there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "workflows"
ALLOWED = frozenset({"__future__", "abc", "asyncio", "collections.abc", "contextlib", "dataclasses", "datetime"})
OURS = ("temporalio", "workflows")
IMPURE = frozenset({"now", "today", "utcnow", "open", "print", "gather", "create_task", "to_thread", "wait", "sleep"})


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""


def impure(source: str) -> Iterator[str]:
    """Calls that would give another answer at a replay; those of the SDK (`workflow.…`) are made for it."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and (name := ast.unparse(node.func)).split(".")[-1] in IMPURE
            and not name.startswith("workflow.")
        ):
            yield name


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_workflow_file_reads_no_clock_no_die_and_nothing_outside(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    foreign = [name for name in imported(source) if name not in ALLOWED and name.partition(".")[0] not in OURS]
    assert not foreign
    assert not list(impure(source))


def test_a_clock_read_in_passing_is_noticed() -> None:
    assert list(impure("left = wake_at - datetime.now(UTC)")) == ["datetime.now"]
    assert list(imported("import time")) == ["time"]
