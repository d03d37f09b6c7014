"""The flow chart of an item: written as BPMN it means the same again, and every step stands in the picture."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import msgspec
import pytest

from engine.procedures.bpmn import read
from engine.procedures.charts import bpmn_chart
from engine.procedures.graph import graph_of
from engine.procedures.picture import svg
from engine.procedures.written import bpmn
from engine.provisioning.folder import read_folder
from rules.flow_chart import check
from rules.flow_steps import chart_of_steps
from rules.items import Item, Step
from rules.limit import Limit
from rules.token_replay import Done, replay
from tests.support.county import FOLDER

COUNTY = read_folder(FOLDER)
DAY = Limit(amount=1, unit="working_days")


def item(*steps: tuple[str, tuple[str, ...]], **more: object) -> Item:
    made = tuple(Step(id=id_, limit=DAY, after=after, name=f"第{id_}步<&>") for id_, after in steps)
    body = {"code": "P", "unit": "u", "version": 1, "effective_from": "2026-01-01", **more}
    return msgspec.structs.replace(msgspec.convert(body, Item), steps=made)


FORKED = item(("a", ()), ("b", ("a",)), ("c", ("a",)), ("d", ("b", "c")))
TWO_ENDS = item(("a", ()), ("b", ()), ("c", ("a",)))
LOOP = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/><userTask id="t" name="审查"/>
<exclusiveGateway id="x"/><endEvent id="e"/><sequenceFlow id="1" sourceRef="s" targetRef="t"/><sequenceFlow id="2" sourceRef="t" targetRef="x"/>
<sequenceFlow id="3" sourceRef="x" targetRef="t"/><sequenceFlow id="4" sourceRef="x" targetRef="e"/></process></definitions>"""


@pytest.mark.parametrize(
    "one", [*COUNTY.items[:12], FORKED, TWO_ENDS, item()], ids=lambda one: f"{one.code}-{len(one.steps)}"
)
def test_what_is_written_as_bpmn_is_a_sound_chart_of_the_same_steps(one: Item):
    nodes, flows = read(bpmn(graph_of(one), one.code, one.name).encode())
    check(nodes, flows)
    assert [node.name for node in nodes if node.kind == "task"] == [step.name or step.id for step in one.steps]


@pytest.mark.parametrize("order", ["abcd", "acbd", "abdc", "bacd", "abc", "aabcd"])
def test_written_and_read_again_a_chart_allows_the_same_orders(order: str):
    written = bpmn_chart(bpmn(graph_of(FORKED), "P", "").encode(), {f"step_{s.id}": s.id for s in FORKED.steps})
    own = chart_of_steps(FORKED.steps)
    names = {step.id: step.name or "" for step in FORKED.steps}
    ours = replay(own, [Done(one) for one in order])
    theirs = replay(written, [Done(names[one]) for one in order])
    assert ours == theirs


def test_a_loop_is_drawn_and_placed_without_end():
    graph = graph_of(item(flow_chart=LOOP))
    assert graph.places == {"s": (0, 0), "t": (1, 0), "x": (2, 0), "e": (3, 0)}
    picture = fromstring(svg(graph, {"t": "规划局 · 3 个工作日"}, "流程图"))
    assert "规划局 · 3 个工作日" in "".join(picture.itertext())


def test_the_picture_is_well_formed_whatever_a_step_is_called():
    picture = fromstring(svg(graph_of(FORKED), {}, '"<&>'))
    assert "第a步<&>" in "".join(picture.itertext())
    assert len(picture.findall("{http://www.w3.org/2000/svg}rect")) == 4
