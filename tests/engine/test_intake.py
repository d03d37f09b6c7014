"""The one door: every message has exactly one outcome, whatever comes when."""

from datetime import date, timedelta

import pytest

from engine.intake import advances, moving
from engine.intake.decide import advance, decide, due_streams
from engine.intake.group import GroupCommit
from engine.storage.config import Configuration, record, record_all
from engine.storage.world import load_world
from tests.support.worlds import ITEM, MONDAY, TestClock, a_database, accepted, message, served

pytestmark = pytest.mark.postgres
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path) as pool:
        yield pool


@pytest.fixture
def clock():
    return TestClock(MONDAY + HOUR)


@pytest.fixture
def take(pool, clock):
    """Delivers messages in one transaction."""

    def taking(*messages, **options):
        with pool.connection() as connection:
            return decide(connection, messages, clock, **options)

    return taking


@pytest.fixture
def rows(pool):
    def asking(statement, *values):
        with pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    return asking


def test_an_acceptance_is_answered_with_its_dates(take):
    (answer,) = take(accepted("A1"))
    assert answer.outcome == "recorded"
    assert answer.dates["committed"].due_on == "2026-03-09"
    assert answer.dates["committed"].expires_at == "2026-03-10T00:00:00+08:00"
    assert answer.dates["statutory"].due_on == "2026-03-30"


def test_a_repeat_is_answered_as_before_and_changes_nothing(take, rows):
    (first,) = take(accepted("A1"))
    before = rows("SELECT count(*) FROM entry")
    again, inner = take(accepted("A1", raw=b"written another way"), accepted("A1"))
    assert (again.outcome, again.first, again.dates) == ("duplicate", "recorded", first.dates)
    assert inner.outcome == "duplicate"
    assert rows("SELECT count(*) FROM entry") == before


def test_a_repeat_within_one_batch_is_a_repeat(take, rows):
    first, again, other = take(accepted("A1"), accepted("A1"), accepted("A1", holder="li"))
    assert [first.outcome, again.outcome, other.outcome] == ["recorded", "duplicate", "reused"]
    assert rows("SELECT count(*) FROM inbox") == [(1,)]


def test_a_known_id_with_another_body_is_refused(take):
    take(accepted("A1"))
    (answer,) = take(accepted("A1", holder="li"))
    assert (answer.outcome, answer.code) == ("reused", "message_id_reused")


def test_the_same_id_from_another_source_is_another_message(take):
    take(accepted("A1"))
    (answer,) = take(message("A1/accepted", "case.linked", "A1", source="archive", cases=["B"]))
    assert answer.outcome == "recorded"


MALFORMED = {
    "unknown_type": {"type_": "application.imagined"},
    "unknown_source": {"source": "nobody"},
    "missing_time": {"occurred_at": None},
    "malformed": {"data": {"holder": "zhang", "colour": "red"}},
}


@pytest.mark.parametrize("code", MALFORMED)
def test_a_malformed_message_is_answered_with_its_code_and_nothing_is_stored(take, rows, code):
    fields = {"type_": "application.accepted", "item": "P", **MALFORMED[code]}
    (answer,) = take(message("m", fields.pop("type_"), "A1", **fields))
    assert (answer.outcome, answer.code) == ("malformed", code)
    assert answer.message
    assert rows(
        "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM vault_item), (SELECT count(*) FROM stream WHERE kind = 'case')"
    ) == [(0, 0, 0)]


@pytest.mark.parametrize(
    "data",
    [{"attributes": {"a": 1.5}}, {"applicant": "a\x00b"}, {"applicant": "\ud800"}, {"applicant": 7}],
    ids=["fraction", "nul", "surrogate", "number"],
)
def test_what_cannot_be_stored_faithfully_is_malformed(take, data):
    bad, good = take(message("m", "application.accepted", "A1", item="P", data=data), accepted("A2"))
    assert (bad.outcome, good.outcome) == ("malformed", "recorded")


def test_internal_facts_do_not_come_in_from_outside(take):
    (answer,) = take(message("m", "breach.reversed", "A1", breach="x"))
    assert (answer.outcome, answer.code) == ("malformed", "unknown_type")


def test_a_mended_message_may_come_under_the_same_id(take):
    take(message("m", "application.accepted", "A1", item="P", data={"colour": "red"}))
    (answer,) = take(message("m", "application.accepted", "A1", item="P"))
    assert answer.outcome == "recorded"


def test_an_unknown_item_is_kept_in_quarantine_and_found_once_a_case(take, rows):
    first, second = take(
        message("a", "application.accepted", "Z1", item="Z"), message("b", "application.received", "Z1", item="Z")
    )
    assert (first.outcome, first.code, second.outcome) == ("unknown_item", "unknown_item", "unknown_item")
    assert rows("SELECT message_id, item FROM quarantine ORDER BY 1") == [("a", "Z"), ("b", "Z")]
    assert rows("SELECT kind, case_id, status FROM finding") == [("off_catalogue", "Z1", "open")]
    assert rows("SELECT count(*) FROM case_file") == [(0,)]


def test_a_fact_of_an_unknown_case_waits_and_is_taken_up_with_the_first_fact(take, rows):
    (early,) = take(message("s", "clock.suspended", "A1", MONDAY + HOUR, reason="expert_review"))
    assert (early.outcome, early.code) == ("parked", "unknown_case")
    assert rows("SELECT message_id, why FROM parked") == [("s", "unknown_case")]
    take(accepted("A1"))
    assert rows("SELECT status FROM case_file") == [("suspended",)]
    assert rows("SELECT count(*) FROM parked") == [(0,)]
    assert rows("SELECT outcome, pending FROM inbox WHERE message_id = 's'") == [("recorded", None)]
    assert rows("SELECT waiting FROM stream WHERE stream_id = 'case:A1'") == [(0,)]


def test_a_parked_fact_keeps_the_time_it_was_first_reported(take, rows, clock):
    take(message("s", "clock.suspended", "A1", MONDAY + HOUR, reason="expert_review"))
    clock.go(10 * DAY)
    take(accepted("A1", clock.at))
    reported, recorded = rows("SELECT reported_at, recorded_at FROM entry WHERE message_id = 's'")[0]
    assert (reported, recorded) == (MONDAY + HOUR, clock.at)


def test_a_refused_fact_is_on_the_ledger_with_its_code(take, rows):
    take(accepted("A1"), served("A1", MONDAY + HOUR))
    (answer,) = take(
        message("x", "extension.requested", "A1", MONDAY + 2 * HOUR, by={"amount": 1, "unit": "working_days"})
    )
    assert (answer.outcome, answer.code) == ("refused", "case_closed")
    assert ("fact_refused",) in rows("SELECT type FROM entry WHERE stream_id = 'case:A1'")


def test_a_day_without_a_time_is_the_last_instant_of_that_day(take, rows):
    take(accepted("A1", occurred_at=None, occurred_on=date(2026, 3, 2)))
    assert rows("SELECT occurred_at FROM entry WHERE kind = 'fact' AND stream_id = 'case:A1'") == [
        (MONDAY.replace(hour=15, minute=59, second=59, microsecond=999999),)
    ]


def test_silence_takes_effect_at_the_end_of_the_limit_whenever_the_machine_gets_to_it(take, rows, pool, clock):
    take(accepted("A1"))
    clock.go(30 * DAY)
    with pool.connection() as connection:
        due = due_streams(connection, clock.now(), 10)
        done = advance(connection, due, clock)
    assert due == ["case:A1"]
    assert done["case:A1"].next_at is None or done["case:A1"].next_at > clock.at
    assert rows("SELECT outcome_kind, legal_at FROM case_file") == [("implied_consent", MONDAY.replace(day=9, hour=16))]
    assert rows("SELECT count(*) FROM breach WHERE status = 'standing'") == [(1,)]
    assert rows("SELECT person FROM breach_person") == [("zhang",)]
    assert rows("SELECT number <> '' FROM certificate") == [(True,)]


def test_advancing_twice_does_nothing_twice(take, rows, pool, clock):
    take(accepted("A1"))
    clock.go(30 * DAY)
    for _ in range(2):
        with pool.connection() as connection:
            advance(connection, ["case:A1"], clock)
    assert rows("SELECT count(*) FROM entry WHERE type = 'consent_implied'") == [(1,)]


def test_nobody_is_told_of_a_moment_that_moves_later_but_of_an_earlier_one(take, rows, clock):
    take(accepted("A1"))
    assert rows("SELECT seq FROM wake") == [(1,)]
    take(message("s", "clock.suspended", "A1", clock.at, reason="expert_review", until=date(2026, 3, 20)))
    later = rows("SELECT next_at, seq FROM wake")
    assert later[0][1] == 1
    clock.go(HOUR)
    take(message("r", "clock.resumed", "A1", clock.at, reason="expert_review"))
    earlier = rows("SELECT next_at, seq FROM wake")
    assert earlier[0][0] < later[0][0]
    assert earlier[0][1] == 2


def test_a_finished_case_that_comes_by_import_starts_no_workflow(take, rows, clock):
    clock.go(200 * DAY)
    take(accepted("A1", reported_at=MONDAY), served("A1", MONDAY + DAY), backfill=True)
    assert rows("SELECT status, backfilled FROM case_file") == [("concluded", True)]
    assert rows("SELECT seq, next_at, ended FROM wake") == [(0, None, True)]


def test_old_cases_run_in_virtual_time_and_their_silence_is_held(take, rows, clock):
    clock.go(300 * DAY)
    answers = take(accepted("A1"), backfill=True)
    assert answers[0].outcome == "recorded"
    virtual = rows("SELECT reported_at, recorded_at FROM entry WHERE stream_id = 'case:A1' AND type = 'warning_raised'")
    assert virtual == [(MONDAY.replace(day=6, hour=0, minute=30), clock.at)]
    assert rows("SELECT reason FROM hold WHERE status = 'open'") == [("backfilled",)]


def test_a_defect_in_one_case_stops_it_alone_and_is_made_good_later(take, rows, pool, clock, monkeypatch):
    sound = advances.ADVANCES["case"]

    def broken(stream, new, at, world, health):
        if stream.id == "case:BAD":
            raise RuntimeError("boom")
        return sound(stream, new, at, world, health)

    monkeypatch.setitem(moving.ADVANCES, "case", broken)
    bad, good = take(accepted("BAD"), accepted("GOOD"))
    assert (bad.outcome, bad.code, good.outcome) == ("undecided", "engine_error", "recorded")
    assert rows("SELECT case_id, status FROM hold WHERE reason = 'engine_error'") == [("BAD", "open")]
    assert rows("SELECT message_id, why FROM parked") == [("BAD/accepted", "engine_error")]
    take(accepted("BAD"))  # a repeat meanwhile is a repeat
    monkeypatch.setitem(moving.ADVANCES, "case", sound)
    clock.go(HOUR)
    with pool.connection() as connection:
        advance(connection, due_streams(connection, clock.now(), 10), clock)
    assert rows("SELECT due_on FROM case_file WHERE case_id = 'BAD'") == [(date(2026, 3, 9),)]
    assert rows("SELECT status FROM hold WHERE reason = 'engine_error'") == [("closed",)]
    assert rows("SELECT outcome FROM inbox WHERE message_id = 'BAD/accepted'") == [("recorded",)]
    assert rows("SELECT count(*) FROM parked") == [(0,)]


def test_rows_that_cannot_be_written_stop_their_case_alone(take, rows):
    hopeless = accepted("BAD", holder="x" * 5000 + "".join(chr(0x4E00 + n) for n in range(9000)))
    answers = take(accepted("A1"), hopeless, accepted("A2"))
    assert [answer.outcome for answer in answers] == ["recorded", "undecided", "recorded"]
    assert rows("SELECT case_id FROM hold WHERE reason = 'engine_error'") == [("BAD",)]


def test_a_confirmed_breach_opens_a_proceeding_in_the_persons_docket(take, rows, pool, clock):
    take(accepted("A1"))
    clock.go(30 * DAY)
    with pool.connection() as connection:
        advance(connection, ["case:A1"], clock)
    (kind,) = rows("SELECT kind FROM finding WHERE case_id = 'A1' AND kind LIKE 'limit%%'")[0]
    (early,) = take(message("m", "statement.filed", "A1", clock.at, text="我有话说"))
    assert (early.outcome, early.code) == ("parked", "no_proceeding")
    clock.go(HOUR)
    (answer,) = take(
        message("c", "finding.confirmed", "A1", clock.at, finding=kind, grade="ordinary", source="console", actor="sun")
    )
    assert answer.outcome == "recorded"
    assert rows("SELECT person, status FROM proceeding") == [("zhang", "statement")]
    assert rows("SELECT stream_id FROM entry WHERE type = 'statement.filed'") == [("docket:zhang",)]
    assert rows("SELECT count(*) FROM parked") == [(0,)]
    told = rows("SELECT stream_id, source FROM inbox WHERE type = 'breach.confirmed' ORDER BY stream_id")
    assert told == [("docket:unit:planning", "engine"), ("docket:zhang", "engine")]


def test_configuration_is_on_the_ledger_and_an_unchanged_body_adds_nothing(pool, rows):
    with pool.connection() as connection:
        version = load_world(connection).version
        assert not record(connection, "item", "P", ITEM, at=MONDAY)
        assert load_world(connection).version == version
        assert record(connection, "item", "P", ITEM | {"version": 2, "effective_from": "2026-03-01"}, at=MONDAY)
        assert load_world(connection).item("P", date(2026, 3, 2)).version == 2
        assert load_world(connection).item("P", date(2026, 2, 2)).version == 1
    assert rows("SELECT version FROM entry WHERE stream_id = 'config:item:P'") == [(1,), (2,)]


def test_a_body_no_world_could_be_built_from_is_refused_before_anything_is_written(pool, rows):
    with pool.connection() as connection, pytest.raises(ValueError):
        record_all(connection, [Configuration(kind="unit", id="u", body={"id": "u", "colour": 1})], None, MONDAY)
    assert rows("SELECT count(*) FROM config_entry WHERE id = 'u'") == [(0,)]


def test_a_calendar_brings_open_cases_up_at_the_instant_it_comes_into_force(take, rows, pool, clock):
    take(accepted("A1"))
    first = {"version": "v0", "known_from": "2000-01-01T00:00:00+08:00", "extends": "CN"}
    second = {"version": "v1", "extends": "v0", "days": [{"on": "2026-03-05", "kind": "off"}]}
    with pool.connection() as connection:
        record(connection, "calendar", "v0", first, at=clock.at)
        record(connection, "calendar", "v1", second, at=clock.at)
    clock.go(HOUR)
    take(message("i", "calendar.imported", "", clock.at, version="v1"))
    with pool.connection() as connection:
        advance(connection, due_streams(connection, clock.now(), 10), clock)
    assert rows("SELECT due_on FROM case_file") == [(date(2026, 3, 10),)]


def test_the_group_answers_each_of_many_and_beats(pool, clock, rows):
    group = GroupCommit(pool, clock)
    try:
        futures = [group.submit(accepted(f"A{n}")) for n in range(50)]
        assert {future.result(timeout=30).case for future in futures} == {f"A{n}" for n in range(50)}
    finally:
        group.close()
    assert rows("SELECT what FROM health") == [("intake",)]


def test_when_the_database_is_down_each_of_the_group_hears_of_it_and_nothing_is_stored(pool, clock):
    group = GroupCommit(pool, clock)
    pool.close()
    try:
        with pytest.raises(Exception, match="pool"):
            group.submit(accepted("A1")).result(timeout=30)
    finally:
        group.close()


def test_a_fact_whose_partner_is_missing_is_shown_as_parked_until_it_comes(take, rows, clock):
    take(accepted("A1"))
    (answer,) = take(message("s", "extension.served", "A1", MONDAY + 3 * HOUR))
    assert (answer.outcome, answer.code) == ("parked", "parked")
    assert rows("SELECT message_id, why FROM parked") == [("s", "unknown_partner")]
    assert rows("SELECT waiting FROM stream WHERE stream_id = 'case:A1'") == [(1,)]
    clock.go(4 * HOUR)
    limit = {"amount": 2, "unit": "working_days"}
    take(message("r", "extension.requested", "A1", MONDAY + HOUR, by=limit))
    take(message("a", "extension.approved", "A1", MONDAY + 2 * HOUR, by=limit, approver="li"))
    assert rows("SELECT count(*) FROM parked") == [(0,)]
    assert rows("SELECT waiting FROM stream WHERE stream_id = 'case:A1'") == [(0,)]
    assert rows("SELECT due_on FROM case_file") == [(date(2026, 3, 11),)]


def test_a_breach_of_two_people_reaches_both_of_their_dockets(take, rows, pool, clock):
    take(accepted("A1"))
    clock.go(30 * DAY)
    with pool.connection() as connection:
        advance(connection, ["case:A1"], clock)
    take(message("c", "finding.confirmed", "A1", clock.at, finding="limit_expired", leaders=["li"], source="console"))
    assert rows("SELECT person FROM proceeding ORDER BY person") == [("li",), ("zhang",)]
