"""What names no case has its durable workflow like any application: it wakes for the card that climbs, and ends when it is settled."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from tests.support.worlds import a_database, message
from tests.workflows.running import Engine, Running, cases
from tests.workflows.waiting import until

pytestmark = pytest.mark.temporal
DAY = 86_400.0


@pytest.mark.parametrize(
    ("kind", "filed", "ended"),
    [("complaint", "complaint.filed", "complaint.declined"), ("report", "report.filed", "report.verified")],
)
def test_it_climbs_by_its_workflow_alone_and_ends_with_the_last_word(
    postgres_url: str, temporal_address: str, tmp_path: Path, kind: str, filed: str, ended: str
) -> None:
    async def test(engine: Engine) -> None:
        stream = f"{kind}:{cases('TS', 1)[0]}"
        async with engine.working():
            engine.take(message("filed", filed, stream, engine.clock.now(), unit="planning", text="窗口无人"))
            await until(lambda: climbed(engine, stream), "the next one above is asked")
            last = {"reason": "不属实"} if kind == "complaint" else {"result": "unsubstantiated", "text": "不属实"}
            engine.take(message("last", ended, stream, engine.clock.now() - timedelta(hours=1), **last))
            await until(
                lambda: engine.value("SELECT ended FROM wake WHERE stream_id = %s", stream), "nothing is pending"
            )
            await engine.handle(stream).result()

    async def with_engine() -> None:
        with a_database(postgres_url, tmp_path) as pool:
            await test(Engine(pool, await Client.connect(temporal_address), Running(speed=20 * DAY)))

    asyncio.run(asyncio.wait_for(with_engine(), 90))


def climbed(engine: Engine, stream: str) -> bool:
    return engine.value("SELECT count(*) FROM alert WHERE case_id = %s AND level = 'escalated'", stream) > 0
