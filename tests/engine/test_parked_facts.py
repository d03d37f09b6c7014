"""Facts that wait are settled by people: taken up, or discarded on the record. Nothing is deleted."""

from datetime import timedelta

import pytest

from engine.intake import advances
from engine.intake.decide import decide
from engine.intake.settling import Discarding, SettlingError, discard, releasable, release
from engine.ledger.read import read_stream
from engine.ledger.verify import verify
from engine.rebuild import tables
from engine.storage.config import record
from engine.vault.sealing import PREFIX
from engine.vault.store import reveal
from tests.support.worlds import ITEM, MONDAY, TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = Discarding(actor="sun", reason="重复录入", token="d1", approver="sun")


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path, size=2) as pool:
        yield pool


@pytest.fixture
def clock():
    return TestClock(MONDAY + HOUR)


@pytest.fixture
def take(pool, clock):
    def taking(*messages):
        with pool.connection() as connection:
            return decide(connection, messages, clock)

    return taking


@pytest.fixture
def settle(pool, clock):
    """settle(release, "m") or settle(discard, "m", how), of the source hall."""

    def settling(act, id_, *how):
        with pool.connection() as connection:
            return act(connection, ("hall", id_), *how, clock)

    return settling


@pytest.fixture
def rows(pool):
    def asking(statement, *values):
        with pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    return asking


@pytest.fixture
def quarantined(take):
    """Two facts for an item that nobody published, and one that follows them and waits."""
    take(
        message("q", "application.accepted", "Z1", item="Z", holder="zhang"),
        message("w", "public_notice.published", "Z1"),
    )


def publish(pool, clock, since="2026-01-01"):
    with pool.connection() as connection:
        record(connection, "item", "Z", {**ITEM, "code": "Z", "effective_from": since}, at=clock.now())


def ledger(pool, stream):
    with pool.connection() as connection:
        return [(line.kind, line.type) for line, _, _ in read_stream(connection, stream)]


def test_a_quarantined_fact_is_released_once_its_item_is_published(pool, clock, settle, rows, quarantined):
    clock.go(2 * DAY)
    publish(pool, clock)
    answer = settle(release, "q")
    assert (answer.outcome, answer.dates["committed"].due_on) == ("recorded", "2026-03-09")
    assert rows("SELECT item, status FROM case_file") == [("Z", "open")]
    assert rows("SELECT released_at FROM quarantine") == [(clock.at,)]
    assert rows("SELECT outcome, pending FROM inbox ORDER BY 1") == [("recorded", None), ("recorded", None)]
    assert rows("SELECT count(*) FROM parked") == [(0,)], "what followed it is taken up with it"
    reported, recorded = rows(
        "SELECT reported_at, recorded_at FROM entry WHERE message_id = 'q' AND stream_id = 'case:Z1'"
    )[0]
    assert (reported, recorded) == (MONDAY + HOUR, clock.at)


def test_a_repeat_of_a_released_fact_is_a_repeat(pool, clock, take, settle, quarantined):
    publish(pool, clock)
    settle(release, "q")
    (again,) = take(message("q", "application.accepted", "Z1", item="Z", holder="zhang"))
    assert (again.outcome, again.first) == ("duplicate", "recorded")


def test_an_item_in_effect_only_later_releases_nothing(pool, clock, settle, rows, quarantined):
    publish(pool, clock, since="2026-06-01")
    with pytest.raises(SettlingError) as refused:
        settle(release, "q")
    assert refused.value.code == "still_unknown_item"
    assert rows("SELECT released_at FROM quarantine") == [(None,)]
    with pool.connection() as connection:
        assert releasable(connection, "Z", [("hall", "q")]) == []


def test_a_fact_of_an_unknown_case_cannot_be_released_and_harms_nothing(take, settle, rows):
    take(message("s", "clock.suspended", "A1", MONDAY, reason="hearing"))
    with pytest.raises(SettlingError) as refused:
        settle(release, "s")
    assert refused.value.code == "still_unknown_case"
    assert rows("SELECT count(*) FROM hold") == [(0,)] and rows("SELECT count(*) FROM parked") == [(1,)]


def test_a_discarded_fact_stands_on_the_ledger_with_its_retraction(pool, take, settle, rows):
    take(message("s", "clock.suspended", "A1", MONDAY, reason="hearing"))
    settle(discard, "s", WHY)
    assert ledger(pool, "source:hall") == [("fact", "clock.suspended"), ("fact", "fact.retracted")]
    assert rows("SELECT outcome, code, pending FROM inbox WHERE message_id = 's'") == [("refused", "discarded", None)]
    assert rows("SELECT count(*) FROM parked") == [(0,)] and rows(
        "SELECT waiting FROM stream WHERE stream_id = 'case:A1'"
    ) == [(0,)]
    take(accepted("A1"))
    assert rows("SELECT status FROM case_file") == [("open",)], "what was discarded stops no clock"
    with pool.connection() as connection:
        assert [found for checked in verify(connection) for found in checked.faults] == []


def test_the_reason_of_a_discarding_is_sealed(pool, take, settle, rows):
    take(message("s", "clock.suspended", "A1", MONDAY, reason="hearing"))
    settle(discard, "s", WHY)
    [body] = [body for (body,) in rows("SELECT body FROM entry WHERE type = 'fact.retracted'")]
    assert "重复录入" not in body and PREFIX in body
    with pool.connection() as connection:
        said = [found.said.get("reason") for found in reveal(connection, "A1").values() if found.said]
    assert "重复录入" in said


def test_discarding_twice_with_one_token_is_once(pool, take, settle):
    take(message("s", "clock.suspended", "A1", MONDAY, reason="hearing"))
    settle(discard, "s", WHY)
    settle(discard, "s", WHY)
    assert len(ledger(pool, "source:hall")) == 2


def test_a_repeat_of_a_discarded_fact_is_answered_as_discarded(take, settle):
    take(message("s", "clock.suspended", "A1", MONDAY, reason="hearing"))
    settle(discard, "s", WHY)
    (again,) = take(message("s", "clock.suspended", "A1", MONDAY, reason="hearing"))
    assert (again.outcome, again.first, again.code) == ("duplicate", "refused", "discarded")


def test_a_quarantined_fact_is_discarded_where_it_is_kept(pool, settle, rows, quarantined):
    settle(discard, "q", WHY)
    assert ledger(pool, "catalogue:Z")[-1] == ("fact", "fact.retracted")
    assert rows("SELECT why, released_at IS NULL FROM quarantine") == [("discarded", False)]
    assert rows("SELECT status FROM finding WHERE kind = 'off_catalogue'") == [("open",)], (
        "whoever sent it still has to answer"
    )
    with pytest.raises(SettlingError):
        settle(release, "q")


def test_a_fact_that_waits_for_its_partner_is_retracted_by_the_rules(pool, take, settle, rows):
    take(accepted("A1"), message("c", "fact.corrected", "A1", MONDAY, fact="never", changes={"holder": "li"}))
    assert rows("SELECT why FROM parked") == [("unknown_partner",)]
    settle(discard, "c", WHY)
    assert rows("SELECT count(*) FROM parked") == [(0,)]
    assert ("fact", "fact.retracted") in ledger(pool, "case:A1")


def test_a_fact_a_defect_stopped_is_tried_again(pool, take, settle, rows, monkeypatch):
    take(accepted("A1"))
    real = advances.ADVANCES["case"]

    def broken(stream, new, at, world, health):
        if new:
            raise RuntimeError("a defect")
        return real(stream, new, at, world, health)

    monkeypatch.setitem(advances.ADVANCES, "case", broken)
    take(message("s", "clock.suspended", "A1", MONDAY + HOUR, reason="expert_review"))
    assert rows("SELECT why FROM parked") == [("engine_error",)]
    assert settle(release, "s").outcome == "undecided"
    monkeypatch.setitem(advances.ADVANCES, "case", real)
    assert settle(release, "s").outcome == "recorded"
    assert rows("SELECT status FROM case_file") == [("suspended",)] and rows("SELECT count(*) FROM parked") == [(0,)]


def test_what_is_not_waiting_cannot_be_settled(take, settle):
    take(accepted("A1"))
    for act, how in ((release, ()), (discard, (WHY,))):
        with pytest.raises(SettlingError) as refused:
            settle(act, "A1/accepted", *how)
        assert refused.value.code == "not_waiting"


def test_the_read_tables_are_rebuilt_the_same_after_settling(pool, clock, take, settle, quarantined):
    take(message("s", "clock.suspended", "A1", MONDAY, reason="hearing"))
    settle(discard, "s", WHY)
    publish(pool, clock)
    settle(release, "q")
    with pool.connection() as connection:
        assert tables.compare(connection, lambda _: None) == []
