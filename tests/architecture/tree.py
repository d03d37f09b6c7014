"""The files of the repository as git knows them (new ones included, ignored ones not), and what they say."""

import ast
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Written by tools, or data of others: their lines are not ours to shorten or to read.
GENERATED = ("requirements.lock", "deploy/temporal/go.mod", "deploy/temporal/go.sum")


@lru_cache(maxsize=1)
def files() -> tuple[Path, ...]:
    """Paths relative to the root."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    found = sorted(Path(name) for name in set(listed.split("\0")) if name and (ROOT / name).is_file())
    assert found, "git lists no files; the architecture tests need the repository"
    return tuple(found)


def texts() -> Iterator[tuple[Path, str]]:
    """Files that are text and written by hand, with their words."""
    for path in files():
        if str(path) in GENERATED or "vendor" in path.parts:
            continue
        raw = (ROOT / path).read_bytes()
        if b"\0" not in raw:
            yield path, raw.decode("utf-8")


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """The Python files under these folders, parsed."""
    for path in files():
        if path.suffix == ".py" and str(path).startswith(tuple(f"{folder}/" for folder in folders)):
            yield path, ast.parse((ROOT / path).read_text("utf-8"))


def literals(*folders: str) -> frozenset[str]:
    """Every text constant in the code of these folders."""
    return frozenset(
        node.value
        for _, module in modules(*folders)
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
