"""The flow chart (流程图) of an item as nodes and arrows with their places: one picture for the page and for BPMN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from engine.procedures.bpmn import read
from rules.flow_chart import Flow, Node
from rules.items import Item, Step

START, END = "start", "end"


class Graph(msgspec.Struct, frozen=True):
    """`places`: column and row of every node, from the left and from above."""

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    places: dict[str, tuple[int, int]]

    @property
    def size(self) -> tuple[int, int]:
        columns, rows = zip(*self.places.values(), strict=True)
        return max(columns) + 1, max(rows) + 1


def graph_of(item: Item) -> Graph:
    """The approved chart, else the steps. RuleError where the chart is not understood."""
    nodes, flows = read(item.flow_chart.encode()) if item.flow_chart else _of_steps(item.steps)
    return Graph(tuple(nodes), tuple(flows), _placed(nodes, flows))


def _of_steps(steps: Sequence[Step]) -> tuple[list[Node], list[Flow]]:
    """One after the other, or as each says what it comes after; where ways part or meet there is a parallel gateway."""
    follows = any(step.after for step in steps)
    before = {
        step.id: step.after if follows else tuple(s.id for s in steps[n - 1 : n]) if n else ()
        for n, step in enumerate(steps)
    }
    after = {step.id: tuple(s.id for s in steps if step.id in before[s.id]) for step in steps}
    first, last = (
        [id_ for id_, known in before.items() if not known],
        [id_ for id_, known in after.items() if not known],
    )
    nodes = [Node(START, "start"), *(Node(f"step_{s.id}", "task", s.name or s.id) for s in steps), Node(END, "end")]
    nodes += [Node(f"split_{at}", "parallel") for at, ways in _gates(START, first, after) if len(ways) > 1]
    nodes += [Node(f"join_{at}", "parallel") for at, ways in _gates(END, last, before) if len(ways) > 1]
    known = {node.id for node in nodes}
    arrows = (
        [(START, _task(id_)) for id_ in first]
        + [(_task(a), _task(b)) for b, those in before.items() for a in those]
        + [(_task(id_), END) for id_ in last]
    )
    return nodes, list(dict.fromkeys(_through_gates(arrows or [(START, END)], known)))


def _gates(edge: str, ends: Sequence[str], inner: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Sequence[str]]]:
    yield edge, ends
    yield from ((_task(id_), ways) for id_, ways in inner.items())


def _task(id_: str) -> str:
    return f"step_{id_}"


def _through_gates(arrows: Sequence[tuple[str, str]], known: set[str]) -> Iterator[Flow]:
    """Each arrow leaves by the split of its source and arrives by the join of its target, where there are such."""
    for source, target in arrows:
        split, join = f"split_{source}", f"join_{target}"
        leaves, arrives = split if split in known else source, join if join in known else target
        if leaves == split:
            yield Flow(source, split)
        yield Flow(leaves, arrives)
        if arrives == join:
            yield Flow(join, target)


def _placed(nodes: Sequence[Node], flows: Sequence[Flow]) -> dict[str, tuple[int, int]]:
    """The column is the longest way from a start, going round no loop; rows fill each column from above."""
    ahead = _without_loops(nodes, flows)
    columns = dict.fromkeys((node.id for node in nodes), 0)
    for _ in nodes:
        for flow in ahead:
            columns[flow.target] = max(columns[flow.target], columns[flow.source] + 1)
    rows: dict[int, int] = {}
    places = {}
    for node in nodes:
        column = columns[node.id]
        places[node.id] = (column, rows.get(column, 0))
        rows[column] = rows.get(column, 0) + 1
    return places


def _without_loops(nodes: Sequence[Node], flows: Sequence[Flow]) -> list[Flow]:
    """The arrows that lead on: those that lead back to where one came from are left out."""
    out: dict[str, list[Flow]] = {}
    for flow in flows:
        out.setdefault(flow.source, []).append(flow)
    kept: list[Flow] = []
    state: dict[str, int] = {}
    for node in nodes:
        if node.kind == "start" or node.id not in state:
            _walk(node.id, out, state, kept)
    return kept


def _walk(root: str, out: dict[str, list[Flow]], state: dict[str, int], kept: list[Flow]) -> None:
    """Depth first, without recursion: 1 while a node is being walked from, 2 when done."""
    if state.get(root):
        return
    state[root] = 1
    stack = [(root, iter(out.get(root, ())))]
    while stack:
        at, ways = stack[-1]
        flow = next(ways, None)
        if flow is None:
            state[at] = 2
            stack.pop()
        elif state.get(flow.target) != 1:
            kept.append(flow)
            if flow.target not in state:
                state[flow.target] = 1
                stack.append((flow.target, iter(out.get(flow.target, ()))))
