"""Random flow charts in blocks, drawn as nodes and arrows, and told again as the set of words they allow: an oracle that knows no tokens."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import strategies as st

from rules.flow_chart import Flow, Node

Tree = tuple[
    Any, ...
]  # ("task", name) | ("nothing",) | ("sequence" | "choice" | "parallel", tree, …) | ("loop", body, back)
Word = tuple[str, ...]
NAMES = "abcd"
MOST = 6  # letters of a word, as far as the oracle counts


def trees(depth: int = 3) -> st.SearchStrategy[Tree]:
    leaf = st.sampled_from(NAMES).map(lambda name: ("task", name))
    if depth == 0:
        return leaf
    inner = trees(depth - 1)
    empty = st.just(("nothing",))
    blocks = [
        st.tuples(st.just("sequence"), inner, inner),
        st.tuples(st.just("choice"), inner, inner | empty),
        st.tuples(st.just("parallel"), inner, inner),
        st.tuples(st.just("loop"), inner, inner | empty),
    ]
    return st.one_of(leaf, *blocks)


class Drawn:
    """A tree as a chart."""

    def __init__(self, tree: Tree) -> None:
        self.nodes = [Node("start", "start"), Node("end", "end")]
        self.flows: list[Flow] = []
        self._ids = count()
        first, last = self._draw(tree)
        self.flows += [Flow("start", first), Flow(last, "end")]

    def _new(self, kind: Any, name: str = "") -> str:
        id_ = f"n{next(self._ids)}"
        self.nodes.append(Node(id_, kind, name))
        return id_

    def _draw(self, tree: Tree) -> tuple[str, str]:
        """The block's first and last node."""
        kind, *parts = tree
        if kind in {"task", "nothing"}:
            one = self._new("task", parts[0]) if parts else self._new("event")
            return one, one
        drawn = [self._draw(part) for part in parts]
        if kind == "sequence":
            self.flows.append(Flow(drawn[0][1], drawn[1][0]))
            return drawn[0][0], drawn[1][1]
        gate = "parallel" if kind == "parallel" else "exclusive"
        into, out = self._new(gate), self._new(gate)
        if kind == "loop":
            (first, last), (again, back) = drawn
            self.flows += [Flow(into, first), Flow(last, out), Flow(out, again), Flow(back, into)]
        else:
            for first, last in drawn:
                self.flows += [Flow(into, first), Flow(last, out)]
        return into, out


def words(tree: Tree, most: int = MOST) -> tuple[frozenset[Word], frozenset[Word]]:
    """All whole words up to a length, and all their beginnings (of longer words too)."""
    kind, *parts = tree
    if kind == "task":
        return frozenset({(parts[0],)}), frozenset({(), (parts[0],)})
    if kind == "nothing":
        return frozenset({()}), frozenset({()})
    (left, left_begun), (right, right_begun) = (words(part, most) for part in parts)
    if kind == "choice":
        return left | right, left_begun | right_begun
    if kind == "sequence":
        return _joined(left, right, most), left_begun | _joined(left, right_begun, most)
    if kind == "parallel":
        return _mixed(left, right, most), _mixed(left_begun, right_begun, most)
    return _looped(left, left_begun, right, right_begun, most)


def _looped(
    body: frozenset[Word], body_begun: frozenset[Word], back: frozenset[Word], back_begun: frozenset[Word], most: int
) -> tuple[frozenset[Word], frozenset[Word]]:
    whole, before = body, frozenset[Word]()
    while whole != before:
        before, whole = whole, whole | _joined(_joined(whole, back, most), body, most)
    again = _joined(whole, back, most)
    return whole, body_begun | _joined(whole, back_begun, most) | _joined(again, body_begun, most)


def _joined(left: frozenset[Word], right: frozenset[Word], most: int) -> frozenset[Word]:
    return frozenset(a + b for a in left for b in right if len(a) + len(b) <= most)


def _mixed(left: frozenset[Word], right: frozenset[Word], most: int) -> frozenset[Word]:
    return frozenset(word for a in left for b in right if len(a) + len(b) <= most for word in _shuffled(a, b))


def _shuffled(a: Word, b: Word) -> set[Word]:
    if not a or not b:
        return {a + b}
    return {a[:1] + rest for rest in _shuffled(a[1:], b)} | {b[:1] + rest for rest in _shuffled(a, b[1:])}
