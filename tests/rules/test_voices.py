"""Complaints and ratings (accountability.md 6): admission, answer and review clocks, routed by subject, never to the one complained about."""

from __future__ import annotations

import msgspec
import pytest

from engine.rehearsal.loading import load
from rules.limit import Limit
from rules.rehearsal import Rehearsal
from tests.rules.worlds import Played, World, a_case

PEOPLE = {
    "zhang": "officer",
    "hu": "section_head",
    "wang": "deputy_in_charge",
    "li": "first_responsible",
    "chen": "discipline_group",
}


def handled() -> World:
    """A case of Zhang's, concluded in time; his unit has everybody in post."""
    people = [{"id": id_, "unit": "planning", "post": post, "from": "2010-01-01"} for id_, post in PEOPLE.items()]
    inspectors = [{"id": "sun", "unit": "inspection", "post": "inspector", "from": "2010-01-01"}]
    return a_case(5).with_(people=[*people, *inspectors]).accepted("03-02 09:00").served("03-04 10:00")


def complained(subject: str | None = None, **more) -> World:
    return handled().fact("complaint.filed", "03-05 10:00", id="c", subject=subject, text="太慢", **more)


def cards(out: Played, name: str) -> list[tuple[str, list[str], str]]:
    return [(a["level"], a["to"], a["scheduled_at"][:10]) for a in out.alerts(cause=f"{name}:c")]


def voice(out: Played) -> dict:
    return [line["data"] for line in out.ledger("voice_opened") + out.ledger("voice_moved")][-1]


@pytest.mark.parametrize(
    ("subject", "first"),
    [
        ("attitude", "hu"),
        ("delay", "wang"),
        ("procedure", "wang"),
        ("fee", "chen"),
        ("something else", "chen"),
        (None, "chen"),
    ],
)
def test_a_complaint_goes_to_the_post_that_its_subject_names(subject, first):
    out = complained(subject).until("03-06 09:00")
    assert cards(out, "complaint:admission") == [("yellow", [first], "2026-03-05")]
    assert voice(out)["phase"] == "filed" and voice(out)["owner"] == first
    assert voice(out)["phase_until"] == "2026-03-13T00:00:00+08:00"


@pytest.mark.parametrize(
    ("against", "first"), [("wang", "li"), ("li", "chen"), ("chen", "sun"), ("hu", "wang"), ("zhang", "wang")]
)
def test_it_never_goes_to_the_one_complained_about_nor_to_anybody_below(against, first):
    out = complained("delay", against=against).until("06-30 09:00")
    ladder = [to for _, to, _ in cards(out, "complaint:admission")]
    assert ladder[0] == [first] and all(against not in to for to in ladder)
    assert ladder[-1] == ["office"]


def test_a_complaint_that_nobody_admits_climbs_and_is_found_against_whoever_was_asked():
    out = complained("delay").until("03-14 09:00")
    assert [level for level, _, _ in cards(out, "complaint:admission")] == ["yellow", "escalated"]
    [found] = out.findings("alert_unanswered")
    assert found["person"] == "wang" and found["legal_at"] == "2026-03-13T00:00:00+08:00"


def test_admitted_it_has_sixty_days_to_be_answered_and_then_it_is_settled():
    admitted = complained("delay").fact("complaint.accepted", "03-06 10:00", actor="wang")
    out = admitted.until("03-07 09:00")
    assert voice(out)["phase"] == "accepted" and voice(out)["phase_until"] == "2026-05-07T00:00:00+08:00"
    assert cards(out, "complaint:answer") == [("yellow", ["wang"], "2026-03-06")]
    done = admitted.fact("complaint.answered", "03-20 10:00", result="unfounded", actor="wang").until("06-30 09:00")
    assert (voice(done)["phase"], voice(done)["result"], voice(done)["owner"]) == ("settled", "unfounded", None)
    assert cards(done, "complaint:answer") == [("yellow", ["wang"], "2026-03-06")] and not done.findings(
        "alert_unanswered"
    )


def test_an_answer_that_is_late_ends_the_climb_but_what_was_found_stays():
    admitted = complained("delay").fact("complaint.accepted", "03-06 10:00", actor="wang")
    out = admitted.fact("complaint.answered", "05-11 10:00", actor="wang").until("08-30 09:00")
    assert [level for level, _, _ in cards(out, "complaint:answer")] == ["yellow", "escalated"]
    assert len(out.findings("alert_unanswered")) == 1 and voice(out)["phase"] == "settled"


def test_who_is_complained_about_can_neither_admit_nor_answer():
    out = complained("delay").fact("complaint.accepted", "03-06 10:00", actor="zhang", id="own").until("03-07 09:00")
    assert out.refusals() == {"own": "not_competent"} and voice(out)["phase"] == "filed"


def test_a_review_is_not_done_by_whoever_answered():
    world = complained("delay").fact("complaint.answered", "03-10 10:00", result="unfounded", actor="wang")
    world.fact("complaint.review_requested", "03-12 10:00", text="不服").fact(
        "complaint.reviewed", "03-16 10:00", result="upheld", actor="wang", id="again"
    )
    out = world.until("03-17 09:00")
    assert out.refusals() == {"again": "not_competent"}
    assert cards(out, "complaint:review") == [("yellow", ["li"], "2026-03-12")] and voice(out)["phase"] == "review"
    done = world.fact("complaint.reviewed", "03-18 10:00", result="reversed", actor="li").until("03-19 09:00")
    assert (voice(done)["phase"], voice(done)["result"]) == ("settled", "upheld")


def test_a_refusal_to_admit_gives_its_reason_and_may_be_reviewed():
    world = complained().fact("complaint.declined", "03-06 10:00", reason="不属于本单位", actor="chen")
    assert voice(world.until("03-07 09:00"))["phase"] == "declined"
    assert voice(world.fact("complaint.review_requested", "03-09 10:00").until("03-10 09:00"))["phase"] == "review"


def test_words_about_no_complaint_wait_until_there_is_one():
    world = handled().fact("complaint.accepted", "03-05 09:00", id="early", actor="wang")
    assert world.until("03-06 09:00").parked == {"early"}


def test_a_complaint_taken_back_asks_nobody_for_anything():
    world = complained("delay").fact("fact.retracted", "03-06 10:00", fact="c", reason="误报", approver="sun")
    out = world.until("06-30 09:00")
    assert len(out.ledger("voice_withdrawn")) == 1 and not out.findings("alert_unanswered")
    assert [level for level, _, _ in cards(out, "complaint:admission")] == ["yellow"]


# -- ratings ------------------------------------------------------------------------------------------------------------


def rated(score: int) -> World:
    return handled().fact("rating.submitted", "03-05 10:00", id="c", score=score)


@pytest.mark.parametrize("score", [3, 4, 5])
def test_a_good_rating_asks_for_nothing(score):
    out = rated(score).until("06-30 09:00")
    assert voice(out)["phase"] == "settled" and not out.alerts("yellow")


@pytest.mark.parametrize("score", [1, 2])
def test_a_bad_rating_is_called_back_the_next_working_day_and_put_right_in_fifteen(score):
    out = rated(score).until("03-06 09:00")
    assert cards(out, "rating:call_back") == cards(out, "rating:rectification") == [("yellow", ["hu"], "2026-03-05")]
    assert voice(out)["phase"] == "rectification" and voice(out)["phase_until"] == "2026-03-07T00:00:00+08:00"
    late = rated(score).fact("rating.called_back", "03-06 15:00", actor="hu").until("04-01 09:00")
    assert [level for level, _, _ in cards(late, "rating:rectification")] == ["yellow", "escalated"]
    assert late.alerts("escalated")[0]["scheduled_at"] == "2026-03-27T00:00:00+08:00"
    done = rated(score).fact("rectification.completed", "03-06 15:00", text="已整改").until("06-30 09:00")
    assert voice(done)["phase"] == "settled" and not done.findings("alert_unanswered")


def appealed() -> World:
    world = rated(1).fact("rating.called_back", "03-05 15:00", actor="hu")
    return world.fact("rating.appealed", "03-06 10:00", text="误评", actor="zhang")


def test_an_appeal_is_decided_outside_the_unit():
    out = appealed().until("03-07 09:00")
    assert cards(out, "rating:appeal") == [("yellow", ["sun"], "2026-03-06")] and voice(out)["phase"] == "appealed"


def test_an_unfounded_rating_asks_for_nothing_more():
    out = appealed().fact("rating.appeal_decided", "03-10 10:00", result="unfounded", actor="sun").until("06-30 09:00")
    assert (voice(out)["phase"], voice(out)["result"]) == ("settled", "unfounded")
    assert not out.findings("alert_unanswered")


def test_a_rating_that_stands_has_still_to_be_put_right():
    out = appealed().fact("rating.appeal_decided", "03-10 10:00", result="stands", actor="sun").until("06-30 09:00")
    assert voice(out)["phase"] == "rectification" and len(out.findings("alert_unanswered")) == 1


def test_nobody_decides_the_appeal_about_himself():
    out = (
        appealed()
        .fact("rating.appeal_decided", "03-10 10:00", id="own", result="unfounded", actor="zhang")
        .until("03-11 09:00")
    )
    assert out.refusals() == {"own": "not_competent"} and voice(out)["phase"] == "appealed"


@pytest.mark.parametrize(
    ("parameter", "value", "when"),
    [
        ("complaint_admission", Limit(amount=1, unit="working_days"), "2026-03-07"),
        ("complaint_routes", {"delay": "first_responsible"}, "li"),
    ],
)
def test_terms_and_routes_are_data(parameter, value, when):
    loaded = load(msgspec.json.encode(complained("delay").spec | {"until": "2026-03-06T09:00:00+08:00"}))
    loaded.world.practice = msgspec.structs.replace(loaded.world.practice, **{parameter: value})
    played = Rehearsal(loaded.world, loaded.until)
    played.play(loaded.facts)
    data = played.streams["case:A"].records["voice:c"].data
    assert when in (data["owner"], data["phase_until"][:10])


def test_two_complaints_of_a_case_are_two():
    world = complained("delay").fact("complaint.filed", "03-06 10:00", id="d", subject="fee")
    out = world.fact("complaint.accepted", "03-09 10:00", complaint="d", actor="chen").until("03-10 09:00")
    phases = {
        line["data"]["number"]: line["data"]["phase"] for line in out.ledger("voice_opened") + out.ledger("voice_moved")
    }
    assert phases == {"c": "filed", "d": "accepted"}
