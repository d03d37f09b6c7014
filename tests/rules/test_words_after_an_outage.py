"""What is on record stays published: an outage after it takes no effect back, and words that follow are heard at once."""

import pytest

from tests.rules.worlds import a_case


@pytest.mark.parametrize("at", ["03-10 07:00", "03-10 09:05", "03-10 09:15"])
def test_a_finding_confirmed_right_after_an_outage_opens_its_proceeding(at: str) -> None:
    out = (
        a_case(5)
        .accepted("03-02 09:00")
        .fact("finding.confirmed", at, finding="limit_expired", grade="ordinary")
        .outage("03-10 08:00", "03-10 09:00")
        .until("03-11 09:00")
    )
    assert len(out.proceedings()) == 1
