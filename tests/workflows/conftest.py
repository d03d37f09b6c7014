import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from temporalio.client import Client

from tests.workflows.bench import Bench
from tests.workflows.stoppable import temporal_to_stop

Test = Callable[[Bench], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def impatient_temporal(temporal_address: str) -> Iterator[str]:
    """A server that wants histories continued as new after a few events, not thousands."""
    with temporal_to_stop("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=15") as server:
        yield server.address


@pytest.fixture
def on_temporal(temporal_address: str) -> Callable[[Test], None]:
    """Runs an asynchronous test on the run's Temporal server."""
    return lambda test: run_on(temporal_address, test)


def run_on(address: str, test: Test) -> None:
    async def with_client() -> None:
        await test(Bench(await Client.connect(address)))

    asyncio.run(asyncio.wait_for(with_client(), 120))
