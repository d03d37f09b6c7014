"""Nothing stops an effect without a dated, owned hold, and a person settles it knowing what follows."""

from datetime import timedelta

import pytest

from engine.intake.consequence import consequence, state_of
from engine.intake.decide import advance, decide, due_streams
from engine.storage.config import record
from tests.support.worlds import ITEM, MONDAY, TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path, size=3) as pool:
        yield pool


@pytest.fixture
def clock():
    return TestClock(MONDAY + HOUR)


@pytest.fixture
def take(pool, clock):
    def taking(*messages, **options):
        with pool.connection() as connection:
            return decide(connection, messages, clock, **options)

    return taking


@pytest.fixture
def pass_days(pool, clock):
    def passing(days):
        for _ in range(days * 4):
            clock.go(6 * HOUR)
            with pool.connection() as connection:
                while due := due_streams(connection, clock.now(), 100):
                    advance(connection, due, clock)

    return passing


@pytest.fixture
def rows(pool):
    def asking(statement, *values):
        with pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    return asking


@pytest.fixture
def state(pool, clock):
    def asking(case="A1"):
        with pool.connection() as connection:
            return state_of(connection, case, clock.now())

    return asking


@pytest.fixture
def ask(pool, clock):
    """What closing a hold would bring about."""

    def asking(hold, result, case="A1"):
        with pool.connection() as connection:
            return consequence(connection, closing(hold, result, clock.at, case), clock)

    return asking


def closing(hold, result, at, case="A1"):
    return message(
        f"close/{case}/{hold}/{result}", "hold.closed", case, at, source="console", actor="sun", hold=hold, result=result,
        reason="核实", approver="sun",
    )  # fmt: skip


@pytest.fixture
def failed(take, clock, pass_days):
    """A case whose agency's data failed before the limit ended in silence."""
    take(accepted("A1"), message("d", "agency_data.failed", "A1", clock.at, what="接口"))
    pass_days(10)


def test_a_hold_is_dated_and_owned(failed, rows):
    [(reason, owner, status, opened)] = rows("SELECT reason, owner, status, data->>'opened_at' FROM hold")
    assert (reason, owner, status) == ("agency_data_failed", "li", "open") and opened.startswith("2026-03-10T00:00")


def test_the_consequence_is_shown_and_nothing_is_written(failed, ask, rows, state):
    before = rows("SELECT count(*) FROM entry")
    found = ask("agency_data_failed", "effect")
    assert (found.before.outcome, found.after.outcome, found.after.holds) == (None, "implied_consent", ())
    assert found.after.legal_at.isoformat() == "2026-03-09T16:00:00+00:00", "its original instant"
    assert rows("SELECT count(*) FROM entry") == before and state().holds == ("agency_data_failed",)


@pytest.mark.parametrize("result", ["effect", "no_effect"])
def test_what_was_shown_is_what_happens(failed, ask, take, clock, pass_days, state, result):
    shown = ask("agency_data_failed", result).after
    take(closing("agency_data_failed", result, clock.at))
    pass_days(1)
    happened = state()
    assert (happened.outcome, happened.legal_at, happened.holds, happened.status) == (
        shown.outcome, shown.legal_at, shown.holds, shown.status
    )  # fmt: skip
    assert happened.outcome == ("implied_consent" if result == "effect" else None)


def test_nobody_can_grant_on_a_provisional_date(take, clock, pass_days, ask, state, rows):
    clock.go(MONDAY + 300 * DAY)  # 27 December 2026, and nobody has arranged 2027
    take(accepted("A1", clock.at))
    pass_days(14)
    assert state().holds == ("provisional_date",)
    assert ask("provisional_date", "effect").answer.code == "not_allowed_for_item"


def test_an_unmet_precondition_is_settled_by_a_person(pool, take, clock, pass_days, ask, rows):
    with pool.connection() as connection:
        item = {
            **ITEM,
            "code": "Q",
            "silence": {**ITEM["silence"], "preconditions": [{"fact": "public_notice.published"}]},
        }
        record(connection, "item", "Q", item, at=clock.now())
    take(message("a", "application.accepted", "A1", clock.at, item="Q"))
    pass_days(10)
    assert rows("SELECT reason FROM hold WHERE status = 'open'") == [("precondition_unmet",)]
    assert ask("precondition_unmet", "effect").after.outcome == "implied_consent"
    assert ask("precondition_unmet", "no_effect").after.outcome is None


def test_a_claimed_reason_that_a_person_rejects_gives_the_effect_at_its_instant(take, clock, pass_days, ask):
    take(accepted("A1"), message("r", "reason.claimed", "A1", clock.at, code="force_majeure", basis="x"))
    pass_days(10)
    after = ask("reason_claimed", "effect").after
    assert after.outcome == "implied_consent" and after.legal_at.isoformat() == "2026-03-09T16:00:00+00:00"


def test_an_effect_found_by_back_fill_waits_for_a_person(take, clock, pass_days, state, rows):
    take(accepted("A1", MONDAY - 100 * DAY), backfill=True)
    assert rows("SELECT reason FROM hold WHERE status = 'open'") == [("backfilled",)]
    pass_days(3)
    assert state().outcome is None, "no tick releases it"
    take(closing("backfilled", "effect", clock.at))
    pass_days(1)
    assert (state().outcome, state().holds) == ("implied_consent", ())
