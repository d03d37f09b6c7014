"""Token replay: whether what was done is a way through a flow chart, and at which point it left every way.

A record says what was done, not which way a gateway went. So all markings (where tokens may stand) that explain the record are carried along;
a move that happens by itself is made only where the next step needs it. Two reductions keep their number small and lose nothing: a move whose
places no other move takes from is made at once, and before a step only those moves are tried whose tokens can come to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from rules.flow_chart import plain, refused
from rules.flow_moves import Move, Moves, Phase, Place

Marking = tuple[Place, ...]  # sorted; a place stands there once for each token on it
Told = tuple[str, Phase]
MOST = 50_000  # markings that explain one record; a chart that allows more can no longer be told from no chart at all
LONGEST = 1_000  # tokens on a chart at one time


class Done(msgspec.Struct, frozen=True):
    """One line of a record. `phase`: `start`, `complete`, or another word of the step's life, which is none of the chart's business."""

    name: str
    phase: str = "complete"


class Verdict(msgspec.Struct, frozen=True):
    """`first`: the place in the record from which no way through the chart explains it. `at_end`: the whole record is a way to an end."""

    first: int | None
    at_end: bool


class Chart:
    """A flow chart ready for replay. What it has worked out once it remembers; its answers depend on its arguments alone."""

    def __init__(self, moves: Moves) -> None:
        self.known = moves.known
        self._begins, self._ending = moves.begins, moves.ending
        self._silent = [move for move in moves.moves if move.told is None]
        self._told: dict[Told, list[Move]] = {}
        for move in moves.moves:
            if move.told is not None:
                self._told.setdefault(move.told, []).append(move)
        takers = Counter(place for move in moves.moves for place in move.takes)
        free = [move for move in self._silent if all(takers[place] == 1 for place in move.takes)]
        self._free = {place: move for move in free for place in move.takes}
        self._chosen = [move for move in self._silent if move.takes[0] not in self._free]
        self._leading: dict[Told, list[Move]] = {}
        self._answers: dict[tuple[frozenset[Marking], tuple[Told, ...]], frozenset[Marking]] = {}

    @cached_property
    def start(self) -> frozenset[Marking]:
        return frozenset(self._settled((place,)) for place in self._begins)

    def after(self, markings: frozenset[Marking], told: tuple[Told, ...]) -> frozenset[Marking]:
        """All markings in which a told step, one of several of that name, may leave the chart. Empty: it was not its turn."""
        known = self._answers.get((markings, told))
        if known is None:
            known = frozenset(following for one in told for following in self._following(markings, one))
            if len(self._answers) < MOST:
                self._answers[markings, told] = known
        return known

    def ended(self, markings: Iterable[Marking]) -> bool:
        """Whether every token may have gone to an end by itself."""
        # A token that comes to the end of all takes those with it that could not get there.
        within = None if self._ending else self._drains
        hopeful = [marking for marking in markings if within is None or within.issuperset(marking)]
        return any(not marking for marking in self._closure(hopeful, self._chosen, within))

    def _following(self, markings: Iterable[Marking], one: Told) -> Iterator[Marking]:
        moves = self._told.get(one, ())
        for marking in self._closure(markings, self._leading_to(one)):
            yield from (self._moved(marking, move) for move in moves if _fits(marking, move))

    def _leading_to(self, told: Told) -> list[Move]:
        """The moves by themselves whose tokens can come to a step without another step between."""
        if told not in self._leading:
            wanted = {place for move in self._told.get(told, ()) for place in move.takes}
            before = -1
            while before != len(wanted):
                before = len(wanted)
                wanted |= {place for move in self._silent if wanted.intersection(move.gives) for place in move.takes}
            self._leading[told] = [move for move in self._chosen if wanted.intersection(move.gives)]
        return self._leading[told]

    @cached_property
    def _drains(self) -> frozenset[Place]:
        """Places whose tokens can come to an end without another step."""
        found: set[Place] = set()
        before = -1
        while before != len(found):
            before = len(found)
            found |= {place for move in self._silent if found.issuperset(move.gives) for place in move.takes}
        return frozenset(found)

    def _closure(
        self, markings: Iterable[Marking], moves: Sequence[Move], within: frozenset[Place] | None = None
    ) -> Iterator[Marking]:
        """Every marking that these moves lead to, the first ones included."""
        waiting = list(markings)
        seen = set(waiting)
        while waiting:
            marking = waiting.pop()
            yield marking
            for following in (self._moved(marking, move) for move in moves if _fits(marking, move)):
                if following not in seen and (within is None or within.issuperset(following)):
                    seen.add(following)
                    waiting.append(following)
            if len(seen) > MOST:
                raise refused(f"more than {MOST} ways through the chart explain one record")

    def _moved(self, marking: Marking, move: Move) -> Marking:
        return self._settled(self._after(marking, move))

    def _after(self, marking: Marking, move: Move) -> Marking:
        left = list(marking)
        for place in move.takes:
            left.remove(place)
        for place in move.gives:
            if place in self._ending:
                return (place,)
        return tuple(sorted((*left, *move.gives)))

    def _settled(self, marking: Marking) -> Marking:
        """After every move that nothing else could take the tokens from; a circle of such moves ends where it began."""
        seen = {marking}
        while move := self._by_itself(marking):
            marking = self._after(marking, move)
            if marking in seen:
                return marking
            seen.add(marking)
            if len(marking) > LONGEST:
                raise refused("the chart makes tokens without end; mend its gateways")
        return marking

    def _by_itself(self, marking: Marking) -> Move | None:
        ready = (self._free[place] for place in marking if place in self._free)
        return next((move for move in ready if _fits(marking, move)), None)


def _fits(marking: Marking, move: Move) -> bool:
    return all(place in marking for place in move.takes)  # no move takes two tokens of one place


def replay(chart: Chart, record: Sequence[Done]) -> Verdict:
    """Goes through a record in order. A step that it never tells the end of counts as done when it began."""
    completed = {plain(one.name) for one in record if one.phase == "complete"}
    markings = chart.start
    for place, one in enumerate(record):
        name = plain(one.name)
        if name not in chart.known:
            return Verdict(place, at_end=False)
        phase = _phase(one, name, completed)
        if phase is None:
            continue
        markings = chart.after(markings, tuple((id_, phase) for id_ in chart.known[name]))
        if not markings:
            return Verdict(place, at_end=False)
    return Verdict(None, chart.ended(markings))


def _phase(one: Done, name: str, completed: set[str]) -> Phase | None:
    if one.phase == "start":
        return "start" if name in completed else "only"
    return "complete" if one.phase == "complete" else None
