"""An approved flow chart (流程图) as it is drawn: its nodes and arrows, in the meaning BPMN 2.0 gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from rules.errors import RuleError

Kind = Literal["start", "end", "terminate", "event", "task", "exclusive", "parallel"]


class Node(msgspec.Struct, frozen=True):
    """`terminate`: an end that ends everything at once. `repeats`: a task with a loop marker, done once or more often."""

    id: str
    kind: Kind
    name: str = ""
    repeats: bool = False


class Flow(msgspec.Struct, frozen=True):
    source: str
    target: str


def plain(name: str) -> str:
    """A name as it is compared: line breaks and runs of spaces in it mean nothing."""
    return " ".join(name.split())


def refused(message: str, field: str = "") -> RuleError:
    return RuleError("chart_not_understood", message, field)


def check(nodes: Sequence[Node], flows: Sequence[Flow]) -> None:
    """Every arrow leads somewhere, everything is reached, something ends it; else RuleError, its field the node's id."""
    kinds = {node.id: node.kind for node in nodes}
    for id_, times in Counter(node.id for node in nodes).items():
        if times > 1:
            raise refused("two parts of the chart have this id; give each its own", id_)
    for flow in flows:
        _check_flow(flow, kinds)
    starts = [node.id for node in nodes if node.kind == "start"]
    if not starts:
        raise refused("the chart has no start event; add one")
    lost = sorted(kinds.keys() - _reached(starts, flows))
    if lost:
        raise refused("no way leads here from a start; connect it, or take it out", lost[0])
    if not kinds.keys() - {flow.source for flow in flows}:
        raise refused("the chart never ends; add an end event")


def _check_flow(flow: Flow, kinds: dict[str, Kind]) -> None:
    for end in (flow.source, flow.target):
        if end not in kinds:
            raise refused("an arrow names a part that the chart does not have", end)
    if kinds[flow.target] == "start":
        raise refused("an arrow leads into a start event", flow.target)
    if kinds[flow.source] in {"end", "terminate"}:
        raise refused("an arrow leads out of an end event", flow.source)


def _reached(starts: Iterable[str], flows: Sequence[Flow]) -> set[str]:
    ahead: dict[str, list[str]] = {}
    for flow in flows:
        ahead.setdefault(flow.source, []).append(flow.target)
    found = set(starts)
    waiting = list(found)
    while waiting:
        fresh = set(ahead.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found
