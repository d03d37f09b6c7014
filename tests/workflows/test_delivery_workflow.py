"""A message has a workflow of its own: a dead mail server holds up nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from temporalio.common import RetryPolicy

from tests.workflows.bench import Bench
from tests.workflows.conftest import Test
from tests.workflows.scripted import Scripted, moment
from tests.workflows.waiting import until
from workflows import delivery

pytestmark = pytest.mark.temporal


def test_a_message_is_sent_once_however_often_it_is_started(on_temporal: Callable[[Test], None]) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id("delivery").removeprefix("delivery:")
        async with bench.worker(effects):
            await bench.teller.deliver(id_)
            assert await bench.handle(f"delivery:{id_}").result() == "delivered"
            await bench.teller.deliver(id_)
        assert effects.attempts == [id_]

    on_temporal(test)


def test_it_is_tried_again_until_the_server_is_back(
    on_temporal: Callable[[Test], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BACK_OFF", RetryPolicy(initial_interval=timedelta(milliseconds=50)))

    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id("delivery").removeprefix("delivery:")
        effects.mail = "down"
        async with bench.worker(effects):
            await bench.teller.deliver(id_)
            await until(lambda: len(effects.attempts) >= 3)
            case = bench.id()
            await bench.tell(case, moment(0.0), first=True)
            assert await bench.handle(case).result() == "concluded", "a case waited for the mail server"
            effects.mail = "delivered"
            assert await bench.handle(f"delivery:{id_}").result() == "delivered"

    on_temporal(test)


def test_after_all_the_time_allowed_it_gives_up_and_says_so(
    on_temporal: Callable[[Test], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BACK_OFF", RetryPolicy(initial_interval=timedelta(milliseconds=50)))
    monkeypatch.setattr(delivery, "ALL_ATTEMPTS", timedelta(seconds=1))

    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(), bench.id("delivery").removeprefix("delivery:")
        effects.mail = "down"
        async with bench.worker(effects):
            await bench.teller.deliver(id_)
            assert await bench.handle(f"delivery:{id_}").result() == "given_up"
        assert effects.attempts[-1] == f"{id_} given up"

    on_temporal(test)
