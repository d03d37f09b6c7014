"""The moves of tokens that a flow chart allows: BPMN 2.0 read as a net of places, made once for each chart.

Every arrow is a place where tokens wait. A choice among ways is made only where it matters (`rules.token_replay`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Literal

import msgspec

from rules.flow_chart import Flow, Node, check, plain

# A record may tell that a step began, that it was done, or (`only`) that it began where nobody ever tells when it was done.
Phase = Literal["start", "complete", "only"]
Place = int
_OF_EVENTS: tuple[Phase, ...] = ("complete", "only")


class Move(msgspec.Struct, frozen=True):
    """Tokens taken from places and given to others. `told`: the node and phase a record must name; None happens by itself."""

    takes: tuple[Place, ...]
    gives: tuple[Place, ...]
    told: tuple[str, Phase] | None = None


class Moves(msgspec.Struct, frozen=True):
    """`begins`: where a token may stand at first, one place for each start. `ending`: a token there ends everything at once.

    `known`: the nodes that a name in a record may mean; a node goes by its name and by its id.
    """

    moves: tuple[Move, ...]
    begins: tuple[Place, ...]
    ending: frozenset[Place]
    known: dict[str, tuple[str, ...]]


def moves_of(nodes: Sequence[Node], flows: Sequence[Flow], aliases: Mapping[str, str] | None = None) -> Moves:
    """The moves of a chart; `aliases`: other words for the name of a node. RuleError (`chart_not_understood`) if it makes no sense."""
    check(nodes, flows)
    places = _Places(nodes, flows)
    return Moves(
        moves=tuple(move for node in nodes for move in places.moves(node)),
        begins=tuple(place for node in nodes if node.kind == "start" for place in places.into(node)),
        ending=frozenset(place for node in nodes if node.kind == "terminate" for place in places.into(node)),
        known=_known(nodes, aliases or {}),
    )


def _known(nodes: Sequence[Node], aliases: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    known: dict[str, list[str]] = {}
    for node in nodes:
        if node.kind == "task" or (node.kind not in {"exclusive", "parallel"} and plain(node.name)):
            for word in filter(None, dict.fromkeys((plain(node.id), plain(node.name)))):
                known.setdefault(word, []).append(node.id)
    for word, name in aliases.items():
        if plain(name) in known:
            known.setdefault(plain(word), known[plain(name)])
    return {word: tuple(ids) for word, ids in known.items()}


class _Places:
    """A start, a task under way and a choice have places of their own beside those of the arrows."""

    def __init__(self, nodes: Sequence[Node], flows: Sequence[Flow]) -> None:
        self._next = count()
        self._in: dict[str, list[Place]] = {node.id: [] for node in nodes}
        self._out: dict[str, list[Place]] = {node.id: [] for node in nodes}
        for flow in flows:
            place = next(self._next)
            self._out[flow.source].append(place)
            self._in[flow.target].append(place)
        for node in nodes:
            if node.kind == "start":
                self._in[node.id].append(next(self._next))

    def into(self, node: Node) -> tuple[Place, ...]:
        return tuple(self._in[node.id])

    def moves(self, node: Node) -> Iterator[Move]:
        into, out = self.into(node), tuple(self._out[node.id])
        if node.kind == "parallel":
            yield Move(into, out)
        elif node.kind == "exclusive":
            yield from self._choice(into, out)
        elif node.kind == "task":
            yield from self._task(node, into, out)
        else:
            yield from _event(node, into, out)

    def _choice(self, into: tuple[Place, ...], out: tuple[Place, ...]) -> Iterator[Move]:
        middle = next(self._next)
        yield from (Move((place,), (middle,)) for place in into)
        yield from (Move((middle,), (place,)) for place in out)
        if not out:
            yield Move((middle,), ())

    def _task(self, node: Node, into: tuple[Place, ...], out: tuple[Place, ...]) -> Iterator[Move]:
        """Told as done, or as begun and then done; begun again by another holder it is still the same step."""
        began, only = next(self._next), next(self._next)
        for place in (*into, began):
            yield Move((place,), out, (node.id, "complete"))
            yield Move((place,), (began,), (node.id, "start"))
            if node.repeats:
                yield Move((place,), into[:1], (node.id, "complete"))
        for place in (*into, only):
            yield Move((place,), (only,), (node.id, "only"))
        yield Move((only,), out)


def _event(node: Node, into: tuple[Place, ...], out: tuple[Place, ...]) -> Iterator[Move]:
    """An event happens by itself; a record may tell of it, and need not."""
    for place in into:
        yield Move((place,), out)
        if plain(node.name):
            yield from (Move((place,), out, (node.id, phase)) for phase in _OF_EVENTS)
