"""`rules` need nothing but their arguments: no clock, no chance, no files, no printing, no other library than msgspec."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.architecture.tree import modules

LIBRARIES = frozenset(sys.stdlib_module_names) | {"msgspec", "rules"}
IMPURE_MODULES = frozenset(
    {"asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3",
     "subprocess", "tempfile", "threading", "time", "urllib", "uuid"}
)  # fmt: skip
CLOCKS = frozenset({"now", "today", "utcnow"})
BUILTINS = frozenset({"open", "print", "input", "exec", "eval", "__import__"})


def impurities(module: ast.Module) -> Iterator[str]:
    """What in a module reaches beyond its arguments."""
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                yield from (_import(alias.name, node.lineno) for alias in names if not _is_pure(alias.name))
            case ast.ImportFrom(module=str(name), level=0) if not _is_pure(name):
                yield _import(name, node.lineno)
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCKS:
                yield f"line {node.lineno}: reads a clock ({name})"
            case ast.Call(func=ast.Name(id=name)) if name in BUILTINS:
                yield f"line {node.lineno}: calls {name}"


def _is_pure(name: str) -> bool:
    first = name.partition(".")[0]
    return first in LIBRARIES and first not in IMPURE_MODULES


def _import(name: str, line: int) -> str:
    return f"line {line}: imports {name}"


def test_the_rules_reach_for_nothing_but_their_arguments():
    found = [f"{path} {what}" for path, module in modules("rules") for what in impurities(module)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\nat = datetime.now()",
        "import datetime\non = datetime.date.today()",
        "from random import choice",
        "import os.path",
        "import httpx2",
        "def late():\n    from uuid import uuid4",
        "def told():\n    print('x')",
        "text = open('file').read()",
    ],
)
def test_whatever_reaches_further_is_found(code: str):
    assert list(impurities(ast.parse(code)))
