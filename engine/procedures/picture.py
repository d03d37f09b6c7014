"""A flow chart as a self-contained SVG: boxes for steps with who has them and how long, diamonds where ways part and meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from engine.procedures.graph import Graph
from rules.flow_chart import Flow, Node

INK, QUIET, ACCENT, PALE = "#17202b", "#55606e", "#1d4f91", "#eef1f5"
WIDE, HIGH, GAP_X, GAP_Y, EDGE = 148, 62, 38, 26, 14
_WIDTH_OF_A_LINE = 20  # in half-width characters


def svg(graph: Graph, notes: Mapping[str, str], label: str) -> str:
    """`notes`: a line under a node's name, by its id."""
    columns, rows = graph.size
    width, height = 2 * EDGE + columns * (WIDE + GAP_X) - GAP_X, 2 * EDGE + rows * (HIGH + GAP_Y) - GAP_Y + 14
    parts = [*_arrows(graph), *(part for node in graph.nodes for part in _node(graph, node, notes.get(node.id, "")))]
    marker = (
        f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{QUIET}"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(label)}" font-family="inherit" font-size="13">{marker}{"".join(parts)}</svg>'
    )


def centre(graph: Graph, id_: str) -> tuple[int, int]:
    column, row = graph.places[id_]
    return EDGE + column * (WIDE + GAP_X) + WIDE // 2, EDGE + row * (HIGH + GAP_Y) + HIGH // 2


def half(node: Node) -> int:
    """Half the width of what is drawn for a node."""
    return WIDE // 2 if node.kind == "task" else 17


def points(graph: Graph, flow: Flow) -> list[tuple[int, int]]:
    """The way of an arrow: straight on, by a step where the row changes, and round below where it leads back."""
    by_id = {node.id: node for node in graph.nodes}
    (x1, y1), (x2, y2) = centre(graph, flow.source), centre(graph, flow.target)
    a, b = half(by_id[flow.source]), half(by_id[flow.target])
    if graph.places[flow.target][0] <= graph.places[flow.source][0]:
        below = max(y1, y2) + HIGH // 2 + 10
        return [(x1, y1 + HIGH // 2 - 8), (x1, below), (x2, below), (x2, y2 + HIGH // 2 - 2)]
    turn = x2 - b - GAP_X // 2
    return [(x1 + a, y1), (turn, y1), (turn, y2), (x2 - b, y2)] if y1 != y2 else [(x1 + a, y1), (x2 - b, y2)]


def _arrows(graph: Graph) -> Iterator[str]:
    for flow in graph.flows:
        way = " ".join(f"{x},{y}" for x, y in points(graph, flow))
        yield f'<polyline points="{way}" fill="none" stroke="{QUIET}" stroke-width="1.3" marker-end="url(#tip)"/>'


def _node(graph: Graph, node: Node, note: str) -> Iterator[str]:
    x, y = centre(graph, node.id)
    if node.kind == "task":
        yield f'<rect x="{x - WIDE // 2}" y="{y - HIGH // 2}" width="{WIDE}" height="{HIGH}" rx="6" fill="{PALE}" stroke="{ACCENT}"/>'
        lines = _lines(node.name or node.id)
        top = y + 4 - 8 * (len(lines) - 1) - (8 if note else 0)
        yield from (_text(x, top + 16 * n, line, INK) for n, line in enumerate(lines))
        if note:
            yield _text(x, top + 16 * len(lines) + 1, note, QUIET, 11)
    elif node.kind in {"exclusive", "parallel"}:
        yield f'<path d="M{x - 17} {y} {x} {y - 17} {x + 17} {y} {x} {y + 17}z" fill="#fff" stroke="{INK}"/>'
        yield _text(x, y + 5, "+" if node.kind == "parallel" else "×", INK)
    else:
        width = 3 if node.kind in {"end", "terminate"} else 1.5
        yield f'<circle cx="{x}" cy="{y}" r="15" fill="#fff" stroke="{INK}" stroke-width="{width}"/>'
        if node.name:
            yield _text(x, y + 30, _lines(node.name)[0], QUIET, 11)


def _text(x: int, y: int, words: str, colour: str, size: int = 13) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" fill="{colour}" font-size="{size}">{escape(words)}</text>'


def _lines(words: str) -> list[str]:
    """At most two lines of what fits; more is cut with a sign that it was."""
    lines, line, used = [], "", 0
    for character in words:
        wide = 2 if ord(character) > 0x2E7F else 1
        if used + wide > _WIDTH_OF_A_LINE:
            lines.append(line)
            line, used = "", 0
        line, used = line + character, used + wide
    lines.append(line)
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1][:-1]}…"]
