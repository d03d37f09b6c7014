"""A flow chart as BPMN 2.0 with its drawing, for any tool that reads it; read again it means the same."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from engine.procedures.graph import Graph
from engine.procedures.picture import HIGH, centre, half, points
from rules.flow_chart import Node

_ELEMENTS = {
    "start": "startEvent", "end": "endEvent", "terminate": "endEvent", "event": "intermediateThrowEvent", "task": "userTask",
    "exclusive": "exclusiveGateway", "parallel": "parallelGateway",
}  # fmt: skip


def bpmn(graph: Graph, id_: str, name: str) -> str:
    """The XML document. `id_` is the item's code."""
    process = "".join((*(_element(node) for node in graph.nodes), *_flows(graph)))
    drawing = "".join((*_shapes(graph), *_edges(graph)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
        ' targetNamespace="urn:jiannuo:procedure">\n'
        f'<process id="process" name={quoteattr(f"{id_} {name}".strip())} isExecutable="false">\n{process}</process>\n'
        f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="process">\n{drawing}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>\n'
        "</definitions>\n"
    )


def _element(node: Node) -> str:
    name = f" name={quoteattr(node.name)}" if node.name else ""
    inner = (
        "<terminateEventDefinition/>"
        if node.kind == "terminate"
        else "<standardLoopCharacteristics/>"
        if node.repeats
        else ""
    )
    return f"<{_ELEMENTS[node.kind]} id={quoteattr(node.id)}{name}>{inner}</{_ELEMENTS[node.kind]}>\n"


def _flows(graph: Graph) -> Iterator[str]:
    for n, flow in enumerate(graph.flows):
        yield f'<sequenceFlow id="flow_{n}" sourceRef={quoteattr(flow.source)} targetRef={quoteattr(flow.target)}/>\n'


def _shapes(graph: Graph) -> Iterator[str]:
    for node in graph.nodes:
        x, y = centre(graph, node.id)
        wide, high = half(node), HIGH // 2 if node.kind == "task" else half(node)
        yield (
            f"<bpmndi:BPMNShape id={quoteattr(f'shape_{node.id}')} bpmnElement={quoteattr(node.id)}>"
            f'<dc:Bounds x="{x - wide}" y="{y - high}" width="{2 * wide}" height="{2 * high}"/></bpmndi:BPMNShape>\n'
        )


def _edges(graph: Graph) -> Iterator[str]:
    for n, flow in enumerate(graph.flows):
        way = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points(graph, flow))
        yield f'<bpmndi:BPMNEdge id="edge_{n}" bpmnElement="flow_{n}">{way}</bpmndi:BPMNEdge>\n'
