"""Intake decides, the relay tells, workflows wake: on a real database and a real Temporal server."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from engine.jobs.audit import Audit
from engine.jobs.sweep import sweep
from engine.jobs.wake import renudge_all
from tests.support.worlds import TestClock, a_database, accepted, message, served
from tests.workflows.running import Engine, Running, cases
from tests.workflows.stoppable import temporal_to_stop
from tests.workflows.waiting import until

pytestmark = pytest.mark.temporal
DAY = 86_400.0


def run(url: str, address: str, folder: Path, clock: Any, test: Callable[[Engine], Coroutine[Any, Any, None]]) -> None:
    async def with_engine(pool: Any) -> None:
        await test(Engine(pool, await Client.connect(address), clock))

    with a_database(url, folder) as pool:
        asyncio.run(asyncio.wait_for(with_engine(pool), 120))


def test_a_case_lives_its_life_by_its_workflow_alone(postgres_url: str, temporal_address: str, tmp_path: Path) -> None:
    async def test(engine: Engine) -> None:
        (case,) = cases("life", 1)
        async with engine.working():
            engine.take(accepted(case, engine.clock.now()))
            await until(lambda: "consent_implied" in engine.entries(case), "implied consent")
            assert engine.entries(case).count("warning_raised") == 1
            assert engine.entries(case).count("limit_expired") == 1
            await until(lambda: shows(engine, f"case:{case}", "JiannuoStage"), "the stage in Temporal")

    run(postgres_url, temporal_address, tmp_path, Running(speed=DAY), test)


def test_what_is_decided_while_temporal_is_not_told_is_told_later(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        named = cases("later", 20)
        engine.take(*(accepted(case) for case in named))
        assert engine.unsent() == len(named)
        async with engine.working():
            await until(lambda: engine.unsent() == 0, "the relay")
            for case in named:
                described = await engine.handle(f"case:{case}").describe()
                assert described.status == WorkflowExecutionStatus.RUNNING
        disagreeing = engine.value("SELECT count(*) FROM wake WHERE armed_until <> next_at")
        assert disagreeing == 0

    run(postgres_url, temporal_address, tmp_path, TestClock(), test)


def test_a_case_that_closes_ends_its_workflow_long_before_the_armed_moment(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        (case,) = cases("closing", 1)
        async with engine.working():
            engine.take(accepted(case, engine.clock.now()))
            await until(lambda: engine.unsent() == 0)
            engine.take(served(case, engine.clock.now()))
            await until(lambda: has_ended(engine, f"case:{case}"), "the end of the workflow")
            assert "limit_expired" not in engine.entries(case)

    run(postgres_url, temporal_address, tmp_path, TestClock(), test)


async def shows(engine: Engine, id_: str, attribute: str) -> bool:
    described = await engine.handle(id_).describe()
    return any(pair.key.name == attribute and pair.value for pair in described.typed_search_attributes)


async def has_ended(engine: Engine, id_: str) -> bool:
    return (await engine.handle(id_).describe()).status == WorkflowExecutionStatus.COMPLETED


def test_sweep_and_workflows_racing_do_each_thing_once(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        named = cases("race", 30)
        async with engine.working():
            engine.take(*(accepted(case, engine.clock.now()) for case in named))
            stop = asyncio.Event()
            sweeping = asyncio.create_task(keep_sweeping(engine, stop))
            await until(lambda: all("consent_implied" in engine.entries(case) for case in named), "all consents")
            stop.set()
            await sweeping
        for case in named:
            concluded = engine.entries(case)
            for once in ("limit_expired", "consent_implied", "warning_raised", "red_card", "breach_found"):
                assert concluded.count(once) == 1, (case, once, concluded)

    run(postgres_url, temporal_address, tmp_path, Running(speed=DAY), test)


def test_the_sweep_alone_is_enough(postgres_url: str, tmp_path: Path) -> None:
    clock = TestClock()
    with a_database(postgres_url, tmp_path) as pool:
        engine = Engine(pool, None, clock)
        engine.take(*(accepted(f"W{n}") for n in range(700)))
        for _ in range(60):
            clock.go(timedelta(hours=4))
            engine.beat()
            sweep(pool, clock)
        assert engine.value("SELECT count(*) FROM entry WHERE type = 'consent_implied'") == 700
        assert engine.value("SELECT count(DISTINCT legal_at) FROM entry WHERE type = 'consent_implied'") == 1


def test_when_the_clock_changes_its_speed_everybody_who_sleeps_is_told(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        (case,) = cases("speed", 1)
        async with engine.working():
            engine.take(accepted(case))
            await until(lambda: engine.unsent() == 0)
            engine.clock.go(timedelta(days=6))
            with engine.pool.connection() as connection:
                assert renudge_all(connection) == 1
            await until(lambda: "warning_raised" in engine.entries(case), "the warning")

    run(postgres_url, temporal_address, tmp_path, TestClock(), test)


def test_a_proceeding_has_its_own_workflow_which_shows_its_phases(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        (case,) = cases("proceeding", 1)
        async with engine.working():
            engine.take(accepted(case))
            await pass_days(engine, 10)
            confirmed = {"actor": "sun", "finding": "limit_expired", "grade": "ordinary"}
            engine.take(message(f"{case}/f", "finding.confirmed", case, engine.clock.now(), **confirmed))
            (id_,) = [row[0] for row in engine.rows("SELECT proceeding_id FROM proceeding")]
            await until(lambda: is_in(engine, f"proceeding:{id_}", "statement"), "the statement window")
            await pass_days(engine, 9)
            await until(lambda: is_in(engine, f"proceeding:{id_}", "proposed"), "the proposal")
            decided = {"actor": "li", "person": "zhang", "level": 2, "reason": "as proposed"}
            engine.take(message(f"{case}/m", "measure.decided", case, engine.clock.now(), **decided))
            await until(lambda: is_in(engine, f"proceeding:{id_}", "decided"), "the decision")

    run(postgres_url, temporal_address, tmp_path, TestClock(), test)


def test_a_workflow_that_is_missing_is_started_again_by_the_audit(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        lost, kept = cases("audit", 2)
        audit = Audit(engine.pool, engine.client, engine.clock)
        async with engine.working():
            engine.take(accepted(lost), accepted(kept))
            await until(lambda: engine.unsent() == 0)
            assert await audit.run() == 0
            await engine.handle(f"case:{lost}").terminate()
            await until(lambda: audited(audit, 1), "the audit")
            await until(lambda: is_running(engine, f"case:{lost}"), "a new run")

    run(postgres_url, temporal_address, tmp_path, TestClock(), test)


def test_the_audit_finds_a_workflow_that_was_told_too_late_a_moment(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        (case,) = cases("late", 1)
        async with engine.working():
            engine.take(accepted(case))
            await until(lambda: engine.unsent() == 0)
        engine.rows("UPDATE wake SET armed_until = armed_until + interval '1 day' RETURNING 1")
        assert await Audit(engine.pool, engine.client, engine.clock).run() == 1
        assert engine.unsent() == 1

    run(postgres_url, temporal_address, tmp_path, TestClock(), test)


def test_facts_are_taken_and_kept_while_temporal_is_down(postgres_url: str, tmp_path: Path) -> None:
    async def test(engine: Engine) -> None:
        named = cases("down", 10)
        async with engine.working():
            with pytest.raises(RPCError):
                await engine.client.count_workflows()
            engine.take(*(accepted(case) for case in named))
            await asyncio.to_thread(server.start)
            await until(lambda: engine.unsent() == 0, "the relay")
            for case in named:
                assert await is_running(engine, f"case:{case}")

    with temporal_to_stop() as server:
        run(postgres_url, server.address, tmp_path, TestClock(), lambda engine: stopped_first(engine, server, test))


async def stopped_first(engine: Engine, server: Any, test: Callable[[Engine], Coroutine[Any, Any, None]]) -> None:
    await asyncio.to_thread(server.kill)
    await test(engine)


async def keep_sweeping(engine: Engine, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await asyncio.to_thread(sweep, engine.pool, engine.clock)


async def pass_days(engine: Engine, days: int) -> None:
    """Time passes, a quarter of a day at once; everybody is told each time and looks."""
    for _ in range(days * 4):
        engine.clock.go(timedelta(hours=6))
        engine.beat()
        await asyncio.to_thread(sweep, engine.pool, engine.clock)
    with engine.pool.connection() as connection:
        renudge_all(connection)


async def is_in(engine: Engine, id_: str, phase: str) -> bool:
    try:
        described = await engine.handle(id_).describe()
    except RPCError:
        return False
    return any(pair.key.name == "JiannuoStage" and pair.value == phase for pair in described.typed_search_attributes)


async def is_running(engine: Engine, id_: str) -> bool:
    return (await engine.handle(id_).describe()).status == WorkflowExecutionStatus.RUNNING


async def audited(audit: Audit, found: int) -> bool:
    return await audit.run() == found
