"""Token replay against an oracle that counts words, and by hand where charts are more than blocks."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.errors import RuleError
from rules.flow_chart import Flow, Node
from rules.flow_moves import moves_of
from rules.flow_steps import chart_of_steps
from rules.items import Step
from rules.limit import Limit
from rules.token_replay import Chart, Done, Verdict, replay
from tests.rules.flow_trees import MOST, NAMES, Drawn, trees, words

LIMIT = Limit(amount=1, unit="working_days")


def judged(chart, record):
    return replay(chart, [Done(name) for name in record])


def chart(*flows, **kinds):
    """`chart("s a", "a e")`: arrows between nodes; a node is a task unless its kind is given; `s` starts, `e` ends."""
    pairs = [tuple(flow.split()) for flow in flows]
    kinds = {"s": "start", "e": "end", **kinds}
    nodes = [Node(id_, kinds.get(id_, "task"), "" if id_ in kinds else id_) for id_ in dict.fromkeys(sum(pairs, ()))]
    return Chart(moves_of(nodes, [Flow(*pair) for pair in pairs]))


def expected(word, whole, begun):
    first = next((n for n in range(len(word)) if word[: n + 1] not in begun), None)
    return Verdict(first, at_end=first is None and word in whole)


@given(tree=trees(), data=st.data())
@settings(max_examples=400, deadline=None)
def test_what_a_chart_allows_is_exactly_what_its_words_say(tree, data):
    drawn, (whole, begun) = Drawn(tree), words(tree)
    made = Chart(moves_of(drawn.nodes, drawn.flows))
    if whole:
        word = data.draw(st.sampled_from(sorted(whole)))
        assert judged(made, word) == Verdict(None, at_end=True)
    letters = st.lists(st.sampled_from(NAMES), max_size=MOST).map(tuple)
    for word in data.draw(st.lists(letters | st.sampled_from(sorted(begun)), min_size=5, max_size=20)):
        assert judged(made, word) == expected(word, whole, begun)


@given(tree=trees(), data=st.data())
@settings(max_examples=200, deadline=None)
def test_a_word_with_one_letter_changed_left_out_or_doubled_is_judged_as_the_oracle_says(tree, data):
    drawn, (whole, begun) = Drawn(tree), words(tree)
    made = Chart(moves_of(drawn.nodes, drawn.flows))
    for word in sorted(whole)[:10]:
        if not 0 < len(word) < MOST:
            continue
        n, letter = data.draw(st.integers(0, len(word) - 1)), data.draw(st.sampled_from(NAMES))
        for mutant in (word[:n] + word[n + 1 :], word[: n + 1] + word[n:], (*word[:n], letter, *word[n + 1 :])):
            assert judged(made, mutant) == expected(mutant, whole, begun)


def test_an_unknown_step_deviates_where_it_stands():
    assert judged(chart("s a", "a b", "b e"), "axb") == Verdict(1, at_end=False)


def test_a_record_that_stops_half_way_does_not_deviate_and_is_not_at_the_end():
    assert judged(chart("s a", "a b", "b e"), "a") == Verdict(None, at_end=False)


def test_a_gateway_that_divides_and_gathers_at_once():
    both = chart("s x", "x a", "a x", "x b", "b e", x="exclusive")
    assert judged(both, "aab") == Verdict(None, at_end=True)
    assert judged(both, "aba") == Verdict(2, at_end=False)


def test_ways_that_cross_without_blocks():
    """a, then b and c side by side; d waits for b alone, e2 for both."""
    made = chart(
        "s a", "a p", "p b", "p c", "b q", "q d", "q j", "c j", "j f", "d g", "f g", "g e",
        p="parallel", q="parallel", j="parallel", g="parallel",
    )  # fmt: skip
    assert judged(made, "abdcf") == Verdict(None, at_end=True)
    assert judged(made, "abcfd") == Verdict(None, at_end=True)
    assert judged(made, "abf") == Verdict(2, at_end=False)


def test_arrows_that_meet_in_a_task_are_a_choice_and_arrows_that_leave_it_are_all_taken():
    made = chart("s x", "x a", "x b", "a c", "b c", "c d", "c f", "d e", "f e", x="exclusive")
    assert judged(made, "acfd") == Verdict(None, at_end=True)
    assert judged(made, "acd") == Verdict(None, at_end=False)


def test_a_terminating_end_leaves_nothing_to_do():
    made = chart("s p", "p a", "p b", "a t", "b e", p="parallel", t="terminate")
    assert judged(made, "ba") == Verdict(None, at_end=True)
    assert judged(made, "a") == Verdict(None, at_end=True)
    assert judged(made, "ab") == Verdict(1, at_end=False)


def test_a_choice_may_lead_to_a_terminating_end():
    made = chart("s p", "p a", "p b", "a x", "x t", "x c", "b e", "c e", p="parallel", x="exclusive", t="terminate")
    assert judged(made, "a") == Verdict(None, at_end=True)
    assert judged(made, "acb") == Verdict(None, at_end=True)


def test_either_of_two_starts_begins():
    made = chart("s a", "s2 b", "a c", "b c", "c e", s2="start")
    assert judged(made, "ac").at_end and judged(made, "bc").at_end
    assert judged(made, "abc") == Verdict(1, at_end=False)


def test_events_happen_by_themselves_and_may_be_told():
    nodes = [Node("s", "start", "申请"), Node("a", "task", "审查"), Node("m", "event", "公示期满"), Node("e", "end")]
    made = Chart(moves_of(nodes, [Flow("s", "a"), Flow("a", "m"), Flow("m", "e")]))
    for record in (["审查"], ["申请", "审查"], ["s", "a", "公示期满"]):
        assert judged(made, record) == Verdict(None, at_end=True)
    assert judged(made, ["公示期满"]).first == 0


def test_a_task_with_a_loop_marker_is_done_once_or_more_often():
    nodes = [Node("s", "start"), Node("a", "task", repeats=True), Node("b", "task"), Node("e", "end")]
    made = Chart(moves_of(nodes, [Flow("s", "a"), Flow("a", "b"), Flow("b", "e")]))
    assert judged(made, "aaab").at_end and judged(made, "ab").at_end
    assert judged(made, "b").first == 0


def test_names_are_compared_without_their_line_breaks():
    nodes = [Node("s", "start"), Node("a", "task", "会\n 审  "), Node("e", "end")]
    assert judged(Chart(moves_of(nodes, [Flow("s", "a"), Flow("a", "e")])), ["会 审"]).at_end


# -- begun and done -----------------------------------------------------------------------------------------------------


def lived(*record):
    return [Done(name, phase) for name, phase in (one.split() for one in record)]


def test_a_step_may_be_told_as_begun_and_done_and_nothing_may_begin_before():
    made = chart("s a", "a b", "b e")
    assert replay(made, lived("a start", "a complete", "b start", "b complete")) == Verdict(None, at_end=True)
    assert replay(made, lived("a start", "b start", "a complete", "b complete")).first == 1
    assert replay(made, lived("a start", "a start", "a complete", "b complete")).at_end, "begun again by another holder"


def test_a_step_of_which_only_the_beginning_is_told_counts_as_done_when_the_next_begins():
    made = chart("s a", "a b", "b e")
    assert replay(made, lived("a start", "b start")) == Verdict(None, at_end=True)
    assert replay(made, lived("b start", "a start")).first == 0


def test_other_words_of_a_steps_life_are_none_of_the_charts_business():
    assert replay(chart("s a", "a e"), lived("a schedule", "a start", "a suspend", "a complete")).at_end
    assert replay(chart("s a", "a e"), lived("x schedule")).first == 0


# -- steps of an item -----------------------------------------------------------------------------------------------------


def steps(**after):
    return chart_of_steps([Step(id=id_, limit=LIMIT, after=tuple(those.split())) for id_, those in after.items()])


def test_steps_follow_each_other():
    assert judged(steps(a="", b="", c=""), "abc").at_end
    assert judged(steps(a="", b="", c=""), "acb").first == 1


def test_steps_that_say_what_they_come_after_go_by_that_alone():
    made = steps(a="", b="a", c="a", d="b c")
    assert judged(made, "acbd").at_end and judged(made, "abcd").at_end
    assert judged(made, "abd").first == 2


def test_steps_in_a_circle_are_refused():
    with pytest.raises(RuleError, match="no way leads here"):
        steps(a="b", b="a")


# -- charts that make no sense --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flows", "kinds", "why"),
    [
        (("a e",), {}, "no start event"),
        (("s a", "a e", "b e"), {}, "no way leads here"),
        (("s a", "a s"), {}, "leads into a start"),
        (("s a", "a e", "e a"), {}, "leads out of an end"),
        (("s a", "a a"), {}, "never ends"),
    ],
)
def test_a_chart_that_makes_no_sense_is_refused_with_what_is_wrong(flows, kinds, why):
    with pytest.raises(RuleError, match=why) as refused:
        chart(*flows, **kinds)
    assert refused.value.code == "chart_not_understood"


def test_a_circle_of_gateways_that_makes_tokens_is_refused_and_does_not_hang():
    with pytest.raises(RuleError, match="tokens without end"):
        judged(chart("s m", "m p", "p m", "p a", "a e", m="exclusive", p="parallel"), "a")
    assert not judged(
        chart("s p", "p a", "p b", "a x", "x y", "y x", "b e", p="parallel", x="exclusive", y="exclusive"), "ab"
    ).at_end


def test_many_choices_side_by_side_stay_cheap():
    """Fourteen ways side by side, each with a choice: nobody goes through two to the fourteenth markings."""
    branches = range(14)
    flows = [
        f for n in branches for f in (f"p x{n}", f"x{n} a{n}", f"x{n} b{n}", f"a{n} y{n}", f"b{n} y{n}", f"y{n} j")
    ]
    kinds = {f"{gate}{n}": "exclusive" for n in branches for gate in "xy"} | {"p": "parallel", "j": "parallel"}
    made = chart("s p", *flows, "j z", "z e", **kinds)
    began = time.perf_counter()
    assert judged(made, [f"{'ab'[n % 2]}{n}" for n in branches] + ["z"]).at_end
    assert judged(made, [f"a{n}" for n in branches[1:]] + ["z"]).first == 13
    assert time.perf_counter() - began < 1
