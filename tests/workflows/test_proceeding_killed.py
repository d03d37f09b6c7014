"""Killing the worker in each phase of a proceeding loses nothing and repeats nothing."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from engine.clock import SystemClock
from engine.jobs.sweep import sweep
from engine.storage.config import Configuration, record_all
from tests.support.worlds import MONDAY, a_database, accepted, message
from tests.workflows.running import Engine, cases
from tests.workflows.waiting import until

pytestmark = pytest.mark.temporal
ZHANG: dict[str, Any] = {"person": "zhang"}
# What people do, who does it, and where the proceeding then stands.
ACTS = (
    ("statement.filed", "zhang", {"text": "陈述"}, "proposed"),
    ("measure.decided", "li", {"level": 2, "reason": "按建议"}, "decided"),
    ("measure.served", "li", {}, "served"),
    ("review.requested", "zhang", {"reason": "不服"}, "review"),
    ("review.decided", "office", {"result": "upheld", "reason": "维持"}, "effective"),
    ("measure.executed", "li", {}, "executed"),
    ("proceeding.closed", "li", {}, "closed"),
)


@contextmanager
def worker(engine: Engine, key: Path, temporal: str) -> Iterator[int]:
    """A worker that dies by kill -9 when the block ends."""
    command = [
        sys.executable,
        "-m",
        "tests.workflows.worker_process",
        engine.pool.conninfo,
        str(key),
        temporal,
        engine.queue,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "working"
        yield process.pid
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)


def test_a_worker_killed_in_every_phase_loses_nothing_and_repeats_nothing(
    postgres_url: str, temporal_address: str, tmp_path: Path
) -> None:
    async def test(engine: Engine) -> None:
        (case,) = cases("killed", 1)
        prompt = Configuration(kind="source", id="hall", body={"id": "hall", "publication_delay": "PT0S"})
        with engine.pool.connection() as connection:
            record_all(connection, [prompt], "tests", MONDAY)
        engine.take(accepted(case, MONDAY, holder="zhang"))
        await until(lambda: _swept(engine, case), "the broken limit")
        now = engine.clock.now()
        engine.take(
            message(
                "confirm",
                "finding.confirmed",
                case,
                now,
                finding="limit_expired:committed",
                grade="ordinary",
                actor="sun",
            )
        )
        id_ = engine.value("SELECT proceeding_id FROM proceeding WHERE person = 'zhang'")
        shown = f"proceeding:{id_}"
        with worker(engine, tmp_path / "master.key", temporal_address):
            await until(lambda: _shows(engine, shown, "statement"), "the workflow of the proceeding")
        for number, (type_, actor, data, phase) in enumerate(ACTS):
            at = engine.clock.now() + timedelta(milliseconds=number)
            # Nobody works while somebody acts; whoever comes next knows it all the same.
            (answer,) = engine.take(message(f"act-{number}", type_, case, at, actor=actor, **ZHANG, **data))
            assert answer.outcome == "recorded", answer
            assert engine.value("SELECT phase FROM proceeding WHERE proceeding_id = %s", id_) == phase
            with worker(engine, tmp_path / "master.key", temporal_address):
                await until(lambda phase=phase: _shows(engine, shown, phase), f"the phase {phase}")
        with worker(engine, tmp_path / "master.key", temporal_address):
            assert await engine.handle(shown).result() == "closed"
        described = await engine.handle(shown).describe()
        assert described.status == WorkflowExecutionStatus.COMPLETED
        written = [
            row[0] for row in engine.rows("SELECT type FROM entry WHERE stream_id = 'docket:zhang' ORDER BY version")
        ]
        times = Counter(written)
        assert [times[type_] for type_, *_ in ACTS] == [1] * len(ACTS)
        assert (times["proceeding_opened"], times["proceeding_moved"], times["fact_refused"]) == (1, len(ACTS), 0)
        told = [row[0] for row in engine.rows("SELECT key FROM notice WHERE stream_id = 'docket:zhang'")]
        assert len(told) == len(set(told)) == 4  # opened, to decide, decided, to review

    async def with_engine(pool: Any) -> None:
        client = await Client.connect(temporal_address)
        await test(Engine(pool, client, SystemClock()))

    with a_database(postgres_url, tmp_path) as pool:
        asyncio.run(asyncio.wait_for(with_engine(pool), 150))


def _swept(engine: Engine, case: str) -> bool:
    engine.beat()
    sweep(engine.pool, engine.clock)
    return engine.value("SELECT count(*) FROM breach WHERE case_id = %s", case) > 0


async def _shows(engine: Engine, workflow_id: str, stage: str) -> bool:
    """Whether Temporal's list has the proceeding in this phase; no before its workflow is there."""
    try:
        described = await engine.handle(workflow_id).describe()
    except RPCError:
        return False
    found = described.typed_search_attributes
    return any(pair.key.name == "JiannuoStage" and pair.value == stage for pair in found)
