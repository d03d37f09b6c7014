"""Figures that are kept are those that would be worked out now, whatever happened since; and nothing is worked out twice for nothing."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from engine.scores import kept, marks
from engine.scores.marks import Key, scope_of
from engine.storage.world import load_world
from rules.reporting_period import reporting_period
from tests.support.county import at

pytestmark = pytest.mark.postgres
QUARTER = reporting_period("2026Q1")
BY_DAY, BY_MONTH = date(2026, 3, 31), date.max


def differing(life, today):
    """The keys by which what is kept is not what is there."""
    with life.pool.connection() as db:
        world = load_world(db)
        scope = scope_of(QUARTER, world)
        return [
            key
            for key in get_args(Key)
            if kept.tallies(db, world, QUARTER, today, key)
            != marks.tallies(db, scope, key, "measures" if key == "measure" else None)
        ]


def buckets(life):
    with life.pool.connection() as db:
        return db.execute("SELECT since, made_at FROM evaluation_bucket ORDER BY since").fetchall()


def a_late_case(life):
    with life.pool.connection() as db:
        return db.execute(
            "SELECT case_id, unit FROM finding WHERE kind = 'limit_expired' AND status = 'open' ORDER BY 1 LIMIT 1"
        ).fetchone()


@pytest.mark.parametrize("today", [BY_DAY, BY_MONTH], ids=["by day", "by month"])
def test_what_is_kept_is_what_is_there(life, today):
    assert differing(life, today) == []


def test_a_second_look_works_nothing_out(life):
    differing(life, BY_DAY)
    before = buckets(life)
    assert len(before) == 90  # the days of January to March
    differing(life, BY_DAY)
    assert buckets(life) == before


def test_only_the_days_that_were_touched_are_worked_out_again(life):
    differing(life, BY_DAY)
    before = dict(buckets(life))
    case, _ = a_late_case(life)
    life.happen(at("2026-03-25", "11:00"), "complaint.filed", case, text="太慢")
    assert differing(life, BY_DAY) == []
    again = {since for since, made_at in buckets(life) if before[since] != made_at}
    assert 1 <= len(again) < 10


def test_a_breach_that_proves_none_is_taken_out_of_every_figure_it_was_in(life):
    """Its own day, the day of its cards and that on which the case ended."""
    assert differing(life, BY_DAY) == []
    case, _ = a_late_case(life)
    said = {"finding": "limit_expired", "code": "force_majeure", "reason": "洪水", "actor": "inspection-you"}
    life.happen(at("2026-03-25", "12:00"), "finding.dismissed", case, **said)
    life.happen(at("2026-03-25", "13:00"), "decision.served", case, result="approved")
    assert differing(life, BY_DAY) == []
    life.happen(
        at("2026-03-25", "14:00"),
        "fact.retracted",
        case,
        fact=_first_fact(life, case),
        reason="误报",
        actor="inspection-you",
    )
    assert differing(life, BY_DAY) == differing(life, BY_MONTH) == []


def test_what_is_kept_ahead_is_not_worked_out_by_who_looks(life):
    with life.pool.connection() as db:
        kept.forget(db)
        kept.keep(db, load_world(db), date(2026, 3, 25))
    before = buckets(life)
    assert len(before) == 11 + 31 + 31 + 28 + 25  # months up to November, from December on the days
    with life.pool.connection() as db:
        kept.tallies(db, load_world(db), reporting_period("2026Q1"), date(2026, 3, 25), "unit")
    assert buckets(life) == before
    assert differing(life, date(2026, 3, 25)) == []


def _first_fact(life, case):
    with life.pool.connection() as db:
        row = db.execute(
            "SELECT message_id FROM entry WHERE stream_id = %s AND kind = 'fact' ORDER BY version DESC LIMIT 1",
            (f"case:{case}",),
        ).fetchone()
    return row[0]


def test_rows_written_past_the_door_are_noticed_too(life):
    """The reconciler puts rows right by itself."""
    assert differing(life, BY_DAY) == []
    for change in (
        "UPDATE case_file SET unit = 'planning' WHERE case_id IN (SELECT case_id FROM breach WHERE unit <> 'planning' LIMIT 1)",
        "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE cause LIKE 'limit:%' LIMIT 1)",
        "UPDATE breach SET status = 'withdrawn' WHERE id IN (SELECT id FROM breach WHERE status = 'standing' LIMIT 1)",
        "UPDATE case_file SET closed_at = closed_at - interval '9 days' WHERE case_id IN (SELECT case_id FROM case_file WHERE status = 'concluded' LIMIT 1)",
    ):
        with life.pool.connection() as db:
            assert db.execute(change).rowcount == 1
        assert differing(life, BY_DAY) == [], change


def test_a_change_that_is_not_committed_yet_is_noticed_when_it_is(life):
    assert differing(life, BY_DAY) == []
    with life.pool.connection() as slow:
        slow.execute(
            "UPDATE case_file SET closed_at = closed_at - interval '1 day' WHERE case_id IN"
            " (SELECT case_id FROM case_file WHERE status = 'concluded' ORDER BY 1 LIMIT 1)"
        )
        assert differing(life, BY_DAY) == []  # others see, and keep, what was before
    assert differing(life, BY_DAY) == []
