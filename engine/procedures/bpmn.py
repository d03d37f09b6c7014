"""BPMN 2.0 XML as a flow chart. What is not understood is refused by name: a chart that is half understood would accuse people wrongly.

Understood: start, end, terminating and intermediate events, tasks of every kind, exclusive, event-based and parallel gateways, loops (by arrows or by a
task's marker). What only explains (lanes, texts, data, drawings) is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from rules.errors import RuleError
from rules.flow_chart import Flow, Kind, Node, refused

_MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_TASKS = (
    "task",
    "userTask",
    "manualTask",
    "serviceTask",
    "scriptTask",
    "businessRuleTask",
    "sendTask",
    "receiveTask",
    "callActivity",
)
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(_TASKS, "task"),
    "startEvent": "start",
    "endEvent": "end",
    "intermediateCatchEvent": "event",
    "intermediateThrowEvent": "event",
    "exclusiveGateway": "exclusive",
    "eventBasedGateway": "exclusive",
    "parallelGateway": "parallel",
}  # fmt: skip
_EXPLAINS = frozenset(
    {"documentation", "extensionElements", "laneSet", "dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation",
     "association", "group", "property", "ioSpecification", "auditing", "monitoring", "correlationSubscription", "resourceRole", "performer"}
)  # fmt: skip
_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def read(text: bytes) -> tuple[list[Node], list[Flow]]:
    """The nodes and arrows of the one process in the file. RuleError names the element that is not understood."""
    try:
        root = fromstring(text, forbid_dtd=True)
    except ParseError as error:
        raise RuleError("malformed", f"the chart is not XML: {error}") from error
    except DefusedXmlException as error:
        raise RuleError("malformed", "the chart declares a document type or entities; remove them") from error
    if root.tag != f"{_MODEL}definitions":
        raise RuleError(
            "malformed", "the chart is not BPMN 2.0: its outermost element must be `definitions` of the BPMN model"
        )
    return _process(_one_process(root))


def _one_process(root: Element) -> Element:
    found = [one for one in root.iter(f"{_MODEL}process") if any(True for _ in _parts(one))]
    if not found:
        raise refused("the file has no process with anything in it")
    if len(found) > 1:
        raise refused(f"the file has {len(found)} processes; keep the one to be followed", found[1].get("id", ""))
    return found[0]


def _parts(process: Element) -> Iterator[tuple[str, Element]]:
    """The process's own elements by name; those of other makers' namespaces say nothing about the way."""
    for element in process:
        if isinstance(element.tag, str) and element.tag.startswith(_MODEL):
            name = element.tag.removeprefix(_MODEL)
            if name not in _EXPLAINS:
                yield name, element


def _process(process: Element) -> tuple[list[Node], list[Flow]]:
    nodes: list[Node] = []
    flows: list[Flow] = []
    conditional: set[str] = set()
    for name, element in _parts(process):
        if name == "sequenceFlow":
            flows.append(_flow(element))
            if element.find(f"{_MODEL}conditionExpression") is not None:
                conditional.add(flows[-1].source)
        else:
            nodes.append(_node(name, element))
    for node in nodes:
        if node.id in conditional and node.kind != "exclusive":
            raise refused(
                "a condition stands on an arrow that does not leave an exclusive gateway; draw the gateway", node.id
            )
    return nodes, flows


def _flow(element: Element) -> Flow:
    return Flow(_given(element, "sourceRef"), _given(element, "targetRef"))


def _given(element: Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise refused(f"an element {element.tag.removeprefix(_MODEL)} lacks {name}", element.get("id", ""))
    return value


def _node(name: str, element: Element) -> Node:
    id_ = _given(element, "id")
    kind = _KINDS.get(name)
    if kind is None:
        raise refused(f"{name} is not understood; use tasks, events, exclusive and parallel gateways and loops", id_)
    if element.get("isForCompensation") == "true":
        raise refused("compensation is not understood", id_)
    return Node(id_, _ending(kind, element, id_), element.get("name", ""), _repeats(element))


def _ending(kind: Kind, element: Element, id_: str) -> Kind:
    triggers = {one.tag.removeprefix(_MODEL) for one in element if str(one.tag).endswith("EventDefinition")}
    strange = triggers & {"linkEventDefinition", "compensateEventDefinition", "cancelEventDefinition"}
    if strange:
        raise refused(f"{min(strange)} is not understood", id_)
    return "terminate" if kind == "end" and "terminateEventDefinition" in triggers else kind


def _repeats(element: Element) -> bool:
    return any(element.find(f"{_MODEL}{name}") is not None for name in _LOOPS)
