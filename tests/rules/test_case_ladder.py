"""The alert ladder while people come and go: no rung is passed over, nobody is asked twice (accountability.md 4)."""

from __future__ import annotations

from tests.rules.worlds import UNITS, a_case

LEADERS = {"wang": "deputy_in_charge", "li": "first_responsible", "chen": "discipline_group"}
OTHERS = [
    {"id": "zhang", "unit": "planning", "post": "officer"},
    {"id": "sun", "unit": "inspection", "post": "inspector"},
]


def climbed(**terms: dict[str, str]) -> list[list[str]]:
    """To whom a red card of 10 March goes up, rung by rung, with terms of office for some leaders."""
    leaders = [{"id": id_, "unit": "planning", "post": post, **terms.get(id_, {})} for id_, post in LEADERS.items()]
    units = [{"id": unit["id"], "parent": unit.get("parent")} for unit in UNITS]
    out = a_case(5).with_(people=[*leaders, *OTHERS], units=units).accepted("03-02 09:00").until("05-20 09:00")
    return [alert["to"] for alert in out.alerts("escalated", cause="limit:committed")]


def test_a_card_that_nobody_answers_goes_to_every_post_in_turn():
    assert climbed() == [["wang"], ["li"], ["chen"], ["sun"], ["office"]]


def test_whoever_was_asked_and_leaves_does_not_make_the_next_one_be_passed_over():
    assert climbed(wang={"to": "2026-03-19"}) == [["wang"], ["li"], ["chen"], ["sun"], ["office"]]


def test_a_post_filled_below_does_not_make_somebody_be_asked_twice():
    assert climbed(wang={"from": "2026-03-19"}) == [["li"], ["chen"], ["sun"], ["office"]]


def test_a_post_that_falls_vacant_before_its_turn_is_skipped():
    assert climbed(li={"to": "2026-03-19"}) == [["wang"], ["chen"], ["sun"], ["office"]]


def test_a_hold_goes_up_in_the_same_way():
    world = a_case(5, silence="approve").with_(people=[*({"id": id_, "unit": "planning", "post": post, **({"to": "2026-03-12"} if id_ == "li" else {})}
                                                         for id_, post in LEADERS.items()), *OTHERS])  # fmt: skip
    world.with_(units=[{"id": unit["id"], "parent": unit.get("parent")} for unit in UNITS])
    out = world.accepted("03-02 09:00").fact("agency_data.failed", "03-06 10:00", what="接口").until("05-20 09:00")
    cards = [alert["to"] for alert in out.alerts(cause="hold:agency_data_failed")]
    assert cards == [["li", "sun"], ["chen"], ["sun"], ["office"]]
