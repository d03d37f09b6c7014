"""Draft rules over past cases: nothing changes where nothing is other, and what changes is what a rehearsal under the draft would hold."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest

from engine.simulation import keep, reading, run
from engine.simulation.draft import Draft, Scope, drafted
from engine.simulation.keep import Asked, Kept
from engine.simulation.run import carry_out
from engine.storage.world import load_world
from rules.errors import RuleError
from tests.support import simulations
from tests.support.county import at
from tests.support.simulations import counts, in_force

pytestmark = pytest.mark.postgres


def simulate(life, draft: dict[str, Any], workers: int = 0, **scope: Any) -> Kept:
    return simulations.simulate(life.pool, life.clock, draft, workers, **scope)


def rows(life, kept: Kept, **wanted: str) -> list[keep.CaseRow]:
    return simulations.rows(life.pool, kept, **wanted)


@pytest.fixture(scope="module")
def world(life):
    with life.pool.connection() as connection:
        return load_world(connection)


@pytest.fixture(scope="module")
def judged(life):
    """Breaches confirmed, so that measures are proposed."""
    with life.pool.connection() as connection:
        found = connection.execute(
            "SELECT case_id, kind, clock FROM breach WHERE status = 'standing' AND kind = 'limit_expired' ORDER BY case_id LIMIT 4"
        ).fetchall()
    assert found
    for n, (case, kind, _) in enumerate(found):
        life.happen(
            at("2026-03-26", f"10:{n:02d}"),
            "finding.confirmed",
            case,
            actor="inspector",
            finding=kind,
            grade="ordinary",
        )
    life.wait_until(at("2026-03-27"))
    return found


@pytest.mark.parametrize("workers", [0, 2])
def test_unchanged_rules_reproduce_what_is_recorded(life, judged, world, workers):
    kept = simulate(life, in_force(world), workers)
    assert rows(life, kept) == []
    with life.pool.connection() as connection:
        assert keep.measures(connection, kept.id) == []
        recorded = Counter(
            dict(connection.execute("SELECT unit, count(*) FROM breach WHERE status = 'standing' GROUP BY 1"))
        )
        levels = Counter(
            dict(
                connection.execute(
                    "SELECT proposed_level, count(*) FROM proceeding WHERE person IS NOT NULL GROUP BY 1"
                )
            )
        )
        cases = connection.execute("SELECT count(*) FROM case_file WHERE item IS NOT NULL").fetchone()
    assert all(count[2:] == [0, 0] and count[0] == count[1] for _, _, _, count in kept.figures["counts"])
    assert kept.figures["cases"] == cases[0]
    assert kept.figures["unlike"]["number"] == kept.figures["failed"]["number"] == 0
    assert recorded == {n: c[0] for d, n, f, c in kept.figures["counts"] if d == "unit" and f == "breaches" and c[0]}
    assert levels
    assert levels == {int(f[8:]): c[0] for f, c in counts(kept).items() if f.startswith("measure:")}


def most_used(life) -> str:
    with life.pool.connection() as connection:
        found = connection.execute(
            "SELECT item FROM case_file JOIN breach USING (case_id) WHERE breach.status = 'standing' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        ).fetchone()
    return found[0]


def test_a_longer_limit_lists_every_case_behind_each_figure(life, judged, world):
    code = most_used(life)
    kept = simulate(
        life, {"items": [{"code": code, "committed_limit": {"amount": 60, "unit": "working_days"}, "steps": []}]}
    )
    total = counts(kept)
    assert total["breaches"][3] > 0
    assert kept.items == [code]
    for figure in ("warning", "yellow", "red", "deemed", "held", "earlier", "later"):
        before, after, gained, lost = total.get(figure, [0, 0, 0, 0])
        assert before + gained - lost == after or figure in {"earlier", "later"}
        assert len(rows(life, kept, gained=figure)) == gained
        assert len(rows(life, kept, lost=figure)) == lost
    assert {row.item for row in rows(life, kept)} == {code}


def test_figures_by_unit_and_person_add_up_to_the_whole(life, judged, world):
    codes = sorted({item.code for item in world.items()})
    shorter = [{"code": code, "committed_limit": {"amount": 1, "unit": "working_days"}, "steps": []} for code in codes]
    kept = simulate(life, {"items": shorter})
    for figure in ("cases", "yellow", "red", "deemed", "breaches"):
        whole = counts(kept).get(figure, [0, 0, 0, 0])
        parts = [c for d, _, f, c in kept.figures["counts"] if d == "unit" and f == figure]
        assert [sum(part[n] for part in parts) for n in range(4)] == whole
    with life.pool.connection() as connection:
        threatened = [
            m for m in keep.measures(connection, kept.id, most=1000) if m.threatens is not None and m.after is None
        ]
    assert threatened
    assert {m.docket.startswith("unit:") for m in threatened} == {False}


def test_another_ladder_changes_the_measures_and_nothing_else(life, judged, world):
    harder = {"matrix": {grade: [5, 6, 7, 7] for grade in ("minor", "ordinary", "serious", "grave")}}
    units = sorted({one.unit for one in world.accountability if one.unit})
    kept = simulate(life, {"accountability": [harder, *({"unit": unit, **harder} for unit in units)]})
    assert rows(life, kept) == []
    with life.pool.connection() as connection:
        found = keep.measures(connection, kept.id)
    assert found
    assert all(m.before < 5 <= m.after for m in found if not m.docket.startswith("unit:"))


def test_a_calendar_with_more_days_off_moves_the_dates_it_bears_on(life, world):
    days = [{"on": f"2026-02-{day:02d}", "kind": "off"} for day in (5, 6, 9, 10)]
    kept = simulate(life, {"calendar": {"extends": world.calendars[-1][1].version, "days": days}})
    assert counts(kept)["later"][2] > 0
    assert counts(kept).get("earlier", [0, 0, 0])[2] == 0


def test_the_scope_is_the_days_of_acceptance_and_the_units(life, world):
    draft = {"calendar": {"extends": world.calendars[-1][1].version}}
    with life.pool.connection() as connection:
        unit, number = connection.execute(
            "SELECT unit, count(*) FROM case_file WHERE accepted_at >= '2026-02-10+08' AND accepted_at < '2026-03-01+08' GROUP BY 1 LIMIT 1"
        ).fetchone()
    kept = simulate(life, draft, since="2026-02-10", until="2026-02-28", units=[unit])
    assert kept.figures["cases"] == kept.total == number


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        ({}, "missing_field", "items"),
        ({"items": [{"code": "nothing"}]}, "unknown_item", "items[0].code"),
        ({"accountability": [{"matriks": None}]}, "unknown_field", "accountability[0].matriks"),
    ],
)
def test_a_draft_that_cannot_be_read_is_refused_with_the_place(world, draft, code, field):
    with pytest.raises(RuleError) as refused:
        drafted(world, msgspec.convert(draft, Draft))
    assert (refused.value.code, refused.value.field) == (code, field)


def begun(life, draft: dict[str, Any]) -> str:
    with life.pool.connection() as connection:
        return keep.ask(connection, Asked("试算", "tests", msgspec.convert(draft, Draft), Scope()), life.clock.now())


def found(life, id_: str) -> Kept:
    with life.pool.connection() as connection:
        kept = keep.find(connection, id_)
    assert kept is not None
    return kept


@pytest.mark.parametrize("workers", [0, 2])
def test_one_that_is_cancelled_ends_without_a_result_and_leaves_no_cases(life, monkeypatch, workers):
    """Somebody else says so while cases are looked at."""
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)
    monkeypatch.setattr(reading, "CHUNK", 4)
    id_ = begun(life, {"calendar": {"extends": "CN", "days": [{"on": "2026-02-05", "kind": "off"}]}})
    seen = []

    def told(done: int, total: int) -> None:
        seen.append((done, total))
        if done >= 8:
            with life.pool.connection() as connection:
                keep.cancel(connection, id_, "inspector")

    carry_out(life.pool, life.clock, id_, told, workers=workers)
    kept = found(life, id_)
    assert (kept.status, kept.cancelled_by, kept.figures) == ("cancelled", "inspector", None)
    assert seen[-1][0] < seen[-1][1]
    assert rows(life, kept) == []


def test_the_keyboard_ends_one_and_what_has_ended_is_not_cancelled(life):
    id_ = begun(life, {"accountability": [{}]})

    def interrupted(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(life.pool, life.clock, id_, interrupted)
    assert found(life, id_).status == "cancelled"
    kept = simulate(life, {"accountability": [{}]})
    with life.pool.connection() as connection:
        keep.cancel(connection, kept.id, "inspector")
    assert found(life, kept.id).status == "done"


def test_one_that_was_cancelled_while_it_waited_is_not_begun(life):
    id_ = begun(life, {"accountability": [{}]})
    with life.pool.connection() as connection:
        keep.cancel(connection, id_, "inspector")
    carry_out(life.pool, life.clock, id_, lambda *_: pytest.fail("it was begun"))
    assert found(life, id_).status == "cancelled"


def test_one_that_fails_says_so_and_keeps_no_part_of_a_result(life, monkeypatch):
    id_ = begun(life, {"calendar": {"extends": "CN", "days": [{"on": "2026-02-05", "kind": "off"}]}})
    monkeypatch.setattr(reading, "dockets", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        carry_out(life.pool, life.clock, id_)
    kept = found(life, id_)
    assert (kept.status, kept.problem, rows(life, kept)) == ("failed", "ZeroDivisionError", [])
