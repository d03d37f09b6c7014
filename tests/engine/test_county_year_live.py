"""A small year of the county on PostgreSQL through the real door: alerts and scores are those of the rehearsal, figure by figure."""

from __future__ import annotations

import msgspec
import pytest

from bench.year.check import check
from bench.year.lives import year
from engine.bootstrap import migrate, open_database
from engine.rehearsal.loading import load
from engine.scores.board import board, rehearsed
from engine.scores.marks import listed, scope_of
from engine.storage.world import load_world
from rules.figures import FIGURES
from rules.marks import marks
from rules.rehearsal import Rehearsal
from rules.reporting_period import reporting_period
from tests.support import virtual

pytestmark = pytest.mark.postgres
PERIODS = ("2025Q1", "2025Q2", "2025Q3", "2025Q4", "2025")
CASES = 110


@pytest.fixture(scope="module")
def spec():
    """Without outages: on the database nobody was away."""
    return {**year(CASES, seed=5), "outages": []}


@pytest.fixture(scope="module")
def played(spec):
    loaded = load(msgspec.json.encode(spec))
    made = Rehearsal(loaded.world, loaded.until, loaded.outages)
    made.play(loaded.facts)
    return made


@pytest.fixture(scope="module")
def pool(spec, postgres_server, tmp_path_factory):
    from tests.support.servers import fresh_database

    with fresh_database(postgres_server) as url:
        migrate(url)
        with open_database(url, tmp_path_factory.mktemp("year") / "master.key", size=2) as pool:
            virtual.play(pool, spec)
            yield pool


def test_alerts_on_the_database_are_those_of_the_slow_road(pool, spec):
    with pool.connection() as db:
        rows = db.execute("SELECT case_id, data FROM alert WHERE stream_id LIKE 'case:%%'").fetchall()
    verdict = check(spec, spec["facts"], [{**data, "case": case} for case, data in rows])
    assert verdict.is_clean, [*verdict.lost[:3], *verdict.surplus[:3], *verdict.doubled[:3]]
    assert verdict.sent > CASES


def test_every_mark_on_the_database_is_one_of_the_rehearsal_and_the_reverse(pool, played):
    mine = list(marks(played.streams.values(), played.world, played.until))
    with pool.connection() as db:
        scope = scope_of(reporting_period("2025"), load_world(db))
        for figure in FIGURES:
            wanted = [
                m
                for m in mine
                if m.figure in ({"on_time", "late"} if figure == "due" else {figure})
                and scope.since <= m.at < scope.till
            ]
            assert sorted(listed(db, scope, figure)) == sorted(wanted), figure
    assert {m.figure for m in mine} >= {"concluded", "on_time", "late", "by_silence", "direct", "suspensions", "red", "escalated",
                                        "breaches_withdrawn", "alerts_unanswered", "breaches_confirmed"}  # fmt: skip


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("subject", ["unit", "person"])
def test_scores_and_grades_are_those_of_the_rehearsal(pool, played, period, subject):
    found = list(marks(played.streams.values(), played.world, played.until))
    with pool.connection() as db:
        live = board(db, load_world(db), reporting_period(period), subject)
    assert live == rehearsed(found, played.world, reporting_period(period), subject)
