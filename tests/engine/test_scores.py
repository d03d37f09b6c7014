"""Figures from the read tables: the same marks as worked out in memory, each figure with its cases, settled as known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.ledger.read import read_streams
from engine.rebuild.streams import retell, with_view
from engine.scores.board import board, commendation, scope_for
from engine.scores.marks import Scope, listed, scope_of, tallies
from engine.scores.settlement import changes, settle, settled
from engine.scores.tables import tables
from engine.storage.world import load_world
from rules.evaluation import NO_CASES
from rules.figures import FIGURES, by_person, by_unit, within
from rules.marks import marks
from rules.reporting_period import reporting_period
from tests.support.county import at

pytestmark = pytest.mark.postgres
YEAR, QUARTER = reporting_period("2026"), reporting_period("2026Q1")


def told(life, when, type_, case, **data):
    answer = life.happen(when, type_, case, **data)
    assert answer.code is None, (type_, answer)


@pytest.fixture(scope="module")
def judged(life):
    """The county's two months, and what people said of them: complaints, ratings, a breach confirmed and decided on."""
    with life.pool.connection() as db:
        late = db.execute(
            "SELECT case_id, person FROM finding WHERE kind = 'limit_expired' AND clock = 'committed' AND person IS NOT NULL"
            " ORDER BY 1 LIMIT 3"
        ).fetchall()
        stopped = db.execute("SELECT case_id FROM case_file WHERE status = 'suspended' ORDER BY 1 LIMIT 1").fetchone()
    case, person = late[0]
    about = {"finding": "limit_expired", "actor": "inspection-you"}
    told(life, at("2026-03-25", "11:00"), "finding.confirmed", case, grade="ordinary", **about)
    told(life, at("2026-03-25", "12:00"), "statement.filed", case, person=person, text="陈述", actor=person)
    told(
        life,
        at("2026-03-27", "10:00"),
        "measure.decided",
        case,
        person=person,
        level=2,
        reason="按建议",
        actor="county-zhao",
    )
    told(life, at("2026-03-27", "11:00"), "finding.dismissed", late[1][0], code="force_majeure", reason="洪水", **about)
    for n, score in enumerate((5, 4, 2)):
        told(life, at("2026-03-27", f"12:0{n}"), "rating.submitted", late[n][0], score=score)
    told(life, at("2026-03-27", "12:10"), "complaint.filed", case, text="太慢")
    told(life, at("2026-03-27", "12:15"), "complaint.answered", case, result="upheld")
    told(life, at("2026-03-27", "12:20"), "clock.resumed", stopped[0], reason="hearing")
    told(life, at("2026-03-27", "12:30"), "decision.served", stopped[0], result="approved")
    return life


@pytest.fixture(scope="module")
def in_memory(judged):
    """All marks by the pure road, from the streams as the ledger tells them."""
    with judged.pool.connection() as db:
        world = load_world(db)
        streams = []
        for stream_id, chained in read_streams(db, ["case", "docket"]):
            told = retell(stream_id, chained)
            streams.append(with_view(told, world) if stream_id.startswith("case:") else told.stream)
    return list(marks(streams, world, judged.clock.shows))


@pytest.fixture
def db(judged):
    with judged.pool.connection() as connection:
        yield connection


def everything(db) -> Scope:
    return scope_of(YEAR, load_world(db))


def test_the_statement_finds_the_same_marks_as_the_rules_in_memory(db, in_memory):
    assert {mark.figure for mark in in_memory} >= set(FIGURES) - {
        "due",
        "window",
        "direct",
        "escalated",
        "breaches_withdrawn",
    }
    for figure in FIGURES:
        mine = sorted(m for m in in_memory if m.figure in ({"on_time", "late"} if figure == "due" else {figure}))
        assert sorted(listed(db, everything(db), figure)) == mine, figure


def test_the_figures_by_unit_and_by_person_are_those_of_the_rules(db, in_memory):
    assert tallies(db, everything(db), "unit") == by_unit(in_memory)
    assert tallies(db, everything(db), "person") == by_person(in_memory)


def test_a_period_takes_its_own_marks_and_no_others(db, in_memory):
    scope = scope_of(reporting_period("2026-03"), load_world(db))
    assert tallies(db, scope, "unit") == by_unit(
        within(in_memory, at("2026-03-01", "00:00"), at("2026-04-01", "00:00"))
    )


@pytest.mark.parametrize("subject", ["unit", "person"])
def test_every_figure_leads_to_exactly_its_cases(db, subject):
    world = load_world(db)
    found = board(db, world, QUARTER, subject)
    assert any(row.tally.sums for row in found.rows)
    for row in found.rows:
        for figure in FIGURES:
            unit, person = (row.id, None) if subject == "unit" else (None, row.id)
            cases = listed(db, scope_for(world, QUARTER, None, unit, person), figure)
            assert len(cases) == row.tally.count(figure), (row.id, figure)
            assert sum(mark.amount for mark in cases) == row.tally.of(figure).total


def test_a_unit_answers_for_all_below_it_and_sees_nothing_else(db):
    world = load_world(db)
    whole = board(db, world, YEAR, "unit")
    county = next(row for row in whole.rows if row.id == "county")
    assert county.tally == whole.total
    own = board(db, world, YEAR, "unit", frozenset({"planning"}))
    assert [row.id for row in own.rows] == ["planning"]
    assert own.total == next(row for row in whole.rows if row.id == "planning").tally


def test_a_person_has_only_the_marks_of_units_that_may_be_seen(db):
    found = board(db, load_world(db), YEAR, "person", frozenset({"planning"}))
    assert found.rows and all(row.unit == "planning" for row in found.rows if row.tally.count("concluded"))


def test_a_unit_without_cases_has_no_score_and_stands_last(db):
    rows = board(db, load_world(db), QUARTER, "unit").rows
    empty = [row.id for row in rows if row.score.grade == NO_CASES]
    assert empty and [row.id for row in rows][-len(empty) :] == sorted(empty)
    assert all(row.score.hundredths is None for row in rows if row.id in empty)


def test_the_same_quarter_gives_the_same_figures_twice(db):
    world = load_world(db)
    assert board(db, world, QUARTER, "unit") == board(db, world, QUARTER, "unit")


def test_pages_of_a_list_follow_each_other_without_gap_or_repetition(db):
    from engine.scores.marks import place

    whole = listed(db, everything(db), "warnings")
    pages, after = [], ()
    while found := listed(db, everything(db), "warnings", after, 3):
        pages += found
        after = place(found[-1])
    assert pages == whole and len(whole) > 6


def test_report_tables_add_up_to_the_same_totals(db):
    found = {table.name: table for table in tables(db, load_world(db), YEAR)}
    assert set(found) == {"unit", "month", "category", "measure"}
    units = found["unit"].total
    assert units == found["month"].total and units.count("concluded") > 0
    assert found["measure"].total.count("measures") == units.count("measures") == 1
    assert sum(t.count("concluded") for t in found["category"].rows.values()) == units.count("concluded")
    assert set(found["month"].rows) <= {"2026-02", "2026-03"}


def test_the_county_itself_is_not_commended_and_nobody_is_without_enough_quarters(db):
    assert commendation(db, load_world(db), YEAR, "unit") == []


def test_a_settled_quarter_stays_and_a_late_fact_shows_as_a_change(db, judged):
    world = load_world(db)
    now = datetime(2026, 4, 1, tzinfo=UTC)
    first = board(db, world, QUARTER, "unit")
    settle(db, first, now, "office-wang")
    kept = settled(db, "2026Q1", "unit")
    assert kept is not None and kept.at == now and kept.by == "office-wang"
    assert changes(kept.said, board(db, world, QUARTER, "unit")) == []
    db.commit()

    open_case = db.execute(
        "SELECT case_id, unit FROM case_file WHERE status = 'open' AND level = 'none' ORDER BY 1 LIMIT 1"
    ).fetchone()
    assert open_case is not None
    case, unit = open_case
    judged.happen(at("2026-03-30", "10:00"), "complaint.filed", case, text="迟报")
    noted = [change for change in changes(kept.said, board(db, world, QUARTER, "unit")) if change.id == unit]
    assert ("complaints", 1) in [(c.what, (c.now or 0) - (c.settled or 0)) for c in noted]
    assert settled(db, "2026Q1", "unit") == kept


def test_what_was_never_settled_is_none(db):
    assert settled(db, "2019Q1", "unit") is None
