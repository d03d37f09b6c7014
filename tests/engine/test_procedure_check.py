"""`jiannuo procedure check`: charts and logs as files, one line of JSON for each case."""

import json
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cli.main import main
from engine.procedures.bpmn import read
from engine.procedures.charts import chart_in
from rules.errors import RuleError
from rules.flow_chart import Flow
from rules.flow_moves import moves_of
from rules.token_replay import Chart, Done, replay
from tests.rules.flow_trees import NAMES, Drawn, trees

TAGS = {
    "start": "startEvent", "end": "endEvent", "event": "intermediateThrowEvent", "task": "userTask",
    "exclusive": "exclusiveGateway", "parallel": "parallelGateway",
}  # fmt: skip
NAMESPACE = 'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'


def bpmn(*parts, before=""):
    return (
        f'{before}<bpmn:definitions {NAMESPACE}><bpmn:process id="p">{"".join(parts)}</bpmn:process></bpmn:definitions>'
    )


def drawn(nodes, flows):
    parts = [f"<bpmn:{TAGS[n.kind]} id={quoteattr(n.id)} name={quoteattr(n.name)}/>" for n in nodes]
    parts += [
        f'<bpmn:sequenceFlow id="f{n}" sourceRef={quoteattr(f.source)} targetRef={quoteattr(f.target)}/>'
        for n, f in enumerate(flows)
    ]
    return bpmn(*parts)


def simple(*middle, flows=("s a", "a e")):
    parts = ['<bpmn:startEvent id="s"/>', '<bpmn:task id="a" name="审查"/>', '<bpmn:endEvent id="e"/>', *middle]
    pairs = [flow.split() for flow in flows]
    return bpmn(
        *parts, *(f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairs))
    )


LOOP = simple(
    '<bpmn:exclusiveGateway id="x"/><bpmn:parallelGateway id="p"/><bpmn:parallelGateway id="j"/>',
    '<bpmn:task id="b" name="规划意见"/><bpmn:task id="c" name="消防意见"/><bpmn:task id="d" name="决定"/>',
    '<bpmn:exclusiveGateway id="y"/>',
    flows=("s y", "y a", "a p", "p b", "p c", "b j", "c j", "j x", "x y", "x d", "d e"),
)
ITEM = {
    "code": "P",
    "steps": [{"id": "survey", "limit": {"amount": 2, "unit": "working_days"}}, {"id": "issue", "name": "发证"}],
}


@pytest.fixture
def checked(tmp_path, capsys):
    """Writes the files, runs the command, gives its exit status and the lines of its JSON."""

    def run(chart, log, name, mapping=None, *more):
        chart_file, log_file = tmp_path / "chart", tmp_path / name
        chart_file.write_text(chart if isinstance(chart, str) else json.dumps(chart), "utf-8")
        log_file.write_text(log, "utf-8")
        arguments = ["procedure", "check", str(chart_file), str(log_file), "-o", "json", *more]
        if mapping:
            (tmp_path / "mapping.yaml").write_text(mapping, "utf-8")
            arguments += ["--mapping", str(tmp_path / "mapping.yaml")]
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        errors.append(said.err)
        return ended.value.code, [json.loads(line) for line in said.out.splitlines()]

    errors = []
    run.told = lambda: errors[-1]
    return run


def line(case, deviates, first, at_end):
    return {"case": case, "deviates": deviates, "first_deviating_event": first, "reaches_end": at_end}


def xes(**cases):
    def event(text):
        name, _, life = text.partition("/")
        lifecycle = f'<string key="lifecycle:transition" value="{life}"/>' if life else ""
        return f'<event><string key="concept:name" value="{name}"/>{lifecycle}</event>'

    traces = [
        f'<trace><string key="concept:name" value="{case}"/>{more}{"".join(map(event, names.split()))}</trace>'
        for case, (names, more) in ((c, v if isinstance(v, tuple) else (v, "")) for c, v in cases.items())
    ]
    return f'<?xml version="1.0"?><log xes.version="1.0">{"".join(traces)}</log>'


def test_a_log_in_xes_against_a_chart_with_side_by_side_work_and_a_loop(checked):
    log = xes(
        good="审查 消防意见 规划意见 决定", again="审查 消防意见 规划意见 审查 规划意见 消防意见 决定", skipped="审查 消防意见 决定",
        stopped="审查 消防意见", unknown="审查 消防意见 规划意见 打点", open=("审查", '<boolean key="finished" value="false"/>'),
    )  # fmt: skip
    status, lines = checked(LOOP, log, "log.xes")
    assert status == 1
    assert lines == [
        line("good", False, None, True),
        line("again", False, None, True),
        line("skipped", True, 2, False),
        line("stopped", True, None, False),
        line("unknown", True, 3, False),
        line("open", False, None, False),
    ]


def test_beginnings_and_completions_of_a_log_are_one_step(checked):
    log = xes(a="审查/start 审查/complete", b="审查/START 审查/SUSPEND 审查/COMPLETE")
    assert checked(simple(), log, "log.xes") == (0, [line("a", False, None, True), line("b", False, None, True)])


def test_a_table_in_any_order_is_taken_by_time(checked):
    table = "case_id,activity,timestamp\nB,survey,2026-03-02\nA,发证,2026-03-03T09:00:00+08:00\nA,survey,2026-03-02T09:00:00+08:00\nB,issue,2026-03-01\n"
    assert checked(ITEM, table, "log.csv") == (1, [line("A", False, None, True), line("B", True, 0, False)])


def test_facts_as_lines_are_read_by_their_steps_and_end_with_a_decision(checked):
    def fact(case, type_, at, **data):
        return json.dumps({"type": type_, "case": case, "occurred_at": at, "data": data})

    log = "\n".join([
        fact("A", "application.accepted", "2026-03-02T09:00:00+08:00"),
        fact("A", "step.started", "2026-03-02T10:00:00+08:00", step="survey", holder="zhang"),
        fact("A", "step.completed", "2026-03-02T11:00:00+08:00", step="survey"),
        fact("B", "cn.jiannuo.step.completed", "2026-03-02T11:00:00+08:00", step="survey"),
        fact("B", "decision.made", "2026-03-03T11:00:00+08:00", result="approved"),
        fact("C", "step.completed", "2026-03-02T11:00:00+08:00", step="issue"),
    ])  # fmt: skip
    status, lines = checked([ITEM], log, "log.jsonl")
    assert (status, lines) == (
        1,
        [line("A", False, None, False), line("B", True, None, False), line("C", True, 0, False)],
    )


def test_a_line_may_hold_a_whole_case(checked):
    log = '{"case": "A", "events": ["survey", "issue"]}\n{"case": "B", "trace": [{"step": "issue"}], "finished": false}\n{"case": "C", "events": [], "finished": false}'
    status, lines = checked(ITEM, log, "log.jsonl")
    assert (status, lines) == (
        1,
        [line("A", False, None, True), line("B", True, 0, False), line("C", False, None, False)],
    )


def test_a_log_that_names_no_step_is_told_so_and_accuses_nobody(checked):
    assert checked(ITEM, "case,what\nA,survey\n", "log.csv") == (1, []) and "names the step" in checked.told()


MAPPING = """
jiannuo: mapping/1
case: {from: 件号}
facts:
  - {type: step.completed, per: event, when: {from: 动作, in: [踏勘, 出证, 盖章]}, at: {from: 时刻}, data: {step: {from: 动作, map: {踏勘: survey, 出证: issue}}}}
  - {type: decision.made, per: event, when: {from: 动作, in: [决定]}, at: {from: 时刻}, data: {result: approved}}
"""


def test_a_mapping_says_which_events_are_steps_and_what_ends_a_case(checked):
    table = (
        "件号,动作,时刻\n1,登记,2026-03-01T09:00:00\n1,踏勘,2026-03-02T09:00:00\n1,出证,2026-03-03T09:00:00\n1,决定,2026-03-03T10:00:00\n"
        "2,登记,2026-03-01T09:00:00\n2,出证,2026-03-02T09:00:00\n3,踏勘,2026-03-02T09:00:00\n3,盖章,2026-03-02T10:00:00\n"
        "4,踏勘,2026-03-02T09:00:00\n5,踏勘,2026-03-02T09:00:00\n5,决定,2026-03-03T09:00:00\n"
    )
    status, lines = checked(ITEM, table, "log.csv", MAPPING)
    assert status == 1
    assert lines == [
        line("1", False, None, True), line("2", True, 1, False), line("3", True, 1, False), line("4", False, None, False),
        line("5", True, None, False),
    ]  # fmt: skip


WIDE = """
jiannuo: mapping/1
case: {from: 件号}
facts:
  - {type: step.completed, at: {from: 踏勘}, data: {step: survey}}
  - {type: step.completed, at: {from: 出证}, data: {step: issue}}
  - {type: decision.served, at: {from: 送达}, data: {result: approved}}
"""


def test_a_table_with_a_line_a_case_and_a_column_a_step(checked):
    table = "件号,踏勘,出证,送达\n1,2026-03-02,2026-03-03,2026-03-04\n2,2026-03-04,2026-03-03,\n3,2026-03-02,,\n4,2026-03-02,,2026-03-05\n"
    status, lines = checked(ITEM, table, "log.csv", WIDE)
    assert status == 1
    assert lines == [
        line("1", False, None, True),
        line("2", True, 0, False),
        line("3", False, None, False),
        line("4", True, None, False),
    ]


def test_steps_alone_are_a_chart(checked):
    assert checked(ITEM["steps"], "case,step\nA,survey\nA,issue\n", "log.csv") == (0, [line("A", False, None, True)])


def test_a_file_with_several_items_needs_a_name(checked):
    items = {"items": [ITEM, {**ITEM, "code": "Q", "flow_chart": simple()}]}
    assert checked(items, xes(a="审查"), "log.xes", None, "--item", "Q") == (0, [line("a", False, None, True)])
    assert checked(items, xes(a="审查"), "log.xes") == (1, []) and "--item: P, Q" in checked.told()


def test_a_row_that_cannot_be_read_is_told_and_the_others_go_on(checked):
    status, lines = checked(simple(), "case,activity\nA,审查\nB\n", "log.csv")
    assert (status, lines) == (1, [line("A", False, None, True)]) and "row 3" in checked.told()


@pytest.mark.parametrize(
    ("chart", "why"),
    [
        (simple('<bpmn:inclusiveGateway id="i"/>'), "inclusiveGateway is not understood"),
        (simple('<bpmn:subProcess id="i"/>'), "subProcess is not understood"),
        (simple('<bpmn:boundaryEvent id="i" attachedToRef="a"/>'), "boundaryEvent is not understood"),
        (simple('<bpmn:intermediateThrowEvent id="i"><bpmn:linkEventDefinition/></bpmn:intermediateThrowEvent>'), "linkEventDefinition"),
        (bpmn('<bpmn:startEvent id="s"/><bpmn:task id="a"/><bpmn:sequenceFlow sourceRef="s" targetRef="a"><bpmn:conditionExpression/></bpmn:sequenceFlow>'), "exclusive gateway"),
        (bpmn("<bpmn:task/>"), "lacks id"),
        (bpmn(), "no process"),
        ("<definitions/>", "not BPMN 2.0"),
        ("<bpmn:definitions", "not XML"),
        (bpmn(before='<!DOCTYPE x [<!ENTITY a "b">]>'), "document type"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_by_name(chart, why):
    with pytest.raises(RuleError, match=why):
        chart_in(chart.encode())


def test_what_only_explains_is_passed_over():
    lanes = '<bpmn:laneSet><bpmn:lane id="l"/></bpmn:laneSet><bpmn:dataObject id="d"/><bpmn:textAnnotation id="t"/><x:y xmlns:x="u" id="z"/>'
    assert replay(chart_in(simple(lanes).encode()), [Done("审查")]).at_end


def test_a_terminating_end_and_a_loop_marker_are_read():
    text = bpmn(
        '<bpmn:startEvent id="s"/><bpmn:task id="a"><bpmn:standardLoopCharacteristics/></bpmn:task>',
        '<bpmn:endEvent id="e"><bpmn:terminateEventDefinition/></bpmn:endEvent>',
        '<bpmn:sequenceFlow sourceRef="s" targetRef="a"/><bpmn:sequenceFlow sourceRef="a" targetRef="e"/>',
    )
    assert [(n.kind, n.repeats) for n in read(text.encode())[0]] == [
        ("start", False),
        ("task", True),
        ("terminate", False),
    ]


@given(tree=trees(), record=st.lists(st.sampled_from(NAMES), max_size=6))
@settings(max_examples=100, deadline=None)
def test_a_chart_written_as_bpmn_judges_as_the_one_it_was_written_from(tree, record):
    made = Drawn(tree)
    again = chart_in(drawn(made.nodes, made.flows).encode())
    done = [Done(name) for name in record]
    assert replay(again, done) == replay(Chart(moves_of(made.nodes, made.flows)), done)


def test_an_arrow_that_leads_nowhere_is_refused_with_its_name():
    nodes, flows = read(simple().encode())
    with pytest.raises(RuleError, match="nowhere"):
        moves_of(nodes, [*flows, Flow("a", "nowhere")])
