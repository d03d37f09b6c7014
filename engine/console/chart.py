"""The flow chart of an item for a page: each step with who has it and how long."""

from __future__ import annotations

from markupsafe import Markup

from engine.console.visit import Visit
from engine.lint.telling import limit_words
from engine.procedures.graph import Graph, graph_of
from engine.procedures.picture import svg
from rules.errors import RuleError
from rules.flow_chart import Node
from rules.items import Item, Step


def chart(v: Visit, item: Item) -> Markup | None:
    """None where there is nothing to draw, or the chart is not understood (lint says why)."""
    if not item.steps and item.flow_chart is None:
        return None
    try:
        graph = graph_of(item)
    except RuleError:
        return None
    return Markup(svg(graph, _notes(v, item, graph), f"{v.t('items.chart')}: {v.t.name(item)}"))  # noqa: S704 - drawn by us, its words escaped


def _notes(v: Visit, item: Item, graph: Graph) -> dict[str, str]:
    found = {node.id: step for node in graph.nodes for step in item.steps if _is(node, step)}
    return {id_: " · ".join(_note(v, step)) for id_, step in found.items()}


def _is(node: Node, step: Step) -> bool:
    return node.id in {step.id, f"step_{step.id}"} or bool(step.name and node.name == step.name)


def _note(v: Visit, step: Step) -> list[str]:
    holder = [v.holder_name(step.holder)] if step.holder else []
    return [*holder, limit_words(v.t, step.limit)]
