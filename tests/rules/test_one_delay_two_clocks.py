"""accountability.md 3, rule 4: the same breach counts once, also where one delay broke both the promise and the law."""

from tests.rules.worlds import a_case


def test_one_delay_that_broke_promise_and_law_is_one_proceeding_and_counts_once() -> None:
    out = (
        a_case(1, 2)
        .accepted("03-02 09:00")
        .fact("finding.confirmed", "03-06 10:00", finding="limit_expired", grade="ordinary")
        .until("03-07 09:00")
    )
    assert {b["clock"] for b in out.breaches()} == {"committed", "statutory"}
    assert [(p["count_in_window"], p["proposed_level"]) for p in out.proceedings()] == [(1, 2)]
