"""A burst for one robot on a real worker: the service never has to refuse one, and what waited arrives together."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from engine.channels import pace
from engine.storage.connect import Pool
from tests.support.posting import Desk
from tests.support.services import KEY, WeComService, running
from tests.support.worlds import a_database
from tests.workflows.running import Engine, Running
from tests.workflows.waiting import until

pytestmark = pytest.mark.temporal
MESSAGES, MINUTE = 45, 4.0


def test_forty_five_messages_at_once_are_twenty_and_then_a_few_that_carry_the_rest(
    postgres_url: str, temporal_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_ROBOT_KEY", KEY)
    monkeypatch.setattr(pace, "WINDOW", timedelta(seconds=MINUTE + 0.5))
    with a_database(postgres_url, tmp_path) as pool, running(WeComService()) as robot:
        robot.minute = MINUTE
        desk = Desk(pool)
        desk.channel(robot)
        desk.waiting(MESSAGES)
        desk.rows("UPDATE delivery SET status = 'due' RETURNING id")
        seconds = asyncio.run(asyncio.wait_for(delivered(pool, temporal_address), 100))
        texts = "".join(request.json["markdown"]["content"] for request in robot.taken)
    print(f"{MESSAGES} messages in {len(robot.taken)} posts within {seconds:.1f} s, a minute being {MINUTE:g} s")  # noqa: T201
    assert len(robot.asked) == len(robot.taken), "the service refused none"
    assert 21 <= len(robot.taken) < 30
    assert all(texts.count(f"红牌 {n}\n") + texts.count(f"红牌 {n}<") >= 1 for n in range(MESSAGES))


async def delivered(pool: Pool, address: str) -> float:
    engine = Engine(pool, await Client.connect(address), Running(speed=1.0))
    started = time.monotonic()
    async with engine.working():
        await until(
            lambda: engine.value("SELECT count(*) FROM delivery WHERE status <> 'delivered'") == 0, "each message"
        )
    return time.monotonic() - started
