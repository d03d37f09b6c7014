"""A workflow or a timer removed behind the engine's back is found in one run, and runs again."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from engine.cli.main import main
from engine.jobs.audit import Audit
from engine.reconcile.findings import findings_of
from engine.reconcile.reconciler import Temporal, reconcile
from engine.storage.connect import open_owner
from tests.support.worlds import TestClock, a_database, accepted, served
from tests.workflows.running import Engine, cases
from tests.workflows.stoppable import temporal_to_stop
from tests.workflows.waiting import until
from workflows.contracts import NEVER, Face, Moment

pytestmark = pytest.mark.temporal
AWAKE = Moment(0, NEVER, Face())


class World:
    """An engine with its worker, and the reconciler beside it."""

    def __init__(self, engine: Engine, address: str) -> None:
        self.engine, self._temporal = engine, Temporal(address, task_queue=engine.queue, patience=0.5)

    async def found(self, *, repair: bool = True) -> list[tuple[Any, ...]]:
        """What one run finds: kind, place, how it was put right."""
        run = await asyncio.to_thread(
            reconcile, self.engine.pool, self.engine.clock, self._temporal, repair=repair, started_by="command"
        )
        assert run.problem is None
        with self.engine.pool.connection() as connection:
            return [(one["kind"], one["place"], one["repaired"]) for one in findings_of(connection, run.id)]

    async def told(self) -> None:
        await until(lambda: self.engine.unsent() == 0, "the relay")

    async def is_running(self, id_: str) -> bool:
        return (await self.engine.handle(id_).describe()).status == WorkflowExecutionStatus.RUNNING

    def by_hand(self, statement: str, *values: Any) -> None:
        with open_owner(self.engine.pool.conninfo) as connection:  # type: ignore[arg-type]
            assert connection.execute(statement.encode(), values).rowcount == 1

    async def start(self, id_: str) -> None:
        await self.engine.client.start_workflow("CaseWorkflow", AWAKE, id=id_, task_queue=self.engine.queue)


def run(url: str, address: str, folder: Path, test: Callable[[World], Coroutine[Any, Any, None]]) -> None:
    async def with_engine(pool: Any) -> None:
        engine = Engine(pool, await Client.connect(address), TestClock())
        async with engine.working():
            await test(World(engine, address))

    with a_database(url, folder) as pool:
        asyncio.run(asyncio.wait_for(with_engine(pool), 120))


def test_a_terminated_workflow_is_found_in_one_run_and_runs_again(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        lost, kept = cases("reconcile", 2)
        world.engine.take(accepted(lost), accepted(kept))
        await world.told()
        assert await world.found() == []
        await world.engine.handle(f"case:{lost}").terminate()
        assert await world.found(repair=False) == [("workflow_missing", f"case:{lost}", None)]
        assert await world.found() == [("workflow_missing", f"case:{lost}", "told_again")]
        await until(lambda: world.is_running(f"case:{lost}"), "a new run")
        await world.told()
        assert await world.found() == []

    run(postgres_url, temporal_address, tmp_path, test)


def test_a_proceeding_whose_workflow_is_gone_gets_it_back(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        from tests.support.worlds import message
        from tests.workflows.test_engine_and_workflows import pass_days

        (case,) = cases("reconcile", 1)
        world.engine.take(accepted(case))
        await pass_days(world.engine, 10)
        confirmed = {"actor": "sun", "finding": "limit_expired", "grade": "ordinary"}
        world.engine.take(message(f"{case}/f", "finding.confirmed", case, world.engine.clock.now(), **confirmed))
        await world.told()
        id_ = f"proceeding:{world.engine.value('SELECT proceeding_id FROM proceeding')}"
        await until(lambda: world.is_running(id_), "the proceeding")
        await world.engine.handle(id_).terminate()
        assert await world.found() == [("workflow_missing", id_, "told_again")]
        await until(lambda: world.is_running(id_), "a new run")

    run(postgres_url, temporal_address, tmp_path, test)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM wake WHERE stream_id = %s",
        "UPDATE wake SET next_at = next_at + interval '30 days' WHERE stream_id = %s",
        "UPDATE wake SET next_at = NULL, ended = true WHERE stream_id = %s",
    ],
)
def test_a_timer_removed_by_hand_is_found_and_its_workflow_wakes_in_time(
    postgres_url: str, temporal_address: str, tmp_path: Path, change: str
) -> None:
    async def test(world: World) -> None:
        (case,) = cases("timer", 1)
        world.engine.take(accepted(case))
        await world.told()
        due = world.engine.value("SELECT next_at FROM wake")
        world.by_hand(change, f"case:{case}")
        assert await world.found() == [("wake", "wake", "concluded")]
        assert world.engine.value("SELECT next_at FROM wake") == due
        await world.told()
        assert await world.found() == []
        world.engine.clock.go(timedelta(days=6))  # type: ignore[attr-defined]
        world.by_hand("UPDATE wake SET seq = seq + 1 WHERE stream_id = %s", f"case:{case}")
        await until(lambda: "warning_raised" in world.engine.entries(case), "the warning, by the workflow alone")

    run(postgres_url, temporal_address, tmp_path, test)


def test_a_workflow_that_was_told_too_late_a_moment_is_told_again(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        first, case = cases("late", 2)
        for one in (first, case):  # the second is told in a round that begins after the worker's first audit has ended
            world.engine.take(accepted(one))
            await world.told()
        world.by_hand(
            "UPDATE wake SET armed_until = armed_until + interval '9 days' WHERE stream_id = %s", f"case:{case}"
        )
        assert await world.found() == [("told_too_late", "wake.armed_until", "told_again")]
        await world.told()
        assert await world.found() == []

    run(postgres_url, temporal_address, tmp_path, test)


def test_a_workflow_of_an_ended_case_is_told_to_end(postgres_url: str, temporal_address: str, tmp_path: Path) -> None:
    async def test(world: World) -> None:
        (case,) = cases("stray", 1)
        world.engine.take(accepted(case))
        await world.told()
        world.engine.take(served(case, world.engine.clock.now()))
        await world.told()
        await until(lambda: ended(world, f"case:{case}"), "its end")
        await world.start(f"case:{case}")
        assert await world.found() == [("workflow_stray", f"case:{case}", "told_to_end")]
        await until(lambda: ended(world, f"case:{case}"), "the end of the stray one")
        await world.told()
        assert await world.found() == []

    run(postgres_url, temporal_address, tmp_path, test)


def test_a_workflow_that_still_has_its_place_in_a_wave_is_not_stray(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        (case,) = cases("waking", 1)
        world.engine.take(accepted(case))
        await world.told()
        world.by_hand(
            "UPDATE wake SET ended = true, next_at = NULL, armed_until = %s WHERE stream_id = %s",
            world.engine.clock.now() - timedelta(hours=2),
            f"case:{case}",
        )
        assert [one for one in await world.found(repair=False) if one[0] == "workflow_stray"] == []
        world.by_hand("UPDATE wake SET armed_until = armed_until - interval '2 hours'")
        assert ("workflow_stray", f"case:{case}", None) in await world.found(repair=False)

    run(postgres_url, temporal_address, tmp_path, test)


async def ended(world: World, id_: str) -> bool:
    return not await world.is_running(id_)


def test_a_workflow_that_nobody_knows_is_named_and_left_alone(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        (case,) = cases("unknown", 1)
        await world.start(f"case:{case}")
        await until(lambda: listed(world, f"case:{case}"), "Temporal's list")
        assert await world.found() == [("workflow_unknown", f"case:{case}", None)]
        assert await world.is_running(f"case:{case}")
        await world.engine.handle(f"case:{case}").terminate()

    run(postgres_url, temporal_address, tmp_path, test)


async def listed(world: World, id_: str) -> bool:
    found = [one.id async for one in world.engine.client.list_workflows(f"WorkflowId = '{id_}'")]
    return found == [id_]


def test_what_the_audit_between_two_runs_puts_right_is_kept_too(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        (case,) = cases("kept", 1)
        world.engine.take(accepted(case))
        await world.told()
        audit = Audit(world.engine.pool, world.engine.client, world.engine.clock)
        assert await audit.run() == 0
        await world.engine.handle(f"case:{case}").terminate()
        assert await audit.run() == 1
        kept = world.engine.rows(
            "SELECT r.started_by, f.kind, f.place, f.repaired FROM reconcile_finding f JOIN reconcile_run r ON r.id = f.run_id"
        )
        assert kept == [("audit", "workflow_missing", f"case:{case}", "told_again")]

    run(postgres_url, temporal_address, tmp_path, test)


def test_the_command_ends_with_zero_where_all_agrees_and_one_where_a_workflow_is_missing(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def test(world: World) -> None:
        (case,) = cases("command", 1)
        world.engine.take(accepted(case))
        await world.told()
        assert (await command("-o", "json"))["found"] == 0
        await world.engine.handle(f"case:{case}").terminate()
        said = await command("--repair", "-o", "json")
        assert [(one["kind"], one["repaired"]) for one in said["findings"]] == [("workflow_missing", "told_again")]

    async def command(*arguments: str) -> dict[str, Any]:
        with pytest.raises(SystemExit) as exited:
            await asyncio.to_thread(main, ["reconcile", *arguments])
        said: dict[str, Any] = msgspec.json.decode(capsys.readouterr().out)
        assert exited.value.code == (1 if said["found"] else 0)
        return said

    with temporal_to_stop() as server:
        monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
        monkeypatch.setenv("JIANNUO_DATA", str(tmp_path))

        async def pointed(world: World) -> None:
            monkeypatch.setenv("DATABASE_URL", str(world.engine.pool.conninfo))
            monkeypatch.setattr("engine.cli.database.opened_for", lambda *_: opened(world))
            await test(world)

        run(postgres_url, server.address, tmp_path, pointed)


class opened:  # noqa: N801 - stands where a context manager is expected
    """The command's own pool and clock, but for the clock, which stands where the test set it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __enter__(self) -> tuple[Any, Any]:
        return self._world.engine.pool, self._world.engine.clock

    def __exit__(self, *_: object) -> None:
        return None
