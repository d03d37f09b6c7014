"""The alert ladder while people come and go: no rung is passed over, nobody is asked twice (accountability.md 4)."""

from __future__ import annotations

from tests.rules.worlds import UNITS, a_case, instant

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


# -- those who were asked have gone -------------------------------------------------------------------------------------


def red():
    """Broken on Tuesday 10 March, fired ten minutes later, to be answered by 17 March."""
    return a_case(5).accepted("03-02 09:00")


def leaves(world, person, on):
    next(p for p in world.spec["people"] if p["id"] == person)["to"] = f"2026-{on}"
    return world


def climbs(out):
    """When it goes up, to whom, and why, where that is not that nobody answered."""
    cards = [one["data"] for one in out.ledger("alert_escalated")]
    return [(one["scheduled_at"], one["to"], one.get("why")) for one in cards]


def test_a_card_whose_addressees_have_all_left_goes_up_at_once_and_says_so():
    out = leaves(red(), "zhang", "03-12").until("03-16 09:00")
    assert climbs(out) == [(instant("03-13"), ["wang"], "left_post")]
    assert out.findings("alert_unanswered") == [], "nobody left a card unanswered who is no longer there"
    then = leaves(red(), "zhang", "03-12").until("03-25 09:00")
    assert climbs(then)[1] == (instant("03-21"), ["li"], None), "the next one has his own clock"
    assert [f["person"] for f in then.findings("alert_unanswered")] == ["wang"]


def test_whoever_moves_to_another_post_in_time_is_still_asked():
    world = leaves(red(), "zhang", "03-12")
    world.spec["people"].append({"id": "zhang", "unit": "fire", "post": "officer", "from": "2026-03-13"})
    assert climbs(world.until("03-19 09:00")) == [(instant("03-18"), ["wang"], None)]
    later = leaves(red(), "zhang", "03-12")
    later.spec["people"].append({"id": "zhang", "unit": "fire", "post": "officer", "from": "2026-03-14"})
    assert climbs(later.until("03-19 09:00"))[0] == (instant("03-13"), ["wang"], "left_post")


def test_a_card_waits_while_one_of_those_asked_is_there_and_an_answer_stays_one():
    world = leaves(red(), "zhang", "03-12")
    world.spec["people"].append({"id": "ke", "unit": "planning", "post": "section_head", "from": "2010-01-01"})
    assert climbs(world.until("03-16 09:00")) == []
    answered = leaves(red(), "zhang", "03-12").fact(
        "alert.answered", "03-11 09:00", level="red", text="x", actor="zhang"
    )
    assert climbs(answered.until("06-01 09:00")) == []


def test_superiors_who_leave_one_after_the_other_pass_the_card_on_to_an_address_that_exists():
    world = red()
    for person, on in (("zhang", "03-12"), ("wang", "03-13"), ("li", "03-16"), ("chen", "03-16"), ("sun", "03-17")):
        leaves(world, person, on)
    assert climbs(world.until("03-20 09:00")) == [
        (instant("03-13"), ["wang"], "left_post"), (instant("03-14"), ["li"], "left_post"),
        (instant("03-17"), ["sun"], "left_post"), (instant("03-18"), ["office"], "left_post"),
    ]  # fmt: skip


def test_a_hold_and_an_inquiry_go_up_when_those_who_were_asked_are_gone():
    held = a_case(5, silence="approve").accepted("03-02 09:00").fact("agency_data.failed", "03-06 10:00", what="接口")
    for person in ("li", "sun"):
        leaves(held, person, "03-11")
    cards = held.until("03-12 09:00").alerts(cause="hold:agency_data_failed")
    assert [(c["scheduled_at"][:10], c["to"]) for c in cards] == [
        ("2026-03-10", ["li", "sun"]),
        ("2026-03-12", ["chen"]),
    ]
    out = leaves(
        a_case(9).accepted("03-02 09:00").fact("inquiry.opened", "03-04 09:00", actor="sun"), "li", "03-05"
    ).until("03-06 09:00")
    assert climbs(out) == [(instant("03-06"), ["chen"], "left_post")]
