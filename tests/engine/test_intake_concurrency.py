"""Many deliver at once: one outcome each, equal to orderly delivery."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.intake.decide import advance, decide
from engine.intake.group import GroupCommit
from engine.ledger.verify import verify
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, message, served

pytestmark = pytest.mark.postgres
THREADS, CASES = 50, 250
HOUR = timedelta(hours=1)


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path, size=THREADS) as pool:
        yield pool


def four_facts(case):
    """A life of four messages; in any other order some of them are parked or refused for a while."""
    return [
        accepted(case, reported_at=MONDAY),
        message(
            f"{case}/stop", "clock.suspended", case, MONDAY + HOUR, reason="expert_review", reported_at=MONDAY + HOUR
        ),
        message(
            f"{case}/go",
            "clock.resumed",
            case,
            MONDAY + 26 * HOUR,
            reason="expert_review",
            reported_at=MONDAY + 26 * HOUR,
        ),
        message(
            f"{case}/end",
            "decision.served",
            case,
            MONDAY + 30 * HOUR,
            result="approved",
            reported_at=MONDAY + 30 * HOUR,
        ),
    ]


def deliver(pool, clock, envelope):
    with pool.connection() as connection:
        return decide(connection, [envelope], clock)[0]


def test_one_message_from_fifty_threads_has_one_outcome(pool):
    clock = TestClock(MONDAY + HOUR)
    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(lambda _: deliver(pool, clock, accepted("A1")), range(THREADS)))
    assert Counter(answer.outcome for answer in answers) == {"recorded": 1, "duplicate": THREADS - 1}
    with pool.connection() as connection:
        assert connection.execute(
            "SELECT count(*) FROM entry WHERE kind = 'fact' AND stream_id = 'case:A1'"
        ).fetchone() == (1,)


def test_one_id_with_two_bodies_for_two_cases_is_taken_once(pool):
    clock = TestClock(MONDAY + HOUR)
    bodies = [message("same", "application.accepted", f"A{n % 2}", item="P") for n in range(20)]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda envelope: deliver(pool, clock, envelope), bodies))
    assert Counter(answer.outcome for answer in answers) == {"recorded": 1, "duplicate": 9, "reused": 10}


def test_facts_for_one_case_at_once_stand_in_one_chain(pool):
    clock = TestClock(MONDAY + HOUR)
    facts = [accepted("A1"), *(message(f"x{n}", "attributes.recorded", "A1", data={f"a{n}": n}) for n in range(60))]
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda envelope: deliver(pool, clock, envelope), facts))
    with pool.connection() as connection:
        versions = [
            r[0] for r in connection.execute("SELECT version FROM entry WHERE stream_id = 'case:A1' ORDER BY version")
        ]
        assert versions == list(range(1, len(versions) + 1))
        assert not [fault for checked in verify(connection) for fault in checked.faults]
        view = connection.execute("SELECT view->'attributes' FROM case_file").fetchone()[0]
    assert view == {f"a{n}": n for n in range(60)}


def test_a_fact_against_the_clock_ends_in_one_outcome(pool):
    """The limit's end and a decision made in time arrive in the same instant, from two sides."""
    clock = TestClock(MONDAY + HOUR)
    cases = [f"A{n}" for n in range(20)]
    with pool.connection() as connection:
        decide(connection, [accepted(case) for case in cases], clock)
    clock.go(timedelta(days=20))

    def look(case):
        with pool.connection() as connection:
            advance(connection, [f"case:{case}"], clock)

    with ThreadPoolExecutor(20) as threads:
        looks = [threads.submit(look, case) for case in cases]
        facts = [threads.submit(deliver, pool, clock, served(case, MONDAY + HOUR)) for case in cases]
        for done in [*looks, *facts]:
            done.result(timeout=60)
    with pool.connection() as connection:
        found = connection.execute("SELECT DISTINCT outcome_kind, outcome_status, status FROM case_file").fetchall()
        standing = connection.execute(
            "SELECT count(*) FROM breach WHERE status = 'standing' AND clock = 'committed'"
        ).fetchone()
    assert found == [("approved", "in_force", "concluded")]
    assert standing == (0,)


def test_batches_that_lock_each_others_cases_do_not_block_for_ever(pool):
    clock = TestClock(MONDAY + HOUR)
    cases = [f"A{n}" for n in range(30)]

    def batch(number):
        chance = random.Random(number)
        mixed = chance.sample(cases, len(cases))
        with pool.connection() as connection:
            return decide(
                connection,
                [message(f"{number}/{case}", "application.received", case, item="P") for case in mixed],
                clock,
            )

    with ThreadPoolExecutor(8) as threads:
        answers = [answer for found in threads.map(batch, range(8)) for answer in found]
    assert Counter(answer.outcome for answer in answers) == {"recorded": 8 * len(cases)}


def essence(pool):
    """What the cases came to, without the moments at which we happened to write it."""
    with pool.connection() as connection:
        cases = connection.execute(
            "SELECT case_id, status, due_on, expires_at, outcome_kind, outcome_status, legal_at, closed_at, holder, level,"
            " view->'clocks'->'committed'->'due_on', view->'suspensions', view->'refusals' FROM case_file ORDER BY case_id"
        ).fetchall()
        facts = connection.execute(
            "SELECT stream_id, message_id FROM entry WHERE kind = 'fact' AND stream_kind = 'case' ORDER BY 1, 2"
        ).fetchall()
        standing = connection.execute(
            "SELECT case_id, kind, status FROM breach WHERE status = 'standing' ORDER BY 1, 2"
        ).fetchall()
        waiting = connection.execute("SELECT count(*) FROM parked").fetchone()
    return cases, facts, standing, waiting


def test_random_order_and_repeats_from_fifty_threads_equal_orderly_delivery(pool, postgres_server, tmp_path):
    clock = TestClock(MONDAY + 40 * HOUR)
    messages = [fact for n in range(CASES) for fact in four_facts(f"C{n:03}")]
    chance = random.Random(20260302)
    deliveries = chance.sample([*messages, *chance.choices(messages, k=1000)], len(messages) + 1000)
    group = GroupCommit(pool, clock)
    try:
        with ThreadPoolExecutor(THREADS) as threads:
            answers = list(threads.map(lambda envelope: group.submit(envelope).result(timeout=120), deliveries))
    finally:
        group.close()
    assert sum(answer.outcome == "duplicate" for answer in answers) == 1000
    with a_database(postgres_server, tmp_path) as orderly:
        for start in range(0, len(messages), 500):
            with orderly.connection() as connection:
                decide(connection, messages[start : start + 500], clock)
        assert essence(pool) == essence(orderly)
