"""The case workflow on a real Temporal server: lazy timers, and no nudge is ever lost."""

import asyncio
import time
from collections.abc import Callable

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecutionStatus

from tests.workflows.bench import Bench
from tests.workflows.conftest import Test
from tests.workflows.scripted import OVER, Scripted, answers, moment
from tests.workflows.waiting import until

pytestmark = pytest.mark.temporal
Run = Callable[[Test], None]


def test_it_wakes_at_the_case_s_moment_and_ends_when_nothing_is_pending(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(answers(0.5), OVER), bench.id()
        began = time.time()
        async with bench.worker(effects):
            await bench.tell(id_, moment(1.0), first=True)
            assert await bench.handle(id_).result() == "concluded"
        first, second = effects.looks[id_]
        assert first - began >= 1.0
        assert second - first >= 0.5

    on_temporal(test)


def test_arming_a_case_costs_one_workflow_task_and_no_activity(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(60.0))
            await until(lambda: is_armed(bench, id_))
            assert await bench.events(id_) == [
                "workflow_execution_started",
                "workflow_execution_signaled",
                "workflow_task_scheduled",
                "workflow_task_started",
                "workflow_task_completed",
                "timer_started",
            ]
            await bench.handle(id_).terminate()
        assert not effects.looks

    on_temporal(test)


def test_a_moment_that_moves_earlier_wakes_it_earlier(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(3600.0), first=True)
            await until(lambda: is_armed(bench, id_))
            await bench.tell(id_, moment(0.2, seq=2))
            assert await bench.handle(id_).result() == "concluded"

    on_temporal(test)


def test_of_a_later_moment_it_learns_only_when_it_wakes(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(answers(1.0), OVER), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.5), first=True)
            await bench.handle(id_).result()
        first, second = effects.looks[id_]
        assert second - first >= 1.0

    on_temporal(test)


def test_a_later_moment_that_it_is_told_is_slept_for_without_a_look(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id()
        async with bench.worker(effects):
            began = time.time()
            await bench.tell(id_, moment(0.5), first=True)
            await bench.tell(id_, moment(1.5, seq=2))
            await bench.handle(id_).result()
        assert [look - began >= 1.5 for look in effects.looks[id_]] == [True]

    on_temporal(test)


def test_a_nudge_that_was_overtaken_changes_nothing(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id()
        async with bench.worker(effects):
            began = time.time()
            await bench.tell(id_, moment(1.0, seq=5), first=True)
            await bench.tell(id_, moment(0.0, seq=4))
            await bench.handle(id_).result()
        assert effects.looks[id_][0] - began >= 1.0

    on_temporal(test)


def test_a_nudge_during_a_look_keeps_it_from_ending(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(OVER, answers(0.1, seq=2), OVER), bench.id()
        effects.gate.clear()
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.0), first=True)
            await until(lambda: len(effects.looks[id_]) == 1)
            await bench.tell(id_, moment(0.1, seq=2))
            effects.gate.set()
            assert await bench.handle(id_).result() == "concluded"
        assert len(effects.looks[id_]) >= 3, "what was read before the nudge was taken for the end"

    on_temporal(test)


def test_nudges_from_many_sides_at_once_are_all_heard(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(*[answers(None, seq=n) for n in range(2, 40)]), bench.id()
        async with bench.worker(effects):
            await asyncio.gather(*(bench.tell(id_, moment(0.0, seq=n)) for n in range(1, 30)))
            await until(lambda: bool(effects.looks[id_]))
            effects.script = (OVER,)
            await bench.tell(id_, moment(0.0, seq=100))
            assert await bench.handle(id_).result() == "concluded"

    on_temporal(test)


def test_a_worker_that_dies_while_the_case_sleeps_is_not_missed(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(1.0), first=True)
            await until(lambda: is_armed(bench, id_))
        assert not effects.looks
        await until(lambda: has_fired(bench, id_))
        async with bench.worker(effects):
            assert await bench.handle(id_).result() == "concluded"

    on_temporal(test)


def test_a_word_that_lay_about_while_no_worker_ran_does_not_sleep_too_long(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id()
        told = moment(1.5)
        await bench.tell(id_, told)
        await until(lambda: time.time() > told.wake_at)
        async with bench.worker(effects):
            await bench.handle(id_).result()
        assert effects.looks[id_][0] - told.wake_at < 1.4

    on_temporal(test)


def test_a_look_that_fails_is_tried_again(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        def broken() -> object:
            raise ConnectionError("the database is away")

        effects, id_ = Scripted(broken, OVER), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.0), first=True)
            assert await bench.handle(id_).result() == "concluded"

    on_temporal(test)


def test_a_case_that_is_reopened_gets_a_new_run(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.0), first=True)
            await bench.handle(id_).result()
            before = (await bench.handle(id_).describe()).run_id
            await bench.tell(id_, moment(0.0, seq=2))
            await until(lambda: runs_anew(bench, id_, before))

    on_temporal(test)


def test_a_case_that_ended_meanwhile_is_not_started_again(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.0), first=True)
            await bench.handle(id_).result()
            before = (await bench.handle(id_).describe()).run_id
            await bench.tell(id_, moment(None, seq=2, ended=True))
            assert (await bench.handle(id_).describe()).run_id == before

    on_temporal(test)


def test_temporal_s_pages_show_case_item_stage_and_due_date(on_temporal: Run) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(answers(None, stage="decision")), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.0), first=True)
            await until(lambda: bench.shows(id_, "decision"))
            described = await bench.handle(id_).describe()
            shown = {pair.key.name: pair.value for pair in described.typed_search_attributes}
            assert {name: value for name, value in shown.items() if name.startswith("Jiannuo")} == {
                "JiannuoCase": "A1",
                "JiannuoItem": "330-1",
                "JiannuoUnit": "planning",
                "JiannuoStage": "decision",
                "JiannuoDueOn": "2026-03-09",
            }
            metadata = await bench.handle(id_).query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
            assert "`A1`" in metadata.current_details
            assert "`decision`" in metadata.current_details
            await bench.handle(id_).terminate()

    on_temporal(test)


async def is_armed(bench: Bench, id_: str) -> bool:
    return (await bench.events(id_))[-1] == "timer_started"


async def has_fired(bench: Bench, id_: str) -> bool:
    return "timer_fired" in await bench.events(id_)


async def runs_anew(bench: Bench, id_: str, before: str) -> bool:
    described = await bench.handle(id_).describe()
    return described.run_id != before and described.status == WorkflowExecutionStatus.COMPLETED
