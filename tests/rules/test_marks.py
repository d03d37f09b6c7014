"""What counts in which figure, on small worlds in virtual time, and how much of a limit was used."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from engine.rehearsal.loading import load
from rules.figures import Mark, by_person, by_unit
from rules.marks import marks
from rules.rehearsal import Rehearsal
from tests.rules.worlds import World, a_case, days, item, moment

WARNED = [{"before": days(1), "level": "warning"}]
EXPERTS = [{"reason": "expert_review", "basis": "第四十五条"}]


def marked(world: World, until: str = "05-01 09:00") -> list[Mark]:
    loaded = load(msgspec.json.encode(world.spec | {"until": moment(until)}))
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    return list(marks(played.streams.values(), loaded.world, loaded.until))


def counts(world: World, until: str = "05-01 09:00") -> dict[str, int]:
    units = by_unit(marked(world, until))
    return {name: found.count for name, found in units["planning"].sums.items()} if units else {}


def late(**more) -> World:
    """Due on Monday 9 March; nobody does anything."""
    return a_case(5, 20, warnings=WARNED, **more).accepted("03-02 09:00")


def test_a_prompt_case_is_concluded_on_time_and_nothing_else():
    assert counts(a_case(5).accepted().served("03-04 10:00")) == {"concluded": 1, "on_time": 1, "limit_used": 1}


def test_a_late_case_counts_once_though_both_its_limits_were_broken():
    found = counts(late())
    assert found["late"] == 1 and found["breaches_standing"] == 2
    assert "concluded" not in found and "on_time" not in found


def test_a_late_case_stays_late_in_the_period_of_its_breach_and_is_only_concluded_later():
    found = [m for m in marked(late().served("04-20 10:00")) if m.figure in {"late", "concluded", "on_time"}]
    assert {m.figure: m.at.date().month for m in found} == {"late": 3, "concluded": 4}


def test_an_excused_breach_is_neither_late_nor_on_time():
    world = (
        a_case(5)
        .accepted()
        .fact("finding.dismissed", "03-11 10:00", finding="limit_expired", code="force_majeure", actor="sun")
    )
    found = counts(world.served("03-12 10:00"))
    assert found["breaches_excused"] == 1
    assert not {"late", "on_time", "breaches_standing"} & set(found)


def test_a_withdrawn_breach_takes_its_red_card_out_of_the_count_and_the_case_is_on_time():
    world = (
        a_case(5, warnings=WARNED)
        .accepted()
        .fact("decision.served", "03-06 10:00", recorded="03-12 09:00", result="approved")
    )
    found = counts(world)
    assert found["breaches_withdrawn"] == 1 and found["on_time"] == 1
    assert "red" not in found and found["warnings"] == 1


def test_a_confirmed_breach_a_measure_and_an_unanswered_card_count_for_the_one_concerned():
    world = (
        a_case(5)
        .accepted()
        .fact("finding.confirmed", "03-11 10:00", finding="limit_expired", grade="serious", actor="sun")
    )
    world.fact("statement.filed", "03-12 10:00", person="zhang", text="陈述")
    world.fact("measure.decided", "03-20 10:00", person="zhang", level=4, reason="按建议", actor="li")
    person = by_person(marked(world))["zhang"]
    assert person.count("breaches_confirmed") == 1 and person.count("alerts_unanswered") == 1
    assert person.of("measures").count == 1 and person.of("measures").total == 4


def test_a_reversed_measure_counts_no_more():
    world = (
        a_case(5)
        .accepted()
        .fact("finding.confirmed", "03-11 10:00", finding="limit_expired", grade="serious", actor="sun")
    )
    world.fact("statement.filed", "03-12 10:00", person="zhang", text="陈述")
    world.fact("measure.decided", "03-20 10:00", person="zhang", level=4, reason="按建议", actor="li")
    world.fact("review.requested", "03-23 10:00", person="zhang")
    world.fact("review.decided", "03-30 10:00", person="zhang", result="reversed", reason="证据不足", actor="office")
    found = counts(world)
    assert "measures" not in found and "breaches_confirmed" not in found


def test_complaints_and_ratings_count_unless_taken_back():
    world = a_case(5).accepted().served("03-04 10:00").fact("complaint.filed", "03-05 10:00", text="慢", id="c1")
    world.fact("complaint.filed", "03-05 11:00", text="慢", id="c2").fact("rating.submitted", "03-05 12:00", score=5)
    world.fact("rating.submitted", "03-05 13:00", score=2)
    world.fact("fact.retracted", "03-06 10:00", fact="c2", reason="误报", approver="sun")
    found = counts(world)
    assert (found["complaints"], found["ratings"], found["satisfied"]) == (1, 2, 1)


def test_what_never_left_the_window_was_concluded_there_directly():
    def taken_in(holder: str) -> World:
        world = World(item(5)).with_(
            people=[
                {"id": name, "unit": "planning", "post": post}
                for name, post in (("zhang", "window"), ("liu", "officer"))
            ]
        )
        return world.accepted(holder=holder)

    assert counts(taken_in("zhang").served("03-04 10:00")).items() >= {"window": 1, "direct": 1}.items()
    passed_on = counts(taken_in("zhang").fact("case.handed_over", "03-03 10:00", to="liu").served("03-04 10:00"))
    assert passed_on["window"] == 1 and "direct" not in passed_on
    assert not {"window", "direct"} & set(counts(taken_in("liu").served("03-04 10:00")))


def test_silence_and_suspensions_are_figures_of_the_concluded_case():
    silent = counts(a_case(5, silence="approve").accepted())
    assert silent["by_silence"] == 1 and silent["late"] == 1 and "on_time" not in silent
    stopped = a_case(5, suspensions=EXPERTS).accepted().fact("clock.suspended", "03-03 10:00", reason="expert_review")
    assert (
        counts(stopped.fact("clock.resumed", "03-10 10:00", reason="expert_review").served("03-11 10:00"))[
            "suspensions"
        ]
        == 1
    )


def used(world: World) -> int:
    return next(m.amount for m in marked(world) if m.figure == "limit_used")


@pytest.mark.parametrize(
    ("end", "share"), [("03-02 15:00", 0), ("03-03 10:00", 200), ("03-09 17:00", 1000), ("03-12 10:00", 1600)]
)
def test_the_share_of_the_limit_is_days_run_of_days_given(end, share):
    assert used(a_case(5).accepted().served(end)) == share


def test_stopped_days_are_neither_used_nor_given():
    stopped = a_case(5, suspensions=EXPERTS).accepted().fact("clock.suspended", "03-03 10:00", reason="expert_review")
    world = stopped.fact("clock.resumed", "03-10 10:00", reason="expert_review").served("03-11 10:00")
    plain = a_case(5).accepted().served("03-04 10:00")
    assert used(world) == used(plain) == 400


def test_silence_used_the_whole_limit():
    assert used(a_case(5, silence="approve").accepted()) == 1000


def test_a_period_of_months_is_measured_in_days():
    world = a_case(days(1, "months")).accepted("03-02 09:00").served("03-16 10:00")
    whole = (date(2026, 4, 2) - date(2026, 3, 2)) / timedelta(1)
    assert used(world) == int(1000 * 14 / whole)
