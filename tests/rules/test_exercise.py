"""How a power is exercised, against what was published: materials, fees, windows, reasons, the flow chart."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.exercise import charged_as_published, unlisted
from rules.items import Item, Material
from tests.rules.worlds import World, a_case, days, item

STEPS = [{"id": name, "limit": days(2), "holder": "zhang"} for name in ("survey", "review", "issue")]


def one(out, kind):
    [found] = out.findings(kind)
    return found


# -- materials ----------------------------------------------------------------------------------------------------------


def asked(*names, listed=("申请表", {"name": "身份证明", "code": "M2"}), **more):
    world = a_case(5, materials=list(listed), suspensions=[{"reason": "completion"}], **more).accepted("03-02 09:00")
    return world.fact("completion.requested", "03-03 10:00", id="c", items=list(names), answer_by="2026-03-10").until(
        "03-04 09:00"
    )


def test_a_material_that_the_list_does_not_name_is_found_with_its_name():
    found = one(asked("申请表", "无犯罪记录证明"), "unlisted_material")
    assert (found["evidence"], found["what"], found["person"]) == (["c"], ["无犯罪记录证明"], "zhang")
    assert found["legal_at"] == "2026-03-03T10:00:00+08:00" and not found["indication"]


def test_materials_go_by_name_or_code_whatever_their_width_and_spaces():
    assert asked("申 请表", "Ｍ2", "身份证明").findings("unlisted_material") == []


def test_without_a_list_nothing_is_said_of_materials():
    assert asked("规划图", listed=()).findings("unlisted_material") == []


def test_deficits_at_acceptance_are_materials_asked_for():
    world = a_case(5, materials=["申请表"]).accepted("03-02 09:00", deficits=["公证书"], supply_by="2026-03-09")
    assert one(world.until("03-03 09:00"), "unlisted_material")["what"] == ["公证书"]


def test_a_notice_that_is_refused_asked_for_it_all_the_same():
    world = a_case(5, materials=["申请表"]).accepted("03-02 09:00")
    out = world.fact("completion.requested", "03-03 10:00", items=["公证书"]).until("03-04 09:00")
    assert out.refusals() and one(out, "unlisted_material")


def test_names_in_english_count_too():
    form = Item(
        code="P", unit="u", version=1, effective_from="2020-01-01", materials=(Material(name="申请表", name_en="Form"),)
    )
    assert unlisted(form, ["form", "deed"]) == ("deed",)


# -- fees ---------------------------------------------------------------------------------------------------------------


def charged(fees, **data):
    world = a_case(5, fees=fees).accepted("03-02 09:00").fact("fee.charged", "03-03 10:00", id="f", **data)
    return world.until("03-04 09:00").findings("wrong_fee")


RATE = [{"code": "F1", "name": "工本费", "amount": "10.00"}, {"code": "F2", "name": "测绘费"}]


def test_a_fee_of_another_code_or_amount_is_wrong():
    assert charged(RATE, code="F1", amount=10) == [] and charged(RATE, code="F2", amount="731.5") == []
    assert charged(RATE, code="F1", amount="12")[0]["what"] == ["F1 12"]
    assert charged(RATE, code="F3", amount=1) and charged([{"code": "F1", "amount": 5}], amount=6)


def test_where_no_fee_is_published_none_may_be_charged():
    assert charged([], code="F1", amount=1) and charged([], code="F1", amount=0) == []


@pytest.mark.parametrize(
    ("amount", "right"), [("10", True), ("10.0", True), (10, True), ("9.99", False), ("gratis", True)]
)
def test_amounts_are_compared_as_numbers(amount, right):
    assert charged_as_published([{"code": "F1", "amount": "10.00"}], "F1", amount) is right


def test_a_fee_charged_after_the_end_is_looked_at_as_well():
    world = a_case(5).accepted("03-02 09:00").served("03-04 10:00")
    assert one(world.fact("fee.charged", "03-05 10:00", code="X", amount=9).until("03-06 09:00"), "wrong_fee")


# -- reasons ------------------------------------------------------------------------------------------------------------


def refused(**more):
    return a_case(5).accepted("03-02 09:00").fact("decision.made", "03-04 10:00", result="refused", id="d", **more)


def test_a_refusal_needs_its_reason():
    found = one(refused().until("03-05 09:00"), "refusal_without_reason")
    assert found["evidence"] == ["d"] and found["legal_at"] == "2026-03-04T10:00:00+08:00"


def test_a_reason_a_basis_or_the_document_will_do():
    based, papered = refused(), refused()
    based.spec["facts"][-1]["basis"] = "行政许可法第三十八条"
    papered.spec["facts"][-1]["evidence"] = [{"name": "不予许可决定书"}]
    for world in (refused(reason="不符合规划"), based, papered):
        assert world.until("03-05 09:00").findings("refusal_without_reason") == []
    assert (
        a_case(5).accepted("03-02 09:00").served("03-04 10:00").until("03-05 09:00").findings("refusal_without_reason")
        == []
    )


# -- windows ------------------------------------------------------------------------------------------------------------


def at_window(window, **more):
    return a_case(5, windows=["hall-3"], **more).accepted("03-02 09:00", id="a", window=window)


def test_a_window_that_is_not_authorised_is_found():
    assert one(at_window("hall-9").until("03-03 09:00"), "window_not_authorised")["what"] == ["hall-9"]
    assert at_window("hall-3").until("03-03 09:00").findings("window_not_authorised") == []
    assert a_case(5).accepted("03-02 09:00", window="x").until("03-03 09:00").findings("window_not_authorised") == []


def dispatched(world):
    return world.fact("case.dispatched", "03-02 11:00", to="planning", id="d").until("03-03 09:00")


def test_an_authorised_window_that_passes_a_case_on_only_receives():
    assert one(dispatched(at_window("hall-3")), "receive_only")["indication"], (
        "what need not be settled at once is a suspicion"
    )
    assert dispatched(at_window("hall-9")).findings("receive_only") == []
    assert dispatched(a_case(5).accepted("03-02 09:00")).findings("receive_only") == []


def test_what_is_to_be_settled_at_once_may_not_be_passed_on():
    found = one(dispatched(a_case(1, kind="immediate").accepted("03-02 09:00")), "receive_only")
    assert not found["indication"] and found["evidence"] == ["d"]


# -- the flow chart -----------------------------------------------------------------------------------------------------


def handled(*steps, world=None, item_=None):
    world = world or World(item_ or item(10, steps=STEPS)).accepted("03-02 09:00")
    for n, (name, phase) in enumerate([*one.split("/"), "completed"][:2] for one in steps):
        world.fact(f"step.{phase}", f"03-03 {10 + n}:00", id=f"{name}.{phase}", step=name)
    return world


def test_steps_in_their_order_are_on_the_chart():
    out = handled("survey/started", "survey", "review", "issue").served("03-05 10:00").until("03-06 09:00")
    assert out.findings("off_procedure") == []


def test_a_step_out_of_turn_is_off_the_chart():
    found = one(handled("survey", "issue", "review").until("03-04 09:00"), "off_procedure")
    assert (found["evidence"], found["what"], found["legal_at"]) == (
        ["issue.completed"],
        ["issue"],
        "2026-03-03T11:00:00+08:00",
    )
    assert found["person"] == "zhang" and not found["indication"]


def test_a_step_nobody_approved_is_off_the_chart():
    assert one(handled("survey", "banquet").until("03-04 09:00"), "off_procedure")["what"] == ["banquet"]


def test_a_step_that_begins_before_the_one_ahead_is_done_is_off_the_chart():
    assert one(handled("survey/started", "review/started", "survey").until("03-04 09:00"), "off_procedure")[
        "evidence"
    ] == ["review.started"]
    assert handled("survey/started", "review/started").until("03-04 09:00").findings("off_procedure") == []


def test_an_earlier_step_that_is_reported_later_puts_it_right():
    world = handled("survey").fact("step.completed", "03-05 09:00", step="issue", id="i")
    world.fact("step.completed", "03-04 09:00", step="review", id="r", recorded="03-06 09:00")
    out = world.until("03-07 09:00")
    assert [f["status"] for f in out.findings("off_procedure")] == ["withdrawn"]


def test_a_decision_served_with_steps_left_is_a_suspicion_where_steps_are_told_at_all():
    assert one(handled("survey").served("03-05 10:00").until("03-06 09:00"), "off_procedure")["indication"]
    untold = World(item(10, steps=STEPS)).accepted("03-02 09:00").served("03-05 10:00").until("03-06 09:00")
    assert untold.findings("off_procedure") == []


def test_what_is_done_again_after_a_reopening_goes_by_no_chart():
    world = (
        handled("survey", "review", "issue").served("03-05 10:00").fact("case.reopened", "03-06 09:00", reason="漏项")
    )
    out = world.fact("step.completed", "03-09 09:00", step="review").until("03-10 09:00")
    assert out.findings("off_procedure") == []


CHART = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/><parallelGateway id="g"/>
<task id="t1" name="踏勘"/><task id="t2" name="审查"/><parallelGateway id="j"/><task id="issue"/><endEvent id="e"/>
<sequenceFlow sourceRef="s" targetRef="g"/><sequenceFlow sourceRef="g" targetRef="t1"/><sequenceFlow sourceRef="g" targetRef="t2"/>
<sequenceFlow sourceRef="t1" targetRef="j"/><sequenceFlow sourceRef="t2" targetRef="j"/><sequenceFlow sourceRef="j" targetRef="issue"/>
<sequenceFlow sourceRef="issue" targetRef="e"/></process></definitions>"""


def charted(*steps, chart=CHART):
    named = [{**step, "name": {"survey": "踏勘", "review": "审查"}.get(step["id"])} for step in STEPS]
    return handled(*steps, item_=item(10, steps=named, flow_chart=chart)).until("03-04 09:00").findings("off_procedure")


def test_the_published_chart_goes_before_the_order_of_the_steps():
    assert charted("review", "survey", "issue") == [] and charted("review", "issue")[0]["what"] == ["issue"]


def test_a_chart_that_is_not_understood_accuses_nobody():
    assert charted("issue", "issue", chart="<nonsense/>") == []


# -- in whatever order it is told ---------------------------------------------------------------------------------------

SEEN = {
    "off_procedure",
    "wrong_fee",
    "unlisted_material",
    "refusal_without_reason",
    "window_not_authorised",
    "receive_only",
    "pause_abuse",
}


@given(st.lists(st.integers(0, 23), min_size=9, max_size=9), st.permutations(["survey", "review", "issue"]))
def test_what_is_found_does_not_hang_on_the_order_in_which_it_is_told(hours, order):
    """Each fact reaches us up to a day later, within its allowance."""
    world = World(item(10, steps=STEPS, materials=["申请表"], fees=RATE, windows=["hall-3"]))
    world.accepted("03-02 09:00", id="a", window="hall-9").fact(
        "completion.requested", "03-02 10:00", id="c", items=["公证书"]
    )
    for n, step in enumerate(order):
        world.fact("step.completed", f"03-03 {10 + n}:00", id=step, step=step)
    world.fact("clock.suspended", "03-03 14:00", id="p", reason="hearing").fact(
        "fee.charged", "03-03 15:00", id="f", code="F1", amount=11
    )
    world.fact("case.dispatched", "03-03 16:00", id="d", to="planning").fact(
        "decision.made", "03-03 17:00", id="m", result="refused"
    )
    told = standing_of(world)
    for fact, hour in zip(world.spec["facts"], hours, strict=True):
        at = datetime.fromisoformat(fact["occurred_at"]) + timedelta(hours=hour)
        fact["recorded_at"] = at.isoformat()
    world.spec["facts"].sort(key=lambda fact: fact["recorded_at"])
    assert standing_of(world) == told
    assert ("off_procedure" in {kind for kind, *_ in told}) is (order != ["survey", "review", "issue"])


def standing_of(world):
    out = world.until("04-01 09:00")
    return sorted(
        (f["kind"], f["evidence"], f["legal_at"], f["what"])
        for f in out.out["findings"]
        if f["kind"] in SEEN and f["status"] == "open"
    )
