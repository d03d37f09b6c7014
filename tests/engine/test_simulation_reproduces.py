"""The rules in force, simulated, reproduce what is on record: of imported logs, and of a life with late facts, corrections and re-filing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from engine.bootstrap import migrate, open_database
from engine.clock import SystemClock
from engine.intake.decide import advance, decide
from engine.provisioning.folder import read_folder
from engine.provisioning.record import provision
from engine.storage.config import Configuration, record_all
from engine.storage.connect import Connection, Pool
from engine.storage.world import load_world
from rules.snapshot import decode, encode
from tests.engine import test_import_backfill as small
from tests.engine import test_wabo as wabo
from tests.support.simulations import counts, differences, in_force, rows, simulate
from tests.support.worlds import ITEM, MONDAY, TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres
SHORTER = {"items": [{"code": "P", "committed_limit": {"amount": 2, "unit": "working_days"}}]}


def recorded(pool: Pool) -> dict[str, int]:
    """Breaches that stand, by unit, as the read tables tell them."""
    with pool.connection() as connection:
        return dict(connection.execute("SELECT unit, count(*) FROM breach WHERE status = 'standing' GROUP BY 1"))


def reproduces(pool: Pool, clock: object, least: int, workers: int = 0) -> None:
    """No difference anywhere, and the figures before are those of the read tables."""
    with pool.connection() as connection:
        world = load_world(connection)
        cases = connection.execute("SELECT count(*) FROM case_file WHERE item IS NOT NULL").fetchone()
    kept = simulate(pool, clock, in_force(world), workers)
    assert differences(pool, kept) == []
    assert kept.figures["cases"] == cases[0] >= least
    found = Counter({n: c[0] for d, n, f, c in kept.figures["counts"] if (d, f) == ("unit", "breaches")})
    assert {unit: number for unit, number in found.items() if number} == recorded(pool)


@pytest.fixture
def empty(postgres_url, tmp_path) -> Iterator[Pool]:
    migrate(postgres_url)
    with open_database(postgres_url, tmp_path / "master.key") as pool:
        yield pool


def furnished(pool: Pool, folder: Path) -> None:
    with pool.connection() as connection:
        provision(connection, read_folder(folder), SystemClock().now())


def test_a_log_that_was_imported(empty):
    furnished(empty, small.LOG / "world")
    small.imported(empty, small.LOG / "log.csv")
    reproduces(empty, SystemClock(), 30)


def test_a_log_of_real_permits(empty):
    file = wabo.log()
    furnished(empty, wabo.EXAMPLE / "world")
    wabo.imported(empty, file)
    reproduces(empty, SystemClock(), 1434, workers=2)


# -- a life with everything that moves a date ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived(postgres_server, tmp_path_factory):
    """Two months of one item, twelve cases, looked at hour by hour."""
    clock = TestClock()
    with a_database(postgres_server, tmp_path_factory.mktemp("lived")) as pool:
        with pool.connection() as db:
            for at, act in sorted(_course(), key=lambda one: one[0]):
                _until(db, clock, at)
                act(db, clock)
                db.commit()
            _until(db, clock, MONDAY + timedelta(days=60))
            db.commit()
        yield pool, clock


def _course():
    """(when it reaches us, what then happens)."""
    for n in range(12):
        start = MONDAY + timedelta(days=n * 2 % 9, hours=n)
        yield start, _said(accepted(f"C{n}", start, holder="zhang"))
        yield from ((start + late, _said(one)) for late, one in _fate(n, start))
    # 9 and 10 March become days off on the 6th; the item is re-filed with three days from the 9th on.
    more = {"extends": "CN", "version": "CN-2", "known_from": "2026-03-06T09:00:00+08:00",
            "days": [{"on": f"2026-03-{day:02}", "kind": "off"} for day in (9, 10)]}  # fmt: skip
    yield MONDAY + timedelta(days=4), _recorded(Configuration(kind="calendar", id="CN-2", body=more))
    again = ITEM | {
        "version": 2,
        "effective_from": "2026-03-09",
        "committed_limit": {"amount": 3, "unit": "working_days"},
    }
    day = datetime(2026, 3, 8, 16, tzinfo=UTC)
    yield MONDAY + timedelta(days=5), _recorded(Configuration(kind="item", id="P", body=again, effective_from=day))
    yield MONDAY + timedelta(days=30), _confirmed("C4")


def _fate(n: int, start: datetime):
    def on(days: int) -> datetime:
        return start + timedelta(days=days)

    def fact(type_: str, at: datetime, **data):
        return message(f"C{n}/{type_}/{at:%d%H}", type_, f"C{n}", at, **data)

    day = timedelta(days=1)
    match n % 6:
        case 0:
            yield 2 * day, fact("decision.served", on(2), result="approved")
        case 1:  # told a fortnight after it happened
            yield 16 * day, fact("decision.served", on(3), result="approved")
        case 2:
            yield 2 * day, fact("clock.suspended", on(2), reason="expert_review")
            yield 9 * day, fact("clock.resumed", on(6), reason="expert_review")
        case 3:  # served, and that taken back by somebody from outside
            yield 3 * day, fact("decision.served", on(3), result="approved")
            served = f"C{n}/decision.served/{on(3):%d%H}"
            yield 20 * day, fact("fact.retracted", on(20), fact=served, reason="误报", approver="sun")
        case 4:
            yield 14 * day, fact("decision.served", on(14), result="refused")
        case _:  # the start is corrected to two days before
            yield day, fact("clock.suspended", on(1), reason="expert_review")
            earlier = {"occurred_at": (start - 2 * day).isoformat()}
            yield (
                4 * day,
                fact("fact.corrected", on(4), fact=f"C{n}/accepted", changes=earlier, reason="误填", approver="sun"),
            )


def _said(envelope):
    return lambda db, clock: decide(db, [envelope], clock)


def _recorded(piece: Configuration):
    return lambda db, clock: record_all(db, [piece], "tests", clock.now())


def _confirmed(case: str):
    def act(db: Connection, clock: TestClock) -> None:
        words = {"actor": "sun", "finding": "limit_expired", "grade": "ordinary"}
        decide(db, [message(f"{case}/confirmed", "finding.confirmed", case, clock.now(), **words)], clock)

    return act


def _until(db: Connection, clock: TestClock, at: datetime) -> None:
    while row := db.execute("SELECT min(next_at) FROM wake WHERE NOT ended AND next_at <= %s", (at,)).fetchone():
        if row[0] is None:
            break
        clock.go(max(clock.at, row[0]))
        due = db.execute("SELECT stream_id FROM wake WHERE NOT ended AND next_at <= %s", (clock.at,)).fetchall()
        advance(db, [one[0] for one in due], clock)
    clock.go(max(clock.at, at))


def test_a_life_with_late_facts_corrections_another_calendar_and_a_filing_anew(lived):
    pool, clock = lived
    with pool.connection() as connection:
        versions = {v for (v,) in connection.execute("SELECT item_version FROM case_file")}
        standing = connection.execute("SELECT count(*) FROM breach WHERE status = 'standing'").fetchone()[0]
    assert versions == {1, 2}
    assert standing > 3
    reproduces(pool, clock, 12)


def test_a_shorter_limit_is_noticed_in_that_life(lived):
    pool, clock = lived
    assert counts(simulate(pool, clock, SHORTER))["earlier"][2] > 3


@pytest.mark.parametrize("gone", ["breach:committed", "limit:committed", "outcome"])
def test_a_record_that_says_otherwise_is_reported_with_its_case(lived, gone):
    """What was never written, or lost, is not taken for granted."""
    pool, clock = lived
    with pool.connection() as connection:
        world, case = load_world(connection), _having(connection, gone)
    with _without(pool, case, gone):
        kept = simulate(pool, clock, in_force(world))
    assert [row.case_id for row in rows(pool, kept)] + kept.figures["unlike"]["cases"] == [case]


def _having(connection: Connection, key: str) -> str:
    found = connection.execute("SELECT stream_id, snapshot FROM stream WHERE kind = 'case' ORDER BY 1").fetchall()
    return next(id_[5:] for id_, snapshot in found if _stands(decode(snapshot).records.get(key)))


def _stands(record) -> bool:
    return record is not None and record.status in {"standing", "set", "in_force"}


@contextmanager
def _without(pool: Pool, case: str, key: str) -> Iterator[None]:
    """The record of one case without one of its keys, for a while."""
    with pool.connection() as connection:
        (before,) = connection.execute("SELECT snapshot FROM stream WHERE stream_id = %s", (f"case:{case}",)).fetchone()
    stream = decode(before)
    records = {name: record for name, record in stream.records.items() if name != key}
    _write(pool, case, encode(msgspec.structs.replace(stream, records=records)))
    yield
    _write(pool, case, before)


def _write(pool: Pool, case: str, snapshot: bytes) -> None:
    with pool.connection() as connection:
        connection.execute("UPDATE stream SET snapshot = %s WHERE stream_id = %s", (snapshot, f"case:{case}"))
