import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from temporalio.client import Client

from engine.embedded import ports, temporal
from engine.embedded.process import spawn, stop_group, wait_until
from tests.support import servers
from tests.workflows.bench import Bench

Test = Callable[[Bench], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def impatient_temporal() -> Iterator[str]:
    """A server that wants histories continued as new after a few events, not thousands."""
    program = temporal.present(temporal.cache_folder())
    assert program is not None
    with servers.data_folder() as data:
        data.prepare(None)
        port = ports.any_free()
        argv = temporal.argv(program, data.temporal_db, port, ports.any_free(), "default")
        server = spawn(
            [*argv, "--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=15"], log=data.log("temporal")
        )
        try:
            assert wait_until(lambda: temporal.is_ready(port), 30.0), data.log("temporal").read_text()
            yield f"{ports.LOOPBACK}:{port}"
        finally:
            stop_group(server, temporal.STOP_STEPS)


@pytest.fixture
def on_temporal(temporal_address: str) -> Callable[[Test], None]:
    """Runs an asynchronous test on the run's Temporal server."""
    return lambda test: run_on(temporal_address, test)


def run_on(address: str, test: Test) -> None:
    async def with_client() -> None:
        await test(Bench(await Client.connect(address)))

    asyncio.run(asyncio.wait_for(with_client(), 120))
