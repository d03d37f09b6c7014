"""A wave on a real database: sweep, helpers and looks share it, and nobody is told what he sees himself."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.effects.advancing import advance_cases
from engine.effects.moments import Waking
from engine.effects.spread import Spread
from engine.intake.decide import advance
from engine.jobs import sweep as sweeping
from engine.jobs.sweep import BATCH, help_once, sweep
from engine.storage.wakes import resting
from tests.support.worlds import TestClock, a_database, accepted, served
from tests.workflows.running import Engine

pytestmark = pytest.mark.postgres


def told_all(engine: Engine) -> None:
    """As the relay does once Temporal took every word."""
    engine.rows("UPDATE wake SET sent_seq = seq, armed_until = next_at RETURNING 1")


def test_a_worker_helps_with_whole_batches_and_leaves_the_rest(postgres_url: str, tmp_path: Path) -> None:
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, TestClock())
        engine.take(*(accepted(f"H{n}") for n in range(BATCH + 100)))
        assert help_once(pool, engine.clock) == 0
        engine.clock.go(timedelta(days=4, hours=12))  # type: ignore[attr-defined]
        assert help_once(pool, engine.clock) == BATCH
        assert help_once(pool, engine.clock) == 0
        assert engine.value("SELECT count(*) FROM entry WHERE type = 'warning_raised'") == BATCH
        assert sweep(pool, engine.clock) == 100


def test_a_helper_that_dies_before_its_end_leaves_everything_to_the_others(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*arguments: Any) -> None:
        advance(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(sweeping, "BATCH", 50)
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, TestClock())
        engine.take(*(accepted(f"D{n}") for n in range(60)))
        engine.clock.go(timedelta(days=4, hours=12))  # type: ignore[attr-defined]
        with monkeypatch.context() as patched:
            patched.setattr(sweeping, "advance", dies)
            with pytest.raises(KeyboardInterrupt):
                help_once(pool, engine.clock)
        assert engine.value("SELECT count(*) FROM entry WHERE type = 'warning_raised'") == 0
        assert sweep(pool, engine.clock) == 60
        assert engine.value("SELECT count(*) FROM entry WHERE type = 'warning_raised'") == 60


def test_sweep_and_helpers_side_by_side_do_each_thing_once(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 20)
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, TestClock())
        engine.take(*(accepted(f"S{n}") for n in range(200)))
        go = threading.Barrier(3)
        done: dict[str, int] = {}

        def take_part(name: str) -> None:
            go.wait(10)
            act = sweep if name == "sweep" else help_once
            done[name] = sum(iter(lambda: act(pool, engine.clock), 0))

        engine.clock.go(timedelta(days=4, hours=12))  # type: ignore[attr-defined]
        threads = [threading.Thread(target=take_part, args=(name,)) for name in ("sweep", "one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        once = engine.rows(
            "SELECT stream_id, count(*) FROM entry WHERE type = 'warning_raised' GROUP BY 1 HAVING count(*) = 1"
        )
        assert len(once) == 200
        assert set(done) == {"sweep", "one", "two"}


def test_whoever_is_about_to_wake_by_himself_is_not_told_of_the_end(postgres_url: str, tmp_path: Path) -> None:
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, TestClock())
        engine.take(accepted("WAKES"), accepted("SLEEPS"))
        told_all(engine)
        engine.take(served("SLEEPS", engine.clock.now()))
        assert engine.rows("SELECT stream_id FROM wake WHERE seq > sent_seq") == [("case:SLEEPS",)]
        while not engine.value("SELECT ended FROM wake WHERE stream_id = 'case:WAKES'"):
            told_all(engine)
            engine.clock.go(engine.value("SELECT next_at FROM wake WHERE stream_id = 'case:WAKES'"))  # type: ignore[attr-defined]
            engine.beat()
            sweep(pool, engine.clock)
        assert "alert_escalated" in engine.entries("WAKES")
        assert engine.unsent() == 0


def test_whoever_looked_himself_is_not_told_what_he_saw(postgres_url: str, tmp_path: Path) -> None:
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, TestClock())
        engine.take(accepted("LOOKS"))
        told_all(engine)
        engine.take(served("LOOKS", engine.clock.now()))
        engine.rows("UPDATE wake SET ended = false, next_at = %s, seq = sent_seq RETURNING 1", engine.clock.now())
        found = advance_cases(pool, Waking(engine.clock, Spread()), ["case:LOOKS"])
        assert found["case:LOOKS"].ended
        assert engine.rows("SELECT ended, armed_until FROM wake") == [(True, None)]
        assert engine.unsent() == 0


def test_a_look_at_what_the_sweep_has_done_is_a_glance_with_the_same_answer(postgres_url: str, tmp_path: Path) -> None:
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, TestClock())
        engine.take(accepted("SWEPT"), accepted("DUE"))
        engine.clock.go(timedelta(days=4, hours=12))  # type: ignore[attr-defined]
        with pool.connection() as connection:
            advance(connection, ["case:SWEPT"], engine.clock)
        heads = "SELECT stream_id, version FROM stream WHERE kind = 'case' ORDER BY 1"
        before = dict(engine.rows(heads))
        waking = Waking(engine.clock, Spread())
        with pool.connection() as connection:
            assert list(resting(connection, ["case:SWEPT", "case:DUE"], engine.clock.now())) == ["case:SWEPT"]
        found = advance_cases(pool, waking, ["case:SWEPT", "case:DUE"])
        assert found["case:SWEPT"].face.due_on == found["case:DUE"].face.due_on
        assert found["case:SWEPT"].wake_at == pytest.approx(found["case:DUE"].wake_at, abs=1)
        after = dict(engine.rows(heads))
        assert after["case:SWEPT"] == before["case:SWEPT"]
        assert after["case:DUE"] > before["case:DUE"]
        assert engine.value("SELECT count(*) FROM wake WHERE armed_until = next_at") == 2
