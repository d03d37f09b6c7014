"""Intake decides, the relay tells, workflows wake: on a real database and a real Temporal server."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from tests.support.worlds import TestClock, a_database, accepted, served
from tests.workflows.running import Engine, Running, cases
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


def test_a_case_that_closes_is_left_to_its_workflow_which_finds_it_out_when_it_wakes(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        (case,) = cases("closing", 1)
        async with engine.working():
            engine.take(accepted(case, engine.clock.now()))
            await until(lambda: engine.unsent() == 0)
            engine.take(served(case, engine.clock.now()))
            assert engine.unsent() == 0, "of a later moment nobody is told"
            await until(lambda: has_ended(engine, f"case:{case}"), "the end of the workflow")
            assert "limit_expired" not in engine.entries(case)

    run(postgres_url, temporal_address, tmp_path, Running(speed=DAY), test)


async def shows(engine: Engine, id_: str, attribute: str) -> bool:
    described = await engine.handle(id_).describe()
    return any(pair.key.name == attribute and pair.value for pair in described.typed_search_attributes)


async def has_ended(engine: Engine, id_: str) -> bool:
    return (await engine.handle(id_).describe()).status == WorkflowExecutionStatus.COMPLETED
