"""The steps of an item as a flow chart: one after the other, or as each says what it comes after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from rules.errors import RuleError
from rules.flow_chart import Flow, Node
from rules.flow_moves import moves_of
from rules.token_replay import Chart

# Ids that no step can have: a step's id has no space at its ends.
_START, _END, _SPLIT, _JOIN = " start", " end", " split", " join"


class Stage(Protocol):
    """What a step tells of its place. `rules.items.Step` is one."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def after(self) -> tuple[str, ...]: ...


def chart_of_steps(steps: Sequence[Stage]) -> Chart:
    """One after the other; where any step says what it comes `after`, all go by that. RuleError if they run in a circle."""
    before = _before(steps)
    followed = {earlier for those in before.values() for earlier in those}
    nodes = [Node(_START, "start"), Node(_END, "end"), Node(_SPLIT, "parallel"), Node(_JOIN, "parallel")]
    flows = [Flow(_START, _SPLIT), Flow(_JOIN, _END)]
    for step in steps:
        nodes += [
            Node(_gate(step.id), "parallel"),
            Node(step.id, "task", step.name or ""),
            Node(_exit(step.id), "parallel"),
        ]
        flows += [Flow(_gate(step.id), step.id), Flow(step.id, _exit(step.id))]
        flows += list(_into(step.id, before[step.id]))
        if step.id not in followed:
            flows.append(Flow(_exit(step.id), _JOIN))
    return Chart(moves_of(nodes, flows))


def ordered(steps: Sequence[Stage]) -> Chart | None:
    """The same at run time: steps whose order makes no sense accuse nobody; what may be published is checked elsewhere."""
    try:
        return chart_of_steps(steps) if steps else None
    except RuleError:
        return None


def _before(steps: Sequence[Stage]) -> dict[str, tuple[str, ...]]:
    if any(step.after for step in steps):
        return {step.id: step.after for step in steps}
    ids = [step.id for step in steps]
    return {id_: tuple(ids[n - 1 : n] if n else ()) for n, id_ in enumerate(ids)}


def _into(step: str, before: Sequence[str]) -> Iterator[Flow]:
    if not before:
        yield Flow(_SPLIT, _gate(step))
    for earlier in before:
        yield Flow(_exit(earlier), _gate(step))


def _gate(step: str) -> str:
    return f" before {step}"


def _exit(step: str) -> str:
    return f" after {step}"
