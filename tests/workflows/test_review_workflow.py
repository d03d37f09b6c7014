"""The durable workflow of a filing, on real servers: it is started by the submission, wakes at the review's end, and ends with publication."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.effects.advancing import advance_filing
from engine.effects.moments import Waking
from engine.effects.spread import Spread
from engine.filings.desk import act
from engine.filings.reading import find
from engine.jobs.relay import Relay
from engine.storage.connect import Pool
from rules.filing import Approve, Filing, GiveReview, Publish, Save, Submit, Wish
from tests.rules.lint_examples import an_item
from tests.support.worlds import MONDAY, TestClock, a_database
from tests.workflows.bench import Bench
from tests.workflows.conftest import run_on
from tests.workflows.scripted import Scripted
from tests.workflows.waiting import until
from workflows.contracts import Moment

pytestmark = pytest.mark.temporal
ENTRY = an_item({"extension": None, "steps": None, "fees": [{"code": "f", "amount": 1}]})


class Filings(Scripted):
    """The activity of a filing on a real database."""

    def __init__(self, pool: Pool, clock: TestClock) -> None:
        super().__init__()
        self._pool, self._waking = pool, Waking(clock, Spread())

    def _answer(self, id_: str) -> Moment:
        self.looks[id_].append(0.0)
        return advance_filing(self._pool, self._waking, id_)


def test_a_review_that_nobody_gives_is_found_late_by_the_workflow_and_publication_ends_it(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    with a_database(postgres_url, tmp_path) as pool:
        clock = TestClock()

        async def test(bench: Bench) -> None:
            await _life(pool, clock, bench)

        run_on(temporal_address, test)


async def _life(pool: Pool, clock: TestClock, bench: Bench) -> None:
    def want(who: str, wish: Wish) -> Filing:
        with pool.connection() as connection:
            done = act(connection, "x1", wish, who, clock)
        assert isinstance(done, Filing), done
        return done

    relay = Relay(pool, bench.teller, Waking(clock, Spread()))
    want("zhang", Save(item=ENTRY))
    want("zhang", Submit())
    async with bench.worker(Filings(pool, clock)):
        clock.go(timedelta(days=14))
        assert await relay.send() == 1
        await until(lambda: _late(pool))
        assert await bench.shows("filing:x1", "reviewing")
        for review in _filing(pool).reviews:
            want("li", GiveReview(office=review.office, verdict="agreed"))
        want("li", Approve())
        want("li", Publish(effective_from=(MONDAY + timedelta(days=40)).date()))
        await relay.send()
        assert await bench.handle("filing:x1").result() == "published"


def _filing(pool: Pool) -> Filing:
    with pool.connection() as connection:
        found = find(connection, "x1")
    assert found is not None
    return found


def _late(pool: Pool) -> bool:
    return all(review.overdue for review in _filing(pool).reviews)
