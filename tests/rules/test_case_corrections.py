"""Corrections that leave little: what was taken back stays on record."""

from tests.rules.worlds import a_case


def test_a_case_whose_opening_was_taken_back_stays_on_record_without_a_clock():
    world = a_case(5, silence="approve").accepted("03-02 09:00", id="opening")
    world.fact("fact.retracted", "03-13 09:00", id="inside", fact="opening", reason="误录", approver="li")
    out = world.fact("fact.retracted", "03-13 10:00", fact="opening", reason="误录", approver="sun").until(
        "03-20 09:00"
    )
    assert out.refusals() == {"inside": "not_competent"}
    assert (out.status, out.case["clocks"], out.outcome["kind"]) == ("open", {}, "none")
    assert [c["status"] for c in out.certificates] == ["superseded"]
    assert out.ledger("limit_set")
    assert out.parked == set()
