"""The command sequence of the workflow code, read from its source: what makes a timer, an activity, a marker, and under which conditions.

`python -m tests.architecture.fingerprints` writes the baseline anew; it refuses where a command changed and no `patched()` came
with it.
"""

import ast
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BASELINE = Path(__file__).with_name("fingerprints.json")
MARKERS = frozenset({"patched", "deprecate_patch"})
COMMANDS = MARKERS | {
    "continue_as_new",
    "execute_activity",
    "execute_activity_method",
    "execute_child_workflow",
    "execute_local_activity",
    "execute_local_activity_method",
    "sleep",
    "start_activity",
    "start_activity_method",
    "start_child_workflow",
    "start_local_activity",
    "start_local_activity_method",
    "uuid4",
    "upsert_memo",
    "upsert_search_attributes",
    "wait_condition",
}
_BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.While,
    ast.For,
    ast.AsyncFor,
    ast.Try,
    ast.ExceptHandler,
    ast.With,
    ast.AsyncWith,
    ast.BoolOp,
)
_NAMED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

Fingerprints = dict[str, list[str]]


def fingerprints(folder: Path = ROOT / "workflows") -> Fingerprints:
    """By module: every command, and every call that leads to one, with the functions and branches it stands in."""
    return of_sources({path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))})


def of_sources(sources: Mapping[str, str]) -> Fingerprints:
    trees = {module: ast.parse(source) for module, source in sources.items()}
    leading = _leading(list(trees.values()))
    found = {module: list(_walk(tree, "", leading)) for module, tree in trees.items()}
    return {module: listed for module, listed in found.items() if listed}


def _leading(trees: Sequence[ast.Module]) -> frozenset[str]:
    """The commands, and by name every function that calls one, directly or through others."""
    functions = [
        node for tree in trees for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    calls = {function.name: {_name(node) for node in ast.walk(function)} for function in functions}
    leading = COMMANDS
    while more := {name for name, called in calls.items() if called & leading} - leading:
        leading |= more
    return leading - {"__init__"}


def _walk(node: ast.AST, place: str, leading: frozenset[str]) -> Iterator[str]:
    if isinstance(node, _NAMED):
        place = f"{place}.{node.name}" if place else node.name
    elif isinstance(node, _BRANCHES):
        place = f"{place} {type(node).__name__}({_condition(node)})"
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, place, leading)
    if isinstance(node, ast.Call) and (name := _name(node.func)) in leading:
        subject = ast.unparse(node.args[0]) if node.args else ""
        yield f"{place}: {name}({subject})"


def _condition(node: ast.AST) -> str:
    test = getattr(node, "test", None) or getattr(node, "iter", None)
    return ast.unparse(test) if isinstance(test, ast.expr) else ""


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def markers(found: Fingerprints) -> set[str]:
    return {entry for listed in found.values() for entry in listed if entry.split(": ")[-1].split("(")[0] in MARKERS}


def judge(before: Fingerprints, after: Fingerprints) -> str | None:
    """Why the change must not be taken over, None if there is none or it carries a new marker.

    A module that was not there has put nothing to sleep yet; where an older one calls it, that one has changed.
    """
    changed = sorted(name for name in before if before[name] != after.get(name))
    if not changed or markers(after) - markers(before):
        return None
    return (
        f"the commands of workflows/{', '.join(changed)}.py changed without a new workflow.patched(): cases that are asleep"
        " would not replay. See workflows/README.md."
    )


def baseline() -> Fingerprints:
    return json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}


def main() -> None:
    if BASELINE.exists() and (refusal := judge(baseline(), fingerprints())):
        sys.exit(refusal)
    BASELINE.write_text(json.dumps(fingerprints(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
