"""Facts that come late, and what waits for them."""

from tests.rules.worlds import a_case, instant


def silent(**more):
    return a_case(5, silence="approve", **more).accepted("03-02 09:00")


def test_shares_follow_a_hand_over_that_is_reported_after_the_breach():
    out = (
        a_case(5)
        .accepted("03-02 09:00")
        .fact("case.handed_over", "03-04 15:00", to="liu", recorded="03-12 09:00")
        .until("03-13 09:00")
    )
    [breach] = out.breaches()
    assert {s["person"]: s["working_days"] for s in breach["shares"]} == {"zhang": 2, "liu": 3} and breach[
        "proposed_against"
    ] == ["liu"]


# -- corrections --------------------------------------------------------------------------------------------------------


def late():
    return a_case(5).accepted("03-02 09:00", id="f").served("03-11 10:00", id="s")


def correct(world, approver, **changes):
    data = {"fact": "s", "changes": changes, "approver": approver}
    return world.fact("fact.corrected", "03-12 10:00", id="c", reason="录入错误", **data).until("03-13 09:00")


def test_a_correction_re_derives_the_case():
    out = correct(late(), "sun", occurred_at="2026-03-09T15:00:00+08:00")
    assert [b["status"] for b in out.breaches()] == ["withdrawn"] and out.refusals() == {}
    assert out.findings("late_correction") and out.ledger("decision.served") and out.ledger("fact.corrected")


def test_one_that_takes_a_breach_away_needs_an_approver_outside_the_unit():
    for approver in ("li", "zhang", "nobody"):
        out = correct(late(), approver, occurred_at="2026-03-09T15:00:00+08:00")
        assert out.refusals() == {"c": "not_competent"} and out.broken() and out.findings("late_correction") == []


def test_one_that_takes_nothing_away_needs_none():
    out = correct(late(), "li", occurred_at="2026-03-11T15:00:00+08:00")
    assert out.refusals() == {} and out.broken() and out.findings("late_correction") == []


def test_data_can_be_corrected_and_wrong_corrections_are_refused():
    world = a_case(10).accepted("03-02 09:00").fact("attributes.recorded", "03-02 10:00", id="s", size="big")
    assert correct(world, "li", size="small").refusals() == {}
    assert correct(late(), "sun", occurred_at="yesterday").refusals() == {"c": "wrong_value"}
    assert correct(late(), "sun", result="perhaps").refusals() == {"c": "wrong_value"}


def test_a_correction_of_an_unknown_fact_waits():
    out = (
        a_case(5).accepted("03-02 09:00").fact("fact.retracted", "03-03 09:00", fact="zz", id="c").until("03-04 09:00")
    )
    assert out.parked == {"c"}


def test_a_retraction_takes_the_fact_away():
    world = a_case(5).accepted("03-02 09:00").fact("clock.suspended", "03-04 10:00", reason="hearing", id="h")
    out = world.fact("fact.retracted", "03-05 09:00", fact="h", reason="误报", approver="li").until("03-06 09:00")
    assert out.due_on == "2026-03-09" and out.status == "open"


def test_a_retraction_of_a_decision_in_time_may_bring_the_effect():
    world = silent().served("03-06 10:00", id="s")
    out = world.fact("fact.retracted", "03-12 09:00", fact="s", reason="误报", approver="sun").until("03-13 09:00")
    assert out.outcome["kind"] == "implied_consent" and out.outcome["legal_at"] == instant("03-10")


def test_a_retracted_correction_never_happened():
    world = late().fact(
        "fact.corrected",
        "03-12 10:00",
        id="c",
        fact="s",
        changes={"occurred_at": "2026-03-09T15:00:00+08:00"},
        approver="sun",
    )
    out = world.fact("fact.retracted", "03-12 15:00", fact="c", approver="sun").until("03-13 09:00")
    assert out.broken() == {"committed": instant("03-10")}


def test_a_voided_case_counts_for_nothing():
    world = silent()
    out = world.fact("case.voided", "03-12 10:00", reason="重复登记", approver="sun", id="v").until("03-13 09:00")
    assert out.status == "voided" and out.outcome["kind"] == "voided" and out.broken() == {}
    assert out.certificates[0]["status"] == "superseded" and out.findings("late_correction")
    inside = silent().fact("case.voided", "03-12 10:00", reason="重复登记", approver="li", id="v").until("03-13 09:00")
    assert inside.refusals() == {"v": "not_competent"} and inside.outcome["kind"] == "implied_consent"


def test_voiding_an_open_case_needs_nobody_else():
    out = silent().fact("case.voided", "03-04 10:00", reason="重复登记", approver="li").until("04-13 09:00")
    assert out.status == "voided" and out.breaches() == [] and out.findings("late_correction") == []


def test_a_correction_of_the_items_day_takes_the_zone_of_the_office():
    out = correct(late(), "sun", occurred_at="2026-03-09T23:30:00")
    assert out.broken() == {}


# -- watermarks ---------------------------------------------------------------------------------------------------------


def marked(through, at, world=None):
    world = world or silent()
    world.fact("source.watermark", at, through=through)
    del world.spec["facts"][-1]["case"]
    return world


def test_nothing_irreversible_is_published_before_the_watermark_has_passed_the_end():
    out = marked("2026-03-09T12:00:00+08:00", "03-09 12:00").until("03-12 09:00")
    assert (
        out.outcome["kind"] == "none"
        and out.breaches() == []
        and out.open_holds == {"source_behind"}
        and not out.alerts("red")
    )
    later = marked(
        "2026-03-10T00:00:00+08:00", "03-12 08:00", marked("2026-03-09T12:00:00+08:00", "03-09 12:00")
    ).until("03-12 09:00")
    assert later.outcome["legal_at"] == instant("03-10") and later.open_holds == set() and later.broken()


def test_a_source_that_is_behind_climbs():
    out = marked("2026-03-09T12:00:00+08:00", "03-09 12:00").until("04-20 09:00")
    assert out.findings("hold_open") and [a["rung"] for a in out.alerts("escalated")] == [1, 2, 3]


def test_breaches_wait_for_the_watermark_also_where_silence_has_no_effect():
    out = marked("2026-03-09T12:00:00+08:00", "03-09 12:00", a_case(5).accepted("03-02 09:00")).until("03-12 09:00")
    assert out.breaches() == [] and out.open_holds == {"source_behind"}


def test_a_decision_that_comes_with_the_watermark_prevents_everything():
    world = marked("2026-03-09T12:00:00+08:00", "03-09 12:00").served("03-09 14:00", recorded="03-11 09:00")
    out = marked("2026-03-11T09:00:00+08:00", "03-11 09:00", world).until("03-12 09:00")
    assert out.outcome["kind"] == "approved" and out.certificates == [] and out.breaches() == []
